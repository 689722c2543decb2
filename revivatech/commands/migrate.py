"""`revivatech migrate`: bring the database to the shape this code expects; with `--demo` lay out the demo shop too."""

import argparse
import os

from revivatech import database
from revivatech.environment import complete, production
from revivatech.trouble import Trouble


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--demo", action="store_true", help="also lay out the demo shop, as `revivatech demo` does")


def main(arguments: argparse.Namespace) -> int:
    """Safe to run at any time and by several processes at once."""
    if arguments.demo and production(os.environ):
        raise Trouble("The demo shop is not for production.", "leave out --demo.")
    with database.address() as url:
        os.environ.update(complete(os.environ, database_url=url))
        from backend.core import logs, migrate
        from backend.core.settings import Settings

        settings = Settings()
        logs.configure(json=settings.log_json)
        migrate.upgrade(settings)
        if arguments.demo:
            from revivatech.commands.demo import lay_out

            lay_out(settings)
    return 0
