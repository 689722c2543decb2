"""Stamps: the hash of what a step was made from, kept inside what it made, so that both vanish together."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from revivatech.paths import ROOT

_SKIPPED = {".venv", "node_modules", "__pycache__", "trained", "artifacts", "dist", ".rasa"}


def of_file(path: Path) -> str:
    """SHA-256 of one file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def of_sources(*places: str, suffixes: tuple[str, ...] = ()) -> str:
    """SHA-256 over names and contents of files and folders (relative to the root), without what is itself made from them."""
    total = hashlib.sha256()
    for path in sorted(_files(places)):
        if not suffixes or path.suffix in suffixes:
            total.update(f"{path.relative_to(ROOT)}\0{of_file(path)}\n".encode())
    return total.hexdigest()


def _files(places: Iterable[str]) -> Iterable[Path]:
    for place in places:
        path = ROOT / place
        if path.is_file():
            yield path
        elif path.is_dir():
            for found in path.iterdir():
                if found.name not in _SKIPPED:
                    yield from _files([str(found.relative_to(ROOT))])


class Stamp:
    """A small file that says from which inputs its folder was made."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def read(self) -> str:
        """What was stamped, or nothing."""
        try:
            return self._path.read_text().strip()
        except OSError:
            return ""

    def write(self, value: str) -> None:
        """Stamp."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._path.write_text(value + "\n")

    def clear(self) -> None:
        """Take the stamp off before the work begins: a half-done step must not look done."""
        self._path.unlink(missing_ok=True)
