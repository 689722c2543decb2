"""Codes and checklists of orders

Revision: 0009
Follows: 0008
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "order_codes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=True),
        sa.Column("wrong", sa.BIGINT(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["visitor_id"], ["visitors.id"], name=op.f("fk_order_codes_visitor_id_visitors"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_order_codes")),
    )
    op.create_index("ix_order_codes_visitor_id_reference", "order_codes", ["visitor_id", "reference", "created_at"])
    op.create_index(op.f("ix_order_codes_created_at"), "order_codes", ["created_at"])
    op.create_table(
        "order_checks",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.Column("note", sa.String(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("answer IN ('done', 'not_yet', 'skipped')", name=op.f("ck_order_checks_answer")),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_checks_order_id_orders"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "item", name=op.f("pk_order_checks")),
    )


def downgrade() -> None:
    op.drop_table("order_checks")
    op.drop_index(op.f("ix_order_codes_created_at"), table_name="order_codes")
    op.drop_index("ix_order_codes_visitor_id_reference", table_name="order_codes")
    op.drop_table("order_codes")
