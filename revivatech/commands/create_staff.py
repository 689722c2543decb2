"""`revivatech create-staff`: the first people of a shop, or another one."""

import argparse
import asyncio
import getpass
import os
import sys
from typing import get_args

from revivatech import database
from revivatech.environment import complete
from revivatech.trouble import Trouble


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    from backend.identity.roles import Role

    parser.add_argument("email", help="what they sign in with")
    parser.add_argument("--name", required=True, help="what customers and colleagues see")
    parser.add_argument("--role", choices=get_args(Role), default="technician")


def main(arguments: argparse.Namespace) -> int:
    """The password is asked for, or read from standard input when that is no terminal; it is never an argument."""
    password = getpass.getpass("Password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\r\n")
    with database.address() as url:
        os.environ.update(complete(os.environ, database_url=url))
        asyncio.run(_create(arguments, password))
    print(f"{arguments.email} may sign in as {arguments.role}.")
    return 0


async def _create(arguments: argparse.Namespace, password: str) -> None:
    from backend.core.errors import Refusal
    from backend.core.settings import Settings
    from backend.identity.staff import create_staff
    from revivatech.site import open_site

    site = open_site(Settings())
    try:
        async with site.work() as session:
            await create_staff(session, email=arguments.email, name=arguments.name, role=arguments.role, password=password)
    except Refusal as refusal:
        raise Trouble(f"{arguments.email} was not added: {refusal}", "correct it and run the same command again.") from None
    finally:
        await site.close()
