"""Chromium for the browser tests: found, or installed by the system's package manager, or asked for."""

import os
import shutil
from pathlib import Path

from revivatech.setup.shell import run
from revivatech.setup.steps import Step
from revivatech.trouble import Trouble

_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
_PLACES = (
    "/usr/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)


def chromium() -> Path | None:
    """The browser the tests drive: REVIVATECH_CHROMIUM, or the first usual one."""
    if named := os.environ.get("REVIVATECH_CHROMIUM"):
        return Path(named)
    for place in _PLACES:
        if Path(place).exists():
            return Path(place)
    for name in _NAMES:
        if found := shutil.which(name):
            return Path(found)
    return None


def browser() -> Step:
    """A Chromium on this machine."""
    return Step("Chromium, for the browser tests", _there, _install, megabytes=700)


def _there() -> bool:
    found = chromium()
    if found and not found.exists():
        raise Trouble(f"REVIVATECH_CHROMIUM names {found}, which does not exist.", "correct the variable or unset it.")
    return found is not None


def _install() -> None:
    apt = shutil.which("apt-get")
    remedy = "install it (Debian, as root: apt-get install chromium fonts-liberation), or name one: REVIVATECH_CHROMIUM=/path make test"
    if not apt or os.geteuid() != 0:
        raise Trouble("The browser tests need Chromium, and this machine has none.", remedy)
    run("Refreshing the system's package lists", [apt, "-qq", "update"], remedy=remedy)
    packages = ["chromium", "fonts-liberation"]
    run("Installing Chromium", [apt, "-qq", "install", "--yes", "--no-install-recommends", *packages], remedy=remedy)
    if chromium() is None:
        raise Trouble("Chromium was installed but cannot be found.", remedy)
