"""The language models: sentence encoder and intent classifier, checked by hash and built anew when broken."""

import json
from pathlib import Path

from revivatech.paths import ARTIFACTS, MODELS_PYTHON
from revivatech.setup.digests import Stamp, of_file, of_sources
from revivatech.setup.shell import run
from revivatech.setup.steps import Step

_TEXT = ARTIFACTS / "text"
_STAMP = Stamp(_TEXT / ".revivatech-stamp")


def text_models() -> Step:
    """`models/artifacts/text`, from the sources, the training sentences and the device files."""
    return Step("The language models", lambda: _STAMP.read() == _digest() and not broken(_TEXT), _build, megabytes=400)


def broken(folder: Path) -> str:
    """The first file that is missing or not the one that was built, by the manifest's hashes; empty when all are whole."""
    try:
        files = json.loads((folder / "manifest.json").read_text("utf-8"))["files"]
    except (OSError, ValueError, KeyError, TypeError):
        return "manifest.json"
    for name, wanted in files.items():
        path = folder / name
        if not path.is_file() or of_file(path) != wanted:
            return str(name)
    return ""


def _digest() -> str:
    return of_sources("models", "bot/data/nlu", "backend/devices/data", "backend/devices/knowledge")


def _build() -> None:
    damaged = broken(_TEXT) if (_TEXT / "manifest.json").exists() else ""
    if damaged:
        print(f"    {_TEXT.name}/{damaged} is damaged (its hash does not match); building it anew", flush=True)
    _STAMP.clear()
    run("Building the language models", [MODELS_PYTHON, "-m", "models.text.build", *(["--force"] if damaged else [])])
    _STAMP.write(_digest())
