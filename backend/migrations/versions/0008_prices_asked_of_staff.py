"""Prices asked of staff

Revision: 0008
Follows: 0007
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "price_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("device_slug", sa.String(), nullable=False),
        sa.Column("device_name", sa.String(), nullable=False),
        sa.Column("faults", JSONB(none_as_null=True), nullable=False),
        sa.Column("services", JSONB(none_as_null=True), nullable=False),
        sa.Column("missing", JSONB(none_as_null=True), nullable=False),
        sa.Column("urgency", sa.String(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=True),
        sa.Column("conversation_id", sa.Uuid(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered_by", sa.Uuid(), nullable=True),
        sa.Column("reason", sa.String(), nullable=True),
        sa.Column("quote_id", sa.Uuid(), nullable=True),
        sa.CheckConstraint("(state = 'priced') = (quote_id IS NOT NULL)", name=op.f("ck_price_requests_priced_by_quote")),
        sa.CheckConstraint("state IN ('open', 'priced', 'declined')", name=op.f("ck_price_requests_state_known")),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name=op.f("fk_price_requests_quote_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price_requests")),
    )
    op.create_index("ix_price_requests_open", "price_requests", ["due_at"], unique=False, postgresql_where=sa.text("state = 'open'"))
    op.create_index("ix_price_requests_visitor_id", "price_requests", ["visitor_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_price_requests_visitor_id", table_name="price_requests")
    op.drop_index("ix_price_requests_open", table_name="price_requests", postgresql_where=sa.text("state = 'open'"))
    op.drop_table("price_requests")
