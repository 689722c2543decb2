"""Several devices in one booking

Revision: 0007
Follows: 0006
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "booked_quotes",
        sa.Column("booking_id", sa.Uuid(), nullable=False),
        sa.Column("quote_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.BIGINT(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["booking_id"], ["bookings.id"], name=op.f("fk_booked_quotes_booking_id_bookings")),
        sa.ForeignKeyConstraint(["quote_id"], ["quotes.id"], name=op.f("fk_booked_quotes_quote_id_quotes")),
        sa.PrimaryKeyConstraint("booking_id", "quote_id", name=op.f("pk_booked_quotes")),
    )
    op.create_index("uq_booked_quotes_quote_id", "booked_quotes", ["quote_id"], unique=True, postgresql_where=sa.text("live"))
    op.execute(
        "INSERT INTO booked_quotes (booking_id, quote_id, position, live) SELECT id, quote_id, 0, state <> 'cancelled' FROM bookings"
    )
    op.add_column("holds", sa.Column("more_quote_ids", sa.ARRAY(sa.Uuid()), server_default="{}", nullable=False))


def downgrade() -> None:
    op.drop_column("holds", "more_quote_ids")
    op.drop_index("uq_booked_quotes_quote_id", table_name="booked_quotes", postgresql_where=sa.text("live"))
    op.drop_table("booked_quotes")
