"""Prices from tables

Revision: 0006
Follows: 0005
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("part_prices", sa.Column("grades", JSONB(none_as_null=True), server_default="{}", nullable=False))
    op.alter_column("part_prices", "amount_minor", existing_type=sa.BIGINT(), nullable=True)
    op.add_column("price_books", sa.Column("tables", JSONB(none_as_null=True), server_default="{}", nullable=False))
    op.add_column("price_books", sa.Column("adjustments", JSONB(none_as_null=True), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("price_books", "adjustments")
    op.drop_column("price_books", "tables")
    op.execute("DELETE FROM part_prices WHERE amount_minor IS NULL")
    op.alter_column("part_prices", "amount_minor", existing_type=sa.BIGINT(), nullable=False)
    op.drop_column("part_prices", "grades")
