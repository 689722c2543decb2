"""Price class, specifications and features of models

Revision: 0002
Follows: 0001
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device_models", sa.Column("price_class", sa.String(), server_default="mid", nullable=False))
    op.add_column(
        "device_models", sa.Column("specs", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default="{}", nullable=False)
    )
    op.add_column(
        "device_models",
        sa.Column("without", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), server_default="[]", nullable=False),
    )
    op.add_column("device_models", sa.Column("revision", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("faults", sa.Column("needs", sa.String(), nullable=True))
    op.add_column("repair_services", sa.Column("needs", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("repair_services", "needs")
    op.drop_column("faults", "needs")
    op.drop_column("device_models", "revision")
    op.drop_column("device_models", "without")
    op.drop_column("device_models", "specs")
    op.drop_column("device_models", "price_class")
