"""`revivatech migrate`: bring the database to the shape this code expects; with `--demo` lay out the demo shop too."""

import argparse
import asyncio
import os
from typing import TYPE_CHECKING

from revivatech import database, environment, production
from revivatech.commands.demo import SIZES
from revivatech.environment import complete
from revivatech.trouble import Trouble

if TYPE_CHECKING:
    from backend.core.settings import Settings


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--demo", choices=SIZES, help="also lay out the demo shop, as `revivatech demo --size` does")


def main(arguments: argparse.Namespace) -> int:
    """Safe to run at any time and by several processes at once."""
    if arguments.demo and environment.production(os.environ):
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

            lay_out(settings, arguments.demo)
        else:
            asyncio.run(_publish(settings))
        if settings.env == "production":
            asyncio.run(_refuse_demo_people(settings))
    return 0


async def _publish(settings: "Settings") -> None:
    """Bring catalogue and price book to what the files of this version say; unchanged files change nothing."""
    from backend.devices.service import publish_catalogue
    from backend.pricing import book
    from revivatech.site import open_site

    site = open_site(settings)
    try:
        async with site.work() as session:
            await publish_catalogue(session)
            await book.publish(session)
    finally:
        await site.close()


async def _refuse_demo_people(settings: "Settings") -> None:
    """The database of a shop that was tried out may still know the demo's people and their published password."""
    from backend.identity.passwords import verify_password
    from backend.identity.staff import find_by_email
    from revivatech.demo.staff import HELPERS, LOGINS, PASSWORD
    from revivatech.site import open_site

    site = open_site(settings)
    found = []
    try:
        async with site.work() as session:
            for login in LOGINS + HELPERS:
                staff = await find_by_email(session, login.email)
                if staff and staff.disabled_at is None and verify_password(staff.password_hash, PASSWORD):
                    found.append(login.email)
    finally:
        await site.close()
    production.check(os.environ, demo_accounts=found)
