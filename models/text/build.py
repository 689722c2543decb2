"""`python -m models.text.build`: weights → encoder, examples → classifier, all into models/artifacts/text with a manifest.

Runs in models/.venv. Quick when nothing changed: the manifest holds a stamp of everything the files are built from.
"""

import argparse
import shutil
import sys
import time
from pathlib import Path

from models.text import augment, classifier, data
from models.text.artifacts import BrokenModel, checked, read_manifest, write_manifest
from models.text.paths import ARTIFACTS, HERE, NLU, WEIGHTS_SHA256

ENCODER = ("encoder.onnx", "tokenizer.json")
INTENTS = "intents.npz"
SYMPTOMS = "symptoms.npz"
LEARNT = (INTENTS, SYMPTOMS)


def encoder_stamp() -> str:
    return (
        data.digest(HERE / "graph.py", HERE / "quantise.py")
        + WEIGHTS_SHA256["model.safetensors"][:16]
        + WEIGHTS_SHA256["tokenizer.json"][:16]
    )


def whole_stamp() -> str:
    return encoder_stamp() + data.digest(
        NLU, HERE / "classifier.py", HERE / "augment.py", HERE / "data.py", HERE / "normal.py", HERE / "symptoms.yml", HERE / "symptoms.py"
    )


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

    from models.text import graph, quantise, weights

    shutil.copyfile(weights.find("tokenizer.json"), folder / "tokenizer.json")
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    full = graph.encoder(load_file(weights.find("model.safetensors")))
    onnx.save(quantise.quantise(full, tokenizer), str(folder / "encoder.onnx"))


def train_intents(folder: Path) -> int:
    """The intent classifier, from the examples and their hurried spellings; returns how many it learnt from."""
    import numpy as np

    from models.text.encoder import Encoder
    from models.text.normal import normal

    encoder = Encoder(folder)
    rows, labels, weight = [], [], []
    for text, intent in data.examples():
        others = augment.variants(text, intent)
        for version in [text, *others]:
            rows.append(normal(version))
            labels.append(intent)
            weight.append(1.0 if version == text else 0.5)
    x = np.stack([classifier.features(text, encoder.encode(text)) for text in rows])
    trained = classifier.train(x, labels, weight=weight)
    trained.words = {word for text, _ in data.examples() for word in classifier.WORD.findall(text.lower())}
    trained.save(folder / INTENTS)
    return len(rows)


def embed_symptoms(folder: Path) -> None:
    """The typical sentences of each fault, embedded."""
    from models.text.encoder import Encoder
    from models.text.symptoms import Symptoms, sentences

    pairs = sentences()
    Symptoms([code for _, code in pairs], Encoder(folder).encode_all([text for text, _ in pairs])).save(folder / SYMPTOMS)


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
        embed_symptoms(ARTIFACTS)
        count = train_intents(ARTIFACTS)
        write_manifest((*ENCODER, *LEARNT), whole_stamp(), extra={"encoder_stamp": encoder_stamp()})
        print(f"text models: intents learnt from {count} spellings ({time.perf_counter() - started:.1f} s)")
    except (BrokenModel, OSError) as error:
        print(f"text models: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
