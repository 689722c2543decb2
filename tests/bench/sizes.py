"""What a visitor's browser loads for the chat."""

import gzip
import json
from pathlib import Path
from typing import Any

from tests.bench.figures import Figure, rounded

DIST = Path(__file__).resolve().parents[2] / "widget" / "dist"


def widget() -> list[Figure]:
    """The loader and everything the chat needs after it, compressed as they travel; nothing without a built front end."""
    if not (DIST / "manifest.json").exists():
        return []
    manifest = json.loads((DIST / "manifest.json").read_text())
    loader, chat = {"widget.js"}, _files(manifest, "src/widget/app.tsx")
    return [
        Figure("widget loader", _compressed(loader), "kB gzip", 5),
        Figure("widget, all of it", _compressed(loader | chat), "kB gzip", 60),
    ]


def _files(manifest: dict[str, dict[str, Any]], entry: str) -> set[str]:
    """The entry's own file with its style sheets, and the same for all that it imports."""
    known, waiting = {entry}, [entry]
    while waiting:
        more = set(manifest[waiting.pop()].get("imports", ())) - known
        known |= more
        waiting += more
    return {file for key in known for file in (manifest[key]["file"], *manifest[key].get("css", ()))}


def _compressed(files: set[str]) -> float:
    return rounded(sum(len(gzip.compress((DIST / name).read_bytes(), 9, mtime=0)) for name in files) / 1000)
