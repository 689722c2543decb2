"""Who is counted and who follows an order

Revision: 0010
Follows: 0009
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("events", sa.Column("by", sa.String(length=16), nullable=True))
    op.add_column("holds", sa.Column("visitor_id", sa.Uuid(), nullable=True))
    op.add_column("visitors", sa.Column("network", sa.LargeBinary(), nullable=True))
    op.create_index("ix_order_codes_reference_created_at", "order_codes", ["reference", "created_at"])
    op.add_column("order_followers", sa.Column("token_hash", sa.LargeBinary(), nullable=True))
    op.add_column("order_followers", sa.Column("proven_at", sa.DateTime(timezone=True), nullable=True))
    # By what they followed was not kept: they keep it for as long as a code gives it.
    op.execute("UPDATE order_followers SET proven_at = created_at")
    op.create_index(op.f("ix_order_followers_token_hash"), "order_followers", ["token_hash"])
    op.create_foreign_key(
        op.f("fk_order_followers_token_hash"),
        "order_followers",
        "tracking_links",
        ["token_hash"],
        ["token_hash"],
        ondelete="SET NULL",
    )
    op.add_column("outbound_messages", sa.Column("counted", sa.String(length=270), nullable=True))
    op.add_column("outbound_messages", sa.Column("held_at", sa.DateTime(timezone=True), nullable=True))
    counted = sa.text("counted IS NOT NULL")
    op.create_index("ix_outbound_messages_counted", "outbound_messages", ["counted", "claimed_at"], postgresql_where=counted)


def downgrade() -> None:
    op.drop_index("ix_outbound_messages_counted", table_name="outbound_messages")
    op.drop_column("outbound_messages", "held_at")
    op.drop_column("outbound_messages", "counted")
    op.drop_constraint(op.f("fk_order_followers_token_hash"), "order_followers", type_="foreignkey")
    op.drop_index(op.f("ix_order_followers_token_hash"), table_name="order_followers")
    op.drop_column("order_followers", "proven_at")
    op.drop_column("order_followers", "token_hash")
    op.drop_index("ix_order_codes_reference_created_at", table_name="order_codes")
    op.drop_column("visitors", "network")
    op.drop_column("holds", "visitor_id")
    op.drop_column("events", "by")
