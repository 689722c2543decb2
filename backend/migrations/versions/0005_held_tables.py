"""Say with each commit that a table has changed of which processes hold values

Revision: 0005
Follows: 0004
Made: 2026-11-22
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TABLES = (
    *("shop_config", "locations", "opening_hours", "closures", "benches", "technicians", "shifts", "time_off", "parts_due"),
    *("catalogue_versions", "price_books"),
)


def upgrade() -> None:
    op.execute(
        """
        CREATE FUNCTION tell_table_changed() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            PERFORM pg_notify('revivatech', json_build_array('table', json_build_object('name', TG_TABLE_NAME))::text);
            RETURN NULL;
        END $$
        """
    )
    for table in TABLES:
        op.execute(
            f"CREATE TRIGGER tell_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tell_table_changed()"
        )


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TRIGGER tell_changed ON {table}")
    op.execute("DROP FUNCTION tell_table_changed()")
