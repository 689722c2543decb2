"""Reads the training examples: bot/data/nlu/<subject>.yml is the one source for the assistant and for this training."""

import hashlib
from pathlib import Path

import yaml

from models.text.paths import NLU

Example = tuple[str, str]
REPAIR = ("describe_problem", "get_quote", "book_repair")  # intents whose words may tell of a fault


def examples(folder: Path = NLU) -> list[Example]:
    """All (text, intent) pairs, in the order of the files; a text under two intents is refused."""
    found: list[Example] = []
    seen = {}
    for path in sorted(folder.glob("*.yml")):
        for block in yaml.safe_load(path.read_text("utf-8"))["nlu"]:
            for line in block["examples"].splitlines():
                text = line.strip()[2:].strip() if line.strip().startswith("- ") else ""
                if not text:
                    continue
                if seen.setdefault(text.lower(), block["intent"]) != block["intent"]:
                    raise ValueError(f"{path.name}: {text!r} stands under {block['intent']} and under {seen[text.lower()]}")
                found.append((text, block["intent"]))
    return found


def digest(*paths: Path) -> str:
    """One hash over the names and contents of files and of the folders' files."""
    hashed = hashlib.sha256()
    for path in paths:
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file() and p.suffix != ".pyc")
        for file in files:
            hashed.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return hashed.hexdigest()
