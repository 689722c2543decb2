"""Bring the database to the shape this code expects, one process at a time."""

import functools
from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, text

if TYPE_CHECKING:
    from .settings import Settings
    from .site import Site

FOLDER = Path(__file__).resolve().parent.parent / "migrations"
#: Any fixed number: whoever holds this advisory lock migrates, the others wait and then find nothing to do.
LOCK = 7_213_001


def configuration() -> Config:
    """Return alembic's configuration without a file of its own."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return config


@functools.cache
def head() -> str | None:
    """Return the newest revision this code knows."""
    return ScriptDirectory.from_config(configuration()).get_current_head()


def upgrade(settings: "Settings") -> None:
    """Migrate to the newest revision under an advisory lock; blocking, for commands."""
    engine = create_engine(settings.sqlalchemy_url)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": LOCK})
            connection.commit()
            try:
                config = configuration()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
            finally:
                connection.rollback()
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": LOCK})
                connection.commit()
    finally:
        engine.dispose()


async def current(site: "Site") -> str | None:
    """Return the revision the database is at, or None when it has none."""
    async with site.engine.connect() as connection:
        exists = await connection.scalar(text("SELECT to_regclass('alembic_version')"))
        return await connection.scalar(text("SELECT version_num FROM alembic_version")) if exists else None
