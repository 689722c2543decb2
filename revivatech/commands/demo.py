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


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


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
        lay_out(settings)
    return 0


def lay_out(settings: "Settings") -> None:
    """Lay out the demo shop in a migrated database, and note how one signs in to it."""
    from revivatech.demo import shop
    from revivatech.site import open_site

    async def work() -> None:
        site = open_site(settings)
        try:
            await shop.lay_out(site)
        finally:
            await site.close()

    asyncio.run(work())
    manager = next(login for login in shop.LOGINS if login.role == "manager")
    note = {"email": manager.email, "password": shop.PASSWORD}
    settings.var.mkdir(parents=True, exist_ok=True)
    (settings.var / "demo.json").write_text(json.dumps(note) + "\n")
