"""The articles as the encoder sees them, kept in one file: made at set-up, and anew by whoever finds that something changed."""

import contextlib
import hashlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import yaml
from numpy.typing import NDArray

from backend.core import logs
from models.text.artifacts import read_manifest

from .articles import Passage, shelf
from .finding import Finder, Vectors

log = logs.get(__name__)
FILE = Path(__file__).resolve().parents[2] / "models" / "artifacts" / "knowledge.npz"
_ELSEWHERE = Path(__file__).with_name("elsewhere.yml")
#: What the encoder reads at once; longer texts are embedded in parts.
_PART = 320

Encode = Callable[[str], NDArray[np.float32]]


def open_finder(encode: Encode, file: Path = FILE) -> Finder:
    """Return the finder over all articles; embeds them if the stored vectors are of other articles or another encoder."""
    passages = [passage for article in shelf().values() for passage in article.passages]
    elsewhere = [line for lines in yaml.safe_load(_ELSEWHERE.read_text("utf-8")).values() for line in lines]
    texts = [sentences(passage) for passage in passages]
    spoken = [text for group in texts for text in group] + elsewhere
    owners = [place for place, group in enumerate(texts) for _ in group]
    rows = _vectors(spoken, encode, file)
    return Finder(passages, rows[: len(owners)], np.array(owners, dtype=np.int32), rows[len(owners) :])


def sentences(passage: Passage) -> list[str]:
    """Return what stands for a passage: the questions it answers, its headings, and its text in parts."""
    body = passage.readable
    parts, part = [], ""
    for sentence in body.replace("\n- ", " ").replace("\n", " ").split(". "):
        if part and len(part) + len(sentence) > _PART:
            parts.append(part)
            part = ""
        part = f"{part}. {sentence}" if part else sentence
    named = f"{passage.title}: {passage.heading}"
    return [*passage.asked, named, *(f"{named}. {part}" for part in [*parts, part])]


def _vectors(spoken: Sequence[str], encode: Encode, file: Path) -> Vectors:
    digest = hashlib.sha256("\0".join([read_manifest()["files"]["encoder.onnx"], *spoken]).encode()).hexdigest()
    with contextlib.suppress(OSError, ValueError, KeyError), np.load(file, allow_pickle=False) as kept:
        if str(kept["digest"]) == digest:
            rows: Vectors = kept["rows"].astype(np.float32)
            return rows
    rows = np.stack([encode(text) for text in spoken])
    draft = file.with_name(f"{file.name}.{os.getpid()}.npz")
    try:
        np.savez(draft, digest=np.array(digest), rows=rows.astype(np.float16))
        draft.replace(file)
    except OSError as error:  # what cannot be kept is made again by the next process
        log.warning("knowledge_not_kept", error=str(error))
    return rows
