"""The built files and their manifest: written together, checked at every load."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from models.text.paths import ARTIFACTS

BUILD = "models/.venv/bin/python -m models.text.build"


class BrokenModel(Exception):
    """A model file is missing or is not the one that was built; the message says what to do."""


def sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for block in iter(lambda: file.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def read_manifest(folder: Path = ARTIFACTS) -> dict[str, Any]:
    """The manifest of the built files; BrokenModel when there is none or it cannot be read."""
    path = folder / "manifest.json"
    try:
        manifest = json.loads(path.read_text("utf-8"))
        if not isinstance(manifest["files"], dict):
            raise TypeError
    except FileNotFoundError:
        raise BrokenModel(f"The text models are not built yet ({path} is missing). Run `{BUILD}`.") from None
    except (ValueError, KeyError, TypeError):
        raise BrokenModel(f"{path} cannot be read. Run `{BUILD} --force` to build it anew.") from None
    return dict(manifest)


def checked(name: str, folder: Path = ARTIFACTS) -> Path:
    """The path of one built file, after its hash agreed with the manifest; else BrokenModel."""
    wanted = read_manifest(folder)["files"].get(name)
    path = folder / name
    if wanted is None or not path.is_file():
        raise BrokenModel(f"The model file {path} is missing. Run `{BUILD} --force` to build it anew.")
    if sha256(path) != wanted:
        raise BrokenModel(
            f"The model file {path} is broken (its SHA-256 does not match the manifest). Run `{BUILD} --force` to build it anew."
        )
    return path


def write_manifest(names: Iterable[str], stamp: str, folder: Path = ARTIFACTS, extra: dict[str, Any] | None = None) -> None:
    """Record the hashes of the built files and the stamp of what they were built from."""
    manifest = {"stamp": stamp, "files": {name: sha256(folder / name) for name in sorted(names)}}
    manifest.update(extra or {})
    text = json.dumps(manifest, indent=2, sort_keys=True) + "\n"
    fresh = folder / "manifest.json.new"
    fresh.write_text(text, "utf-8")
    fresh.replace(folder / "manifest.json")
