"""The front end: packages by the lock, then the build into `widget/dist`."""

from revivatech.paths import NODE, ROOT
from revivatech.setup.digests import Stamp, of_sources
from revivatech.setup.shell import run
from revivatech.setup.steps import Step

_WIDGET = ROOT / "widget"
_PACKAGES = Stamp(_WIDGET / "node_modules" / ".revivatech-stamp")
_BUILT = Stamp(_WIDGET / "dist" / ".revivatech-stamp")


def front_end_packages() -> Step:
    """`widget/node_modules`, as `package-lock.json` says."""
    return Step(
        "The front end's packages",
        lambda: _PACKAGES.read() == _packages_digest(),
        _install,
        megabytes=350,
    )


def front_end() -> Step:
    """`widget/dist`, what browsers load."""
    return Step("The front end", lambda: _BUILT.read() == _sources_digest() and (_WIDGET / "dist" / "manifest.json").exists(), _build)


def _packages_digest() -> str:
    return of_sources("widget/package.json", "widget/package-lock.json", "requirements/node.txt")


def _sources_digest() -> str:
    return of_sources("widget", "requirements/node.txt")


def _install() -> None:
    _PACKAGES.clear()
    npm("Installing the front end's packages", "ci", "--no-audit", "--no-fund", "--loglevel=error")
    _PACKAGES.write(_packages_digest())


def _build() -> None:
    _BUILT.clear()
    npm("Building the front end", "run", "--silent", "build")
    _BUILT.write(_sources_digest())


def npm(what: str, *arguments: str) -> None:
    """Run the wheel's npm in `widget`."""
    run(what, [NODE / "npm", *arguments], cwd=_WIDGET)
