"""`revivatech demo`: a shop to try everything with."""

import argparse
import asyncio
import json
import os
from typing import TYPE_CHECKING

from revivatech import database
from revivatech.environment import complete, production
from revivatech.trouble import Trouble

if TYPE_CHECKING:
    from backend.core.settings import Settings


SIZES = ("year", "small")


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--size", choices=SIZES, default="year", help="a year of history, or only the last weeks")


def main(arguments: argparse.Namespace) -> int:
    """Lay it out in the database; running it again changes nothing."""
    if production(os.environ):
        raise Trouble("The demo shop is not for production.", "create the people with `revivatech create-staff`.")
    with database.address() as url:
        os.environ.update(complete(os.environ, database_url=url))
        from backend.core import migrate
        from backend.core.settings import Settings

        settings = Settings()
        migrate.upgrade(settings)
        lay_out(settings, arguments.size)
    return 0


def lay_out(settings: "Settings", size: str) -> None:
    """Lay out the demo shop in a migrated database, and note how one signs in to it."""
    from revivatech.demo import shop, staff
    from revivatech.site import open_site

    async def work() -> None:
        site = open_site(settings)
        try:
            await shop.lay_out(site, {"small": shop.SMALL, "year": shop.YEAR}[size])
        finally:
            await site.close()

    asyncio.run(work())
    manager = next(login for login in staff.LOGINS if login.role == "manager")
    note = {"email": manager.email, "password": staff.PASSWORD}
    settings.var.mkdir(parents=True, exist_ok=True)
    (settings.var / "demo.json").write_text(json.dumps(note) + "\n")
