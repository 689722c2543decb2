"""Faults by meaning: the nearest typical sentence, for what the lexicon has no words for."""

from pathlib import Path

import numpy as np
import yaml

from models.text.artifacts import BrokenModel

SOURCE = Path(__file__).with_name("symptoms.yml")
NEAR = 0.58  # cosine; chosen on evaluation/development.yml and the training examples


def sentences() -> list[tuple[str, str]]:
    """All (sentence, fault) pairs of the source."""
    return [(text, code) for code, texts in yaml.safe_load(SOURCE.read_text("utf-8")).items() for text in texts]


class Symptoms:
    """Embedded typical sentences with their faults."""

    def __init__(self, codes: list[str], vectors: np.ndarray) -> None:
        self.codes, self.vectors = codes, vectors

    @classmethod
    def load(cls, path: Path) -> "Symptoms":
        try:
            with np.load(path, allow_pickle=False) as saved:
                return cls([str(code) for code in saved["codes"]], saved["vectors"].astype(np.float32))
        except (OSError, ValueError, KeyError) as error:
            raise BrokenModel(f"The model file {path} cannot be read: {error}") from error

    def save(self, path: Path) -> None:
        np.savez(path, codes=np.array(self.codes), vectors=self.vectors.astype(np.float16))

    def nearest(self, embedding: np.ndarray) -> str | None:
        """The fault whose typical sentence means nearly the same, or None when none is near."""
        likeness = self.vectors @ embedding
        best = int(likeness.argmax())
        return self.codes[best] if likeness[best] >= NEAR else None
