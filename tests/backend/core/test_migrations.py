"""The migrations lead to exactly the tables the code declares."""

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

import backend.registry  # noqa: F401  # knows all tables
from backend.core import migrate
from backend.core.db import Base
from backend.core.site import Site
from revivatech.postgres import EmbeddedPostgres
from tests.conftest import TEMPLATE, Client


def test_migrated_tables_are_the_declared_ones(postgres: EmbeddedPostgres) -> None:
    engine = create_engine(postgres.url(TEMPLATE))
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "compare_type": True,
                "include_name": lambda name, kind, _: not (kind == "table" and str(name).startswith("procrastinate_")),
            },
        )
        differences = compare_metadata(context, Base.metadata)
    engine.dispose()
    assert differences == []


async def test_a_second_upgrade_changes_nothing(site: Site, client: Client) -> None:
    migrate.upgrade(site.settings)
    assert await migrate.current(site) == migrate.head()
    assert (await client.json("GET", "/readyz"))["status"] == "ready"
