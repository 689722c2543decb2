"""Multinomial logistic regression on a sentence's embedding and its word and letter pieces; numpy only, deterministic."""

import itertools
import re
import zlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.text.artifacts import BrokenModel

BUCKETS = 2048
EMBEDDING_WEIGHT = 4.0  # against pieces of length 1: meaning leads, spelling helps
WORD = re.compile(r"[a-z]+|\d+|[£?👍👎]")


def pieces(text: str) -> np.ndarray:
    """A unit vector of hashed words, word pairs and letter trigrams; CRC-32 so that every Python agrees."""
    words = WORD.findall(text.lower().replace("'", "").replace("’", ""))
    words = ["#" if w.isdigit() else w for w in words]
    grams = [f"w:{w}" for w in words]
    bounded = ["^", *words, "$"]
    grams += [f"p:{a} {b}" for a, b in itertools.pairwise(bounded)]
    for word in words:
        padded = f"<{word}>"
        grams += [f"t:{padded[i : i + 3]}" for i in range(len(padded) - 2)]
    grams.append(f"n:{min(len(words), 6)}")
    vector = np.zeros(BUCKETS, dtype=np.float32)
    for gram in grams:
        vector[zlib.crc32(gram.encode("utf-8")) % BUCKETS] += 1.0 if gram[0] != "t" else 0.5
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def features(text: str, embedding: np.ndarray) -> np.ndarray:
    """What the classifier looks at: the weighted embedding, then the pieces."""
    return np.concatenate([embedding * EMBEDDING_WEIGHT, pieces(text)]).astype(np.float32)


class Classifier:
    """Labels with probabilities for one feature vector."""

    def __init__(self, labels: Sequence[str], weights: np.ndarray, bias: np.ndarray) -> None:
        self.labels, self.weights, self.bias = list(labels), weights, bias
        self.words: set[str] = set()

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        """Read a saved classifier; no pickled objects are allowed in it."""
        try:
            with np.load(path, allow_pickle=False) as saved:
                made = cls([str(label) for label in saved["labels"]], saved["weights"].astype(np.float32), saved["bias"])
                made.words = {str(word) for word in saved["words"]}
                return made
        except (OSError, ValueError, KeyError) as error:
            raise BrokenModel(f"The model file {path} cannot be read: {error}") from error

    def save(self, path: Path) -> None:
        np.savez(
            path, labels=np.array(self.labels), weights=self.weights.astype(np.float16), bias=self.bias, words=np.array(sorted(self.words))
        )

    def strange(self, text: str) -> bool:
        """Whether not one word of the text was ever seen in training; a single word may still be a name or a greeting."""
        found = WORD.findall(text.lower().replace("'", ""))
        return len(found) != 1 and not any(word in self.words for word in found)

    def predict(self, x: np.ndarray) -> list[tuple[str, float]]:
        """All labels with their probabilities, best first."""
        scores = x @ self.weights + self.bias
        chances = np.exp(scores - scores.max())
        chances /= chances.sum()
        return [(self.labels[i], float(chances[i])) for i in np.argsort(-chances)]


def train(
    x: np.ndarray, labels: Sequence[str], rounds: int = 140, decay: float = 2e-5, rate: float = 0.1, weight: Sequence[float] = ()
) -> Classifier:
    """Fit by full-batch Adam from zero, classes weighted by the root of their rarity; the same input gives the same output."""
    names = sorted(set(labels))
    index: dict[str, int] = {name: i for i, name in enumerate(names)}
    target = np.array([index[label] for label in labels])
    rarity = np.sqrt(len(target) / (len(names) * np.bincount(target, minlength=len(names))))
    share = rarity[target] * (np.asarray(weight) if len(weight) else 1.0)
    share = (share / share.sum()).astype(np.float32)
    w, b = np.zeros((x.shape[1], len(names)), np.float32), np.zeros(len(names), np.float32)
    moments = [[np.zeros_like(p), np.zeros_like(p)] for p in (w, b)]
    rows = np.arange(len(target))
    for step in range(1, rounds + 1):
        scores = x @ w + b
        scores -= scores.max(axis=1, keepdims=True)
        chances = np.exp(scores)
        chances /= chances.sum(axis=1, keepdims=True)
        chances[rows, target] -= 1
        chances *= share[:, None]
        gradients = (x.T @ chances + decay * w, chances.sum(axis=0))
        pace = rate * (1 - (step - 1) / rounds)
        for value, gradient, (first, second) in zip((w, b), gradients, moments, strict=True):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient * gradient - second)
            value -= pace * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return Classifier(names, w, b)
