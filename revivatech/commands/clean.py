"""`revivatech clean`: remove what running left; what set-up made stays."""

import argparse
import shutil

from revivatech.commands.run import running
from revivatech.paths import var
from revivatech.trouble import Trouble


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """Remove the run-time folder, the database with it."""
    if pid := running():
        raise Trouble(f"RevivaTech runs in this folder (process {pid}).", f"stop it first: kill {pid}")
    database = var() / "postgres"
    if database.is_symlink():  # it lies where the database's account can reach it
        shutil.rmtree(database.resolve(), ignore_errors=True)
    shutil.rmtree(var(), ignore_errors=True)
    print(f"{var()} is gone.")
    return 0
