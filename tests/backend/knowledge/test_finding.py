"""Finding without HTTP: what is stored, and how good it is."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import yaml

from backend.knowledge import store
from backend.knowledge.evaluate import FOLDER, measure
from backend.knowledge.searching import Search
from backend.knowledge.words import Words, stem, tokens
from models.text.encoder import Encoder


@pytest.fixture(scope="module")
def search() -> Search:
    return Search()


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.yml")))
def test_it_stays_as_good_as_it_was(search: Search, name: str) -> None:
    told, _ = measure(search, yaml.safe_load((FOLDER / f"{name}.yml").read_text("utf-8")))
    assert told["hit_at_1"] >= 0.93 and told["answered_right"] >= 0.9 and told["answered_wrong"] <= 0.03
    assert told["unanswerable_refused"] == 1 and told["near_misses_refused"] >= 0.9


def test_vectors_are_kept_and_made_again_when_something_changed(tmp_path: Path) -> None:
    encoder, asked = Encoder(), list[str]()

    def encode(text: str) -> np.ndarray:
        asked.append(text)
        return encoder.encode(text)

    file = tmp_path / "knowledge.npz"
    said = ["one", "two"]
    first = store._vectors(said, encode, file)
    assert np.allclose(store._vectors(said, encode, file), first, atol=1e-3) and asked == said
    assert len(store._vectors([*said, "three"], encode, file)) == 3 and len(asked) == 5
    file.write_bytes(b"broken")
    assert len(store._vectors(said, encode, file)) == 2 and len(asked) == 7
    assert len(store._vectors(said, encode, tmp_path / "no" / "such" / "folder.npz")) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["knowledge.npz"]


def test_words_forgive_endings_and_slips() -> None:
    words = Words([(["how long is the warranty"], "Warranties last."), (["where can I park"], "Parking is near.")])

    def best(question: str) -> Sequence[float]:
        return [float(score) for score in words.scores(question)]

    assert best("warrenty")[0] > 0.9 and best("parked")[1] > 0.9
    assert best("parking for zebras")[1] < 0.7 and best("of the and") == [0, 0] and best("") == [0, 0]
    assert stem("batteries") == stem("battery") and tokens("I don't like it") == []
