"""Technicians at the desk: tickets, presence, notes, snoozing, and the order of the queue

Revision: 0013
Follows: 0012
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "socket_tickets",
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("session_id", sa.Uuid(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["staff_sessions.id"], name=op.f("fk_socket_tickets_session_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_socket_tickets")),
    )
    op.create_index(op.f("ix_socket_tickets_expires_at"), "socket_tickets", ["expires_at"])
    op.create_table(
        "notes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("conversation_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("episode", sa.BigInteger(), nullable=False),
        sa.Column("after_seq", sa.BigInteger(), nullable=False),
        sa.Column("client_id", sa.String(length=64), nullable=False),
        sa.Column("body_hash", sa.LargeBinary(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("author_name", sa.String(length=80), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("mentions", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["staff.id"], name=op.f("fk_notes_author_id")),
        sa.ForeignKeyConstraint(["conversation_id"], ["conversations.id"], name=op.f("fk_notes_conversation_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
        sa.UniqueConstraint("conversation_id", "client_id", name=op.f("uq_notes_conversation_id_client_id")),
        sa.UniqueConstraint("conversation_id", "number", name=op.f("uq_notes_conversation_id_number")),
    )
    op.add_column("presence", sa.Column("desk_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("presence", sa.Column("away", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("conversations", sa.Column("ranked_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("snoozed_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("conversations", sa.Column("note", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index(op.f("ix_conversations_snoozed_until"), "conversations", ["snoozed_until"])
    op.drop_constraint(op.f("ck_conversations_technician_named"), "conversations", type_="check")
    op.create_check_constraint(op.f("ck_conversations_technician_owns"), "conversations", "owner = 'technician' OR technician_id IS NULL")


def downgrade() -> None:
    op.execute("UPDATE conversations SET owner = 'closed' WHERE owner = 'technician' AND technician_id IS NULL")
    op.drop_constraint(op.f("ck_conversations_technician_owns"), "conversations", type_="check")
    op.create_check_constraint(
        op.f("ck_conversations_technician_named"), "conversations", "(owner = 'technician') = (technician_id IS NOT NULL)"
    )
    op.drop_index(op.f("ix_conversations_snoozed_until"), "conversations")
    op.drop_column("conversations", "note")
    op.drop_column("conversations", "snoozed_until")
    op.drop_column("conversations", "ranked_at")
    op.drop_column("presence", "away")
    op.drop_column("presence", "desk_at")
    op.drop_table("notes")
    op.drop_table("socket_tickets")
