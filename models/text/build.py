"""`python -m models.text.build`: weights → encoder, examples → classifier, all into models/artifacts/text with a manifest.

Runs in models/.venv. Quick when nothing changed: the manifest holds a stamp of everything the files are built from.
"""

import argparse
import os
import shutil
import sys
import time
from pathlib import Path

import numpy as np

from models.text import augment, classifier, data
from models.text.artifacts import BrokenModel, checked, read_manifest, write_manifest
from models.text.paths import ARTIFACTS, HERE, NLU, WEIGHTS_SHA256

ENCODER = ("encoder.onnx", "tokenizer.json")
INTENTS = "intents.npz"
HEARING = "hearing.npz"
LEARNT = (INTENTS, HEARING)
Lesson = tuple[str, str, float]


def encoder_stamp() -> str:
    return (
        data.digest(HERE / "graph.py", HERE / "quantise.py", HERE / "typical.txt")
        + WEIGHTS_SHA256["model.safetensors"][:16]
        + WEIGHTS_SHA256["tokenizer.json"][:16]
    )


def whole_stamp() -> str:
    code = ("classifier.py", "augment.py", "data.py", "normal.py", "symptoms.yml", "hearing.py", "encoder.py")
    return encoder_stamp() + data.digest(NLU, *(HERE / name for name in code))


def fresh(stamp_of: str, wanted: str, names: tuple) -> bool:
    try:
        if read_manifest().get(stamp_of) != wanted:
            return False
        for name in names:
            checked(name)
    except BrokenModel:
        return False
    return True


def build_encoder(folder: Path) -> None:
    """The quantised encoder and its tokenizer, from the checked weights."""
    import onnx
    from safetensors.numpy import load_file
    from tokenizers import Tokenizer

    from models.text import quantise, weights

    shutil.copyfile(weights.find("tokenizer.json"), folder / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    made = quantise.quantise(load_file(weights.find("model.safetensors")), quantise.TYPICAL.read_text("utf-8").splitlines(), tokenizer)
    onnx.save(made, str(folder / "encoder.onnx"))


def train(folder: Path) -> tuple[int, int]:
    """The intent classifier and the hearing of faults, each distinct text encoded once; returns from how many texts each learnt."""
    from models.text import hearing
    from models.text.encoder import Encoder
    from models.text.normal import normal

    spoken: list[Lesson] = []
    for text, intent in data.examples():
        spoken.append((normal(text), intent, 1.0))
        spoken += [(normal(version), intent, 0.5) for version in augment.variants(text, intent)]
    told = [(hearing.words(normal(text)), faults, share) for text, faults, share in hearing.lessons()]
    nothing: frozenset[str] = frozenset()
    told += [(hearing.words(normal(text)), nothing, 0.5) for text, intent in data.examples() if intent not in data.REPAIR]
    texts = [text for text, *_ in (*spoken, *told)]
    vectors = Encoder(folder, threads=os.cpu_count() or 1).read(texts)
    train_intents(folder, spoken, vectors[: len(spoken)])
    x = np.stack([hearing.features(text, vector) for (text, *_), vector in zip(told, vectors[len(spoken) :], strict=True)])
    hearing.train(x, [faults for _, faults, _ in told], [share for *_, share in told]).save(folder / HEARING)
    return len(spoken), len(told)


def train_intents(folder: Path, spoken: list[Lesson], vectors: np.ndarray) -> None:
    """The intent classifier: the regression on all spellings, the vote of the examples as they were written."""
    from models.text.encoder import WIDTH

    labels = [intent for _, intent, _ in spoken]
    x = np.stack([classifier.features(text, vector) for (text, *_), vector in zip(spoken, vectors, strict=True)])
    trained = classifier.train(x, labels, weight=[share for *_, share in spoken])
    written = [at for at, (*_, share) in enumerate(spoken) if share == 1.0]
    trained.remember(vectors[written, :WIDTH], [labels[at] for at in written])
    trained.words = {word for text, _ in data.examples() for word in classifier.WORD.findall(text.lower())}
    trained.save(folder / INTENTS)


def main() -> int:
    """Build what is not fresh; 0 when all is built, 1 with one sentence when it cannot be."""
    parser = argparse.ArgumentParser(prog="python -m models.text.build", description=__doc__)
    parser.add_argument("--force", action="store_true", help="build everything anew")
    force = parser.parse_args().force
    started = time.perf_counter()
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    try:
        if not force and fresh("stamp", whole_stamp(), (*ENCODER, *LEARNT)):
            print("text models: nothing to do")
            return 0
        if force or not fresh("encoder_stamp", encoder_stamp(), ENCODER):
            build_encoder(ARTIFACTS)
            write_manifest(ENCODER, "", extra={"encoder_stamp": encoder_stamp()})
            print(f"text models: encoder built ({time.perf_counter() - started:.1f} s)")
        spoken, told = train(ARTIFACTS)
        write_manifest((*ENCODER, *LEARNT), whole_stamp(), extra={"encoder_stamp": encoder_stamp()})
        print(f"text models: learnt from {spoken} spellings and {told} clauses ({time.perf_counter() - started:.1f} s)")
    except (BrokenModel, OSError) as error:
        print(f"text models: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
