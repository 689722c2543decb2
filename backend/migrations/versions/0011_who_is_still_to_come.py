"""Who is still to come

Revision: 0011
Follows: 0010
Made: 2026-11-22
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_bookings_state_starts_at", "bookings", ["state", "starts_at"])


def downgrade() -> None:
    op.drop_index("ix_bookings_state_starts_at", table_name="bookings")
