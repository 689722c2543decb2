"""`bot/.venv/bin/python -m models.text.stock`: Rasa's stock pipeline beside ours, on the same examples and the same evaluation lines.

Trains once (minutes) and keeps the model; both then answer every line in turn, each in a process of its own, so that a busy machine
slows both alike.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import yaml

from models.text.evaluate import EVALUATION, cases
from models.text.paths import ARTIFACTS, NLU, ROOT

#: What `rasa init` writes, but for the synonyms, responses and fallback that have nothing to do here.
PIPELINE: list[dict[str, Any]] = [
    {"name": "WhitespaceTokenizer"},
    {"name": "RegexFeaturizer"},
    {"name": "LexicalSyntacticFeaturizer"},
    {"name": "CountVectorsFeaturizer"},
    {"name": "CountVectorsFeaturizer", "analyzer": "char_wb", "min_ngram": 1, "max_ngram": 4},
    {"name": "DIETClassifier", "epochs": 100, "constrain_similarities": True, "random_seed": 1},
]
KEPT = ARTIFACTS.parent / "stock"
SYSTEMS = ("ours", "stock")
#: What is no business of ours: nonsense is labelled the one, and said by us to be the other.
OUTSIDE = {"out_of_scope", "nlu_fallback"}
WARM = "hello, my phone is broken"


def train(epochs: int) -> None:
    """Train the stock pipeline on bot/data/nlu and note what it took."""
    from rasa.model_training import train_nlu

    KEPT.mkdir(parents=True, exist_ok=True)
    config = KEPT / "config.yml"
    pipeline = [*PIPELINE[:-1], {**PIPELINE[-1], "epochs": epochs}]
    config.write_text(yaml.safe_dump({"recipe": "default.v1", "language": "en", "assistant_id": "stock", "pipeline": pipeline}), "utf-8")
    wall, processor = time.perf_counter(), time.process_time()
    train_nlu(str(config), str(NLU), str(KEPT), fixed_model_name="stock")
    took = {"epochs": epochs, "wall_s": round(time.perf_counter() - wall), "processor_s": round(time.process_time() - processor)}
    (KEPT / "took.json").write_text(json.dumps(took), "utf-8")


def load(system: str) -> Any:
    """A function from a text to its intent."""
    if system == "ours":
        from models.text import catalogue
        from models.text.understanding import Understanding

        ours = Understanding.load()
        ours.use(catalogue.from_files())
        return lambda text: ours.understand(text)["intent"]
    from rasa.core.agent import Agent

    agent, loop = Agent.load(str(KEPT / "stock.tar.gz")), asyncio.new_event_loop()
    return lambda text: loop.run_until_complete(agent.parse_message(text))["intent"]["name"]


def answer(system: str) -> None:
    """One text a line in, one answer a line out; an empty line is answered with the memory in use."""
    replies = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # what the libraries print is no answer
    understand = load(system)
    for line in sys.stdin:
        text = json.loads(line)
        wall, processor = time.perf_counter(), time.process_time()
        intent = understand(text) if text else ""
        told = {"intent": intent, "wall": time.perf_counter() - wall, "processor": time.process_time() - processor, "mb": memory()}
        print(json.dumps(told), file=replies, flush=True)


def memory() -> int:
    """The resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text("utf-8").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


def measure() -> dict[str, Any]:
    """Accuracy of each set, latency and memory, of both."""
    here = [sys.executable, "-m", "models.text.stock", "--answer"]
    running = {
        name: subprocess.Popen([*here, name], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, cwd=ROOT)
        for name in SYSTEMS
    }

    def ask(name: str, text: str) -> dict[str, Any]:
        process = running[name]
        assert process.stdin and process.stdout
        print(json.dumps(text), file=process.stdin, flush=True)
        return dict(json.loads(process.stdout.readline()))

    told: dict[str, Any] = {name: {"accuracy": {}, "accuracy_outside_as_one": {}} for name in SYSTEMS}
    times: dict[str, list[dict[str, Any]]] = {name: [] for name in SYSTEMS}
    for name in SYSTEMS:
        for _ in range(20):
            ask(name, WARM)
    for path in sorted(EVALUATION.glob("*.yml")):
        lines = cases(path)
        right, near = dict.fromkeys(SYSTEMS, 0), dict.fromkeys(SYSTEMS, 0)
        for line in lines:
            for name in SYSTEMS:
                said = ask(name, line["t"])
                right[name] += said["intent"] == line["i"]
                near[name] += said["intent"] == line["i"] or {said["intent"], line["i"]} == OUTSIDE
                times[name].append(said)
        for name in SYSTEMS:
            told[name]["accuracy"][path.stem] = round(right[name] / len(lines), 4)
            told[name]["accuracy_outside_as_one"][path.stem] = round(near[name] / len(lines), 4)
    for name, process in running.items():
        for clock in ("wall", "processor"):
            told[name][f"{clock}_ms"] = percentiles([said[clock] * 1000 for said in times[name]])
        told[name]["mb"] = times[name][-1]["mb"]
        process.communicate()
    took = KEPT / "took.json"
    told["stock"]["training"] = json.loads(took.read_text("utf-8")) if took.is_file() else None
    return told


def percentiles(values: list[float]) -> dict[str, float]:
    """The middle and the slow end."""
    ordered = sorted(values)
    return {name: round(ordered[int(len(ordered) * share)], 2) for name, share in (("p50", 0.5), ("p95", 0.95))}


def main() -> int:
    """Train where no stock model is kept, then print both systems' figures as JSON."""
    parser = argparse.ArgumentParser(prog="python -m models.text.stock", description=__doc__)
    parser.add_argument("--train", action="store_true", help="only train, also over a kept model")
    parser.add_argument("--answer", choices=SYSTEMS, help=argparse.SUPPRESS)
    parser.add_argument("--epochs", type=int, default=100, help="how often the examples are gone through; 100 is stock")
    given = parser.parse_args()
    if given.answer:
        answer(given.answer)
        return 0
    if given.train or not (KEPT / "stock.tar.gz").is_file():
        train(given.epochs)
    if not given.train:
        print(json.dumps(measure(), indent=1))
    return 0


if __name__ == "__main__":
    sys.exit(main())
