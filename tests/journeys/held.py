"""What the backend holds of one conversation, read from its tables: what was said counts for nothing here."""

from typing import Any

import psycopg
from psycopg.rows import dict_row

BOOKINGS = """
    SELECT o.reference, b.state, b.starts_at, q.device_name,
        ARRAY(SELECT device_name FROM repairs WHERE order_id = o.id ORDER BY created_at, id) AS devices,
        ARRAY(SELECT item || ': ' || answer FROM order_checks WHERE order_id = o.id ORDER BY answered_at) AS checks,
        q.services, q.faults, q.total_minor, c.name, cp.value AS email, r.stage
    FROM conversations v
    JOIN orders o ON o.conversation_id = v.id
    JOIN bookings b ON b.order_id = o.id
    JOIN quotes q ON q.id = b.quote_id
    JOIN customers c ON c.id = o.customer_id
    LEFT JOIN contact_points cp ON cp.customer_id = c.id AND cp.kind = 'email'
    LEFT JOIN LATERAL (SELECT stage FROM repairs WHERE order_id = o.id ORDER BY created_at, id LIMIT 1) r ON true
    WHERE v.id = %s
    ORDER BY o.created_at
"""
PHOTOS = """
    SELECT count(*) AS n FROM order_photos p
    JOIN orders o ON o.id = p.order_id
    WHERE o.conversation_id = %s
"""
HOLDS = """
    SELECT count(*) AS n FROM holds h
    JOIN conversations v ON h.owner IN ('visitor:' || v.visitor_id, 'conversation:' || v.id)
    WHERE v.id = %s
"""
CONVERSATION = "SELECT owner, epoch, rev, seq, answered_seq FROM conversations WHERE id = %s"
MAILS = (
    "SELECT template, state FROM outbound_messages m JOIN orders o ON o.id = m.order_id WHERE o.conversation_id = %s ORDER BY m.created_at"
)


def rows(database: str, query: str, conversation: str) -> list[dict[str, Any]]:
    """Return what a query finds for a conversation."""
    with psycopg.connect(database, row_factory=dict_row) as connection:
        return connection.execute(query, [conversation]).fetchall()  # type: ignore[arg-type]  # the queries above
