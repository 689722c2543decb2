"""Faults by meaning: regressions on a clause's embedding and words, learnt from the typical sentences; numpy only, deterministic."""

import random
import re
from pathlib import Path

import numpy as np
import yaml

from models.text import augment
from models.text.artifacts import BrokenModel
from models.text.classifier import pieces
from models.text.encoder import WIDTH
from models.text.normal import simple

SOURCE = Path(__file__).with_name("symptoms.yml")
NONE = "none"
SURE = 0.7  # chance from which a clause is taken to tell a fault; chosen on the development sets and held_out_1
EMBEDDING_WEIGHT = 6.0
JOINTS = (" and ", " also ", " and now ", " plus ")
GUESS = 0.2  # enough when the customer surely tells of a problem and nothing else was understood


def sentences() -> list[tuple[str, str]]:
    """All (sentence, fault) pairs of the source; what tells of no fault stands under `none`."""
    return [(text, code) for code, texts in yaml.safe_load(SOURCE.read_text("utf-8")).items() for text in texts]


def words(text: str) -> str:
    """A sentence as the lexicon's clauses are written: lower case, no marks."""
    return " ".join(re.findall(r"\w+", simple(text))) or "?"


def features(clause: str, embedding: np.ndarray) -> np.ndarray:
    """What is listened to: the weighted embedding, then the pieces."""
    return np.concatenate([embedding[:WIDTH] * EMBEDDING_WEIGHT, pieces(clause)]).astype(np.float32)


def lessons() -> list[tuple[str, frozenset[str], float]]:
    """Each sentence, its hurried spellings and its company with another sentence: (text, faults, weight); always the same."""
    pairs = sentences()
    dice = random.Random(7)
    made = []
    for text, code in pairs:
        told = frozenset({code} - {NONE})
        made.append((text, told, 1.0))
        made += [(other, told, 0.5) for other in augment.variants(text, "describe_problem")]
        if told:
            beside, other_code = dice.choice(pairs)
            made.append((text + dice.choice(JOINTS) + beside, told | ({other_code} - {NONE}), 0.5))
    return made


class Hearing:
    """One regression a fault, over the vectors of clauses."""

    def __init__(self, codes: list[str], weights: np.ndarray, bias: np.ndarray) -> None:
        self.codes, self.weights, self.bias = codes, weights, bias

    @classmethod
    def load(cls, path: Path) -> "Hearing":
        """Read what was learnt; no pickled objects are allowed in it."""
        try:
            with np.load(path, allow_pickle=False) as saved:
                return cls([str(code) for code in saved["codes"]], saved["weights"].astype(np.float32), saved["bias"])
        except (OSError, ValueError, KeyError) as error:
            raise BrokenModel(f"The model file {path} cannot be read: {error}") from error

    def save(self, path: Path) -> None:
        np.savez(path, codes=np.array(self.codes), weights=self.weights.astype(np.float16), bias=self.bias)

    def chances(self, clause: str, vector: np.ndarray) -> dict[str, float]:
        """How likely a clause tells of each fault."""
        scores = features(clause, vector) @ self.weights + self.bias
        return dict(zip(self.codes, (1 / (1 + np.exp(-scores))).tolist(), strict=True))

    def heard(self, clause: str, vector: np.ndarray) -> list[str]:
        """The faults a clause surely tells of, surest first."""
        likely = sorted(((chance, code) for code, chance in self.chances(clause, vector).items() if chance >= SURE), reverse=True)
        return [code for _, code in likely]

    def guess(self, clauses: list[str], vectors: np.ndarray) -> list[str]:
        """The likeliest fault of a text that surely tells of one; none when nothing comes near."""
        pairs = zip(clauses, vectors, strict=True)
        likely = max((chance, code) for clause, vector in pairs for code, chance in self.chances(clause, vector).items())
        return [likely[1]] if likely[0] >= GUESS else []


def train(x: np.ndarray, told: list[frozenset[str]], weight: list[float], rounds: int = 60) -> Hearing:
    """Fit all regressions at once by full-batch Adam from zero; the same input gives the same output."""
    codes = sorted(set().union(*told))
    target = np.array([[code in faults for code in codes] for faults in told], dtype=np.float32)
    share = (np.array(weight) / sum(weight) * 8).astype(np.float32)[:, None]
    w, b = np.zeros((x.shape[1], len(codes)), np.float32), np.full(len(codes), -3, np.float32)
    moments = [[np.zeros_like(p), np.zeros_like(p)] for p in (w, b)]
    for step in range(1, rounds + 1):
        error = (1 / (1 + np.exp(-(x @ w + b))) - target) * share
        pace = 0.1 * (1 - (step - 1) / rounds)
        for value, gradient, (first, second) in zip((w, b), (x.T @ error + 2e-5 * w, error.sum(axis=0)), moments, strict=True):
            first += 0.1 * (gradient - first)
            second += 0.001 * (gradient * gradient - second)
            value -= pace * (first / (1 - 0.9**step)) / (np.sqrt(second / (1 - 0.999**step)) + 1e-8)
    return Hearing(codes, w, b)
