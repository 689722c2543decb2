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
HEARING = "hearing.npz"
LEARNT = (INTENTS, HEARING)


def encoder_stamp() -> str:
    return (
        data.digest(HERE / "graph.py", HERE / "quantise.py")
        + WEIGHTS_SHA256["model.safetensors"][:16]
        + WEIGHTS_SHA256["tokenizer.json"][:16]
    )


def whole_stamp() -> str:
    code = ("classifier.py", "augment.py", "data.py", "normal.py", "symptoms.yml", "hearing.py")
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
    said = [i for i, share in enumerate(weight) if share == 1.0]
    trained.remember(x[said, : -classifier.BUCKETS] / classifier.EMBEDDING_WEIGHT, [labels[i] for i in said])
    trained.words = {word for text, _ in data.examples() for word in classifier.WORD.findall(text.lower())}
    trained.save(folder / INTENTS)
    return len(rows)


def train_hearing(folder: Path) -> int:
    """What a clause sounds like, from the typical sentences and from examples that tell of no repair; returns how many it learnt from."""
    import numpy as np

    from models.text import hearing
    from models.text.encoder import Encoder
    from models.text.normal import normal

    encoder = Encoder(folder)
    lessons = hearing.lessons()
    lessons += [(text, frozenset(), 0.5) for text, intent in data.examples() if intent not in data.REPAIR]
    rows = [hearing.words(normal(text)) for text, _, _ in lessons]
    x = np.stack([hearing.features(row, encoder.encode(row)) for row in rows])
    hearing.train(x, [told for _, told, _ in lessons], [weight for _, _, weight in lessons], encoder.encode).save(folder / HEARING)
    return len(rows)


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
        heard = train_hearing(ARTIFACTS)
        print(f"text models: faults learnt from {heard} sentences ({time.perf_counter() - started:.1f} s)")
        count = train_intents(ARTIFACTS)
        write_manifest((*ENCODER, *LEARNT), whole_stamp(), extra={"encoder_stamp": encoder_stamp()})
        print(f"text models: intents learnt from {count} spellings ({time.perf_counter() - started:.1f} s)")
    except (BrokenModel, OSError) as error:
        print(f"text models: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
