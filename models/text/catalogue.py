"""The devices the shop knows, as a snapshot: published by the site, or read from the shop's own data files."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from models.text.names import display_name, slug_of
from models.text.paths import CATALOGUE, DEVICES, FAULTS

Snapshot = dict[str, Any]
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def entries(document: Any) -> list[dict[str, Any]]:
    """The models of one data file; what stands at its head holds for each that does not say otherwise."""
    return [{**{key: value for key, value in document.items() if key != "models"}, **model} for model in document["models"]]


def from_files(folder: Path = DEVICES) -> Snapshot:
    """The catalogue as the shop's data files describe it."""
    devices: list[dict[str, Any]] = []
    for path in sorted(folder.glob("*.yml")):
        for entry in entries(yaml.load(path.read_text("utf-8"), Loader=LOADER)):
            brand, model = str(entry["brand"]), str(entry["model"])
            devices.append(
                {
                    "slug": slug_of(brand, model),
                    "brand": brand,
                    "model": model,
                    "name": display_name(brand, model),
                    "category": entry["category"],
                    "year": entry.get("year"),
                    "aliases": [str(alias) for alias in entry.get("aliases", [])],
                    "identifiers": [str(code) for code in entry.get("identifiers", [])],
                    "variants": {kind: [str(value) for value in values] for kind, values in entry.get("variants", {}).items()},
                }
            )
    faults = yaml.load(FAULTS.read_text("utf-8"), Loader=LOADER) if FAULTS.is_file() else []
    return {"version": "files", "devices": devices, "faults": faults}


def load(path: Path | None = None) -> Snapshot:
    """The snapshot in `path`, else the last one the site published unless the data files are newer, else the data files'."""
    if path or _newest([CATALOGUE]) >= _newest(DEVICES.glob("*.yml")):
        try:
            snapshot = json.loads((path or CATALOGUE).read_text("utf-8"))
            if isinstance(snapshot.get("devices"), list) and snapshot["devices"]:
                return dict(snapshot)
        except (OSError, ValueError, AttributeError):
            pass  # half-written by a killed process; the data files are as good
    return from_files()


def _newest(paths: Iterable[Path]) -> float:
    return max((path.stat().st_mtime for path in paths if path.is_file()), default=0.0)
