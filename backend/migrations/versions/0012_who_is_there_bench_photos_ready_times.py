"""Who is there, photos from the bench and ready times

Revision: 0012
Follows: 0011
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_presence_staff_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_presence")),
    )
    op.create_table(
        "ready_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("repair_id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("ready_by", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=True),
        sa.Column("by", sa.Uuid(), nullable=True),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["repair_id"], ["repairs.id"], name=op.f("fk_ready_times_repair_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_times")),
        sa.UniqueConstraint("repair_id", "seq", name=op.f("uq_ready_times_repair_id_seq")),
    )
    op.add_column("files", sa.Column("kept", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("files", sa.Column("let_go_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("order_photos", sa.Column("repair_id", sa.Uuid(), nullable=True))
    op.add_column("order_photos", sa.Column("by", sa.Uuid(), nullable=True))
    op.add_column("order_photos", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.create_foreign_key(op.f("fk_order_photos_repair_id"), "order_photos", "repairs", ["repair_id"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_order_photos_repair_id"), "order_photos", type_="foreignkey")
    op.drop_column("order_photos", "removed_at")
    op.drop_column("order_photos", "by")
    op.drop_column("order_photos", "repair_id")
    op.drop_column("files", "let_go_at")
    op.drop_column("files", "kept")
    op.drop_table("ready_times")
    op.drop_table("presence")
