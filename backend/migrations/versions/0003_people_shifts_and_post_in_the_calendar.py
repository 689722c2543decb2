"""People shifts and post in the calendar

Revision: 0003
Follows: 0002
Made: 2026-11-22
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "parts_due",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("device_slug", sa.String(), nullable=False),
        sa.Column("service_code", sa.String(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_parts_due_location_id")),
        sa.ForeignKeyConstraint(["service_code"], ["repair_services.code"], name=op.f("fk_parts_due_service_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_parts_due")),
        sa.UniqueConstraint("location_id", "device_slug", "service_code", name=op.f("uq_parts_due_location_id_device_slug_service_code")),
    )
    op.create_table(
        "technicians",
        sa.Column("number", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.Uuid(), nullable=False),
        sa.Column("location_id", sa.Uuid(), nullable=False),
        sa.Column("skills", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["location_id"], ["locations.id"], name=op.f("fk_technicians_location_id")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_technicians_staff_id")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_technicians")),
        sa.UniqueConstraint("staff_id", name=op.f("uq_technicians_staff_id")),
    )
    op.create_index(op.f("ix_technicians_location_id"), "technicians", ["location_id"], unique=False)
    op.create_table(
        "order_followers",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("visitor_id", sa.Uuid(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_order_followers_order_id")),
        sa.ForeignKeyConstraint(["visitor_id"], ["visitors.id"], name=op.f("fk_order_followers_visitor_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("order_id", "visitor_id", name=op.f("pk_order_followers")),
    )
    op.create_index(op.f("ix_order_followers_visitor_id"), "order_followers", ["visitor_id"], unique=False)
    op.create_table(
        "return_addresses",
        sa.Column("order_id", sa.Uuid(), nullable=False),
        sa.Column("line1", sa.String(), nullable=False),
        sa.Column("line2", sa.String(), nullable=True),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name=op.f("fk_return_addresses_order_id")),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_return_addresses")),
    )
    op.create_table(
        "shifts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("technician", sa.Integer(), nullable=False),
        sa.Column("weekday", sa.BigInteger(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.CheckConstraint("begins < ends", name=op.f("ck_shifts_order")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_shifts_weekday")),
        sa.ForeignKeyConstraint(["technician"], ["technicians.number"], name=op.f("fk_shifts_technician")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shifts")),
        sa.UniqueConstraint("technician", "weekday", "begins", name=op.f("uq_shifts_technician_weekday_begins")),
    )
    op.create_table(
        "time_off",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("technician", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_time_off_order")),
        sa.ForeignKeyConstraint(["technician"], ["technicians.number"], name=op.f("fk_time_off_technician")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_off")),
    )
    op.create_index(op.f("ix_time_off_technician"), "time_off", ["technician"], unique=False)
    op.add_column("bookings", sa.Column("moves", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("bookings", sa.Column("former_starts_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("locations", sa.Column("version", sa.BigInteger(), server_default="1", nullable=False))
    op.add_column("occupancy", sa.Column("technician", sa.Integer(), nullable=True))
    op.create_foreign_key(op.f("fk_occupancy_technician"), "occupancy", "technicians", ["technician"], ["number"])
    op.create_exclude_constraint(
        "ex_occupancy_technician_during",
        "occupancy",
        (sa.literal_column("int4range(technician, technician, '[]')"), "&&"),
        (sa.literal_column("during"), "&&"),
        where=sa.text("technician IS NOT NULL"),
        using="gist",
    )


def downgrade() -> None:
    op.drop_constraint("ex_occupancy_technician_during", "occupancy")
    op.drop_constraint(op.f("fk_occupancy_technician"), "occupancy", type_="foreignkey")
    op.drop_column("occupancy", "technician")
    op.drop_column("locations", "version")
    op.drop_column("bookings", "former_starts_at")
    op.drop_column("bookings", "moves")
    op.drop_index(op.f("ix_time_off_technician"), table_name="time_off")
    op.drop_table("time_off")
    op.drop_table("shifts")
    op.drop_table("return_addresses")
    op.drop_index(op.f("ix_order_followers_visitor_id"), table_name="order_followers")
    op.drop_table("order_followers")
    op.drop_index(op.f("ix_technicians_location_id"), table_name="technicians")
    op.drop_table("technicians")
    op.drop_table("parts_due")
