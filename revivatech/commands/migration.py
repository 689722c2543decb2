"""`revivatech migration "What changes"`: write a revision by comparing the tables with a freshly migrated database."""

import argparse

from alembic import command
from sqlalchemy import create_engine

from backend.core import migrate
from backend.core.settings import Settings
from revivatech.postgres import EmbeddedPostgres


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("message", help='what changes, such as "Add loaner devices"')
    parser.add_argument("--id", default=None, help="the revision's id, such as 0002")


def main(arguments: argparse.Namespace) -> int:
    """Write the revision; read it before you commit it."""
    with EmbeddedPostgres.temporary() as server:
        url = server.url("postgres", driver="postgresql")
        migrate.upgrade(Settings(secret="-" * 32, hub_secret="-" * 16, database_url=url))
        engine = create_engine(server.url("postgres"))
        with engine.connect() as connection:
            config = migrate.configuration()
            config.attributes["connection"] = connection
            number = arguments.id or f"{len(list(migrate.FOLDER.glob('versions/*.py'))) + 1:04d}"
            script = command.revision(config, message=arguments.message, autogenerate=True, rev_id=number)
        engine.dispose()
    print(f"Written: {getattr(script, 'path', script)}")
    return 0
