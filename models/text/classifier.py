"""Logistic regression on a sentence's embedding and its pieces, and the vote of its nearest examples; numpy only, deterministic."""

import itertools
import re
import zlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np

from models.text.artifacts import BrokenModel

BUCKETS = 2048
EMBEDDING_WEIGHT = 2.0  # against pieces of length 1; chosen by leaving one voice of the examples out
NEAREST, NEAR = 15, 0.08  # how many examples vote, and the loss of cosine at which a vote is worth 1/e
SHORT, LISTED = 96, 200  # how many of the main directions choose those that are compared whole, and how many they choose
DECIDED = 1.6  # the power that makes the mean confidence of both the accuracy again
VOTE = 0.5  # their share; alone they are as good as the regression, and they err elsewhere
SHARPNESS = 1.8  # so few epochs leave scores flat; times this, the mean confidence is the accuracy on lines not trained on
WORD = re.compile(r"[a-z]+|\d+|[£?👍👎]")


def bucket(gram: str) -> int:
    """Where a gram is counted; CRC-32 so that every Python agrees."""
    return zlib.crc32(gram.encode("utf-8")) % BUCKETS


@lru_cache(maxsize=4096)
def _within(word: str) -> tuple[int, list[int]]:
    """The buckets of a word and of its letter trigrams."""
    padded = f"<{word}>"
    return bucket(f"w:{word}"), [bucket(f"t:{padded[i : i + 3]}") for i in range(len(padded) - 2)]


def pieces(text: str) -> np.ndarray:
    """A unit vector of hashed words, word pairs and letter trigrams, the last for half."""
    words = WORD.findall(text.lower().replace("'", "").replace("’", ""))
    words = ["#" if w.isdigit() else w for w in words]
    whole = [bucket(f"p:{a} {b}") for a, b in itertools.pairwise(["^", *words, "$"])]
    whole.append(bucket(f"n:{min(len(words), 6)}"))
    halves: list[int] = []
    for word in words:
        said, letters = _within(word)
        whole.append(said)
        halves += letters
    vector = np.bincount(whole + halves, [1.0] * len(whole) + [0.5] * len(halves), BUCKETS).astype(np.float32)
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def features(text: str, embedding: np.ndarray) -> np.ndarray:
    """What the classifier looks at: the weighted embedding, then the pieces."""
    return np.concatenate([embedding * EMBEDDING_WEIGHT, pieces(text)]).astype(np.float32)


def softmax(scores: np.ndarray) -> np.ndarray:
    """Chances of each row's scores."""
    chances = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(chances / chances.sum(axis=-1, keepdims=True))


class Classifier:
    """Labels with probabilities for one feature vector."""

    def __init__(self, labels: Sequence[str], weights: np.ndarray, bias: np.ndarray) -> None:
        self.labels, self.weights, self.bias = list(labels), weights, bias
        self.words: set[str] = set()
        self._know(np.zeros((0, 0), np.int8), np.zeros(0, np.int64))

    def remember(self, embeddings: np.ndarray, labels: Sequence[str]) -> None:
        """Let these examples vote; their vectors are kept to one part in 127."""
        self._know(np.round(embeddings * 127).astype(np.int8), np.array([self.labels.index(label) for label in labels]))

    def _know(self, near: np.ndarray, whose: np.ndarray) -> None:
        # Turned so that the first directions tell most: their products find the nearest for a fifth of the memory read.
        self.near, self.whose = near, whose
        known = near.astype(np.float32) / 127
        self.turn = np.ascontiguousarray(np.linalg.eigh(known.T @ known)[1][:, ::-1])
        self.turned = known @ self.turn
        self.main = np.ascontiguousarray(self.turned[:, :SHORT])

    @classmethod
    def load(cls, path: Path) -> "Classifier":
        """Read a saved classifier; no pickled objects are allowed in it."""
        try:
            with np.load(path, allow_pickle=False) as saved:
                made = cls([str(label) for label in saved["labels"]], saved["weights"].astype(np.float32), saved["bias"])
                made.words = {str(word) for word in saved["words"]}
                made._know(saved["near"], saved["whose"].astype(np.int64))
                return made
        except (OSError, ValueError, KeyError) as error:
            raise BrokenModel(f"The model file {path} cannot be read: {error}") from error

    def save(self, path: Path) -> None:
        np.savez(
            path,
            labels=np.array(self.labels),
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            words=np.array(sorted(self.words)),
            near=self.near,
            whose=self.whose.astype(np.int16),
        )

    def strange(self, text: str) -> bool:
        """Whether not one word of the text was ever seen in training; a single word may still be a name or a greeting."""
        found = WORD.findall(text.lower().replace("'", ""))
        return len(found) != 1 and not any(word in self.words for word in found)

    def _vote(self, embedding: np.ndarray) -> np.ndarray:
        """The shares of the labels among the nearest examples, the nearer the weightier."""
        turned = embedding @ self.turn
        roughly = self.main @ turned[:SHORT]
        listed = np.argpartition(roughly, -LISTED)[-LISTED:] if len(roughly) > LISTED else np.arange(len(roughly))
        cosine = self.turned[listed] @ turned
        nearest = np.argsort(-cosine)[:NEAREST]
        worth = np.exp((cosine[nearest] - cosine[nearest[0]]) / NEAR)
        return np.bincount(self.whose[listed[nearest]], worth / worth.sum(), len(self.labels))

    def predict(self, x: np.ndarray) -> list[tuple[str, float]]:
        """All labels with their probabilities, best first."""
        chances = softmax(x @ self.weights + self.bias)
        if len(self.whose):
            chances = (1 - VOTE) * chances + VOTE * self._vote(x[: self.near.shape[1]] / EMBEDDING_WEIGHT)
            chances = chances**DECIDED / (chances**DECIDED).sum()
        return [(self.labels[i], float(chances[i])) for i in np.argsort(-chances)]


def train(
    x: np.ndarray,
    labels: Sequence[str],
    epochs: int = 6,
    batch: int = 256,
    decay: float = 1e-5,
    rate: float = 0.02,
    weight: Sequence[float] = (),
) -> Classifier:
    """Fit by Adam in batches from zero, classes weighted by the root of their rarity; the same input gives the same output.

    Few epochs on purpose: left longer, it learns the examples by heart and knows other voices less (measured by leaving one out).
    """
    names = sorted(set(labels))
    index: dict[str, int] = {name: i for i, name in enumerate(names)}
    target = np.array([index[label] for label in labels])
    rarity = np.sqrt(len(target) / (len(names) * np.bincount(target, minlength=len(names))))
    share = rarity[target] * (np.asarray(weight) if len(weight) else 1.0)
    share = (share / share.mean()).astype(np.float32)
    w, b = np.zeros((x.shape[1], len(names)), np.float32), np.zeros(len(names), np.float32)
    moments = [[np.zeros_like(p), np.zeros_like(p)] for p in (w, b)]
    dice, step = np.random.Generator(np.random.PCG64(0)), 0
    steps = epochs * -(-len(target) // batch)
    for _ in range(epochs):
        order = dice.permutation(len(target))
        for start in range(0, len(target), batch):
            rows = order[start : start + batch]
            seen = x[rows]
            chances = softmax(seen @ w + b)
            chances[np.arange(len(rows)), target[rows]] -= 1
            chances *= (share[rows] / len(rows))[:, None]
            gradients = (seen.T @ chances + decay * w, chances.sum(axis=0))
            pace = rate * (1 - step / steps)
            step += 1
            for value, gradient, (first, second) in zip((w, b), gradients, moments, strict=True):
                first += 0.1 * (gradient - first)
                second += 0.01 * (gradient * gradient - second)
                value -= pace * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.99**step)) + 1e-8)
    return Classifier(names, w * SHARPNESS, b * SHARPNESS)
