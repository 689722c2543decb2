"""`python -m models.text.evaluate`: how well texts are understood that nothing was trained on."""

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from models.text import catalogue
from models.text.artifacts import BrokenModel
from models.text.paths import EVALUATION
from models.text.understanding import Understanding

Case = dict[str, Any]
#: Files whose lines may be looked at; of the others only figures are told.
READ = ("development", "development_2", "development_3", "development_4", "held_out_1", "held_out_2")
FIGURES = EVALUATION / "figures.json"


def cases(path: Path) -> list[Case]:
    """The lines of one evaluation file."""
    return list(yaml.safe_load(path.read_text("utf-8")))


def measure(understanding: Understanding, lines: list[Case]) -> dict[str, Any]:
    """Shares of intents and devices that are right, micro-F1 and exact match of faults, and what was wrong."""
    hits: Counter = Counter()
    wrong: list[dict[str, Any]] = []
    right, told, meant = 0, 0, 0
    for line in lines:
        seen = understanding.understand(line["t"])
        model = (seen["device"] or {}).get("model")
        checks = {"intent": seen["intent"] == line["i"], "faults": set(seen["faults"]) == set(line["f"]), "device": model == line["d"]}
        for name, fine in checks.items():
            hits[name] += fine
        right += len(set(seen["faults"]) & set(line["f"]))
        told, meant = told + len(seen["faults"]), meant + len(line["f"])
        if not all(checks.values()):
            wrong.append(
                {
                    "text": line["t"],
                    "wanted": [line["i"], line["f"], line["d"]],
                    "got": [seen["intent"], seen["faults"], model],
                    "confidence": seen["confidence"],
                }
            )
    count = len(lines)
    return {
        "lines": count,
        "intent_accuracy": round(hits["intent"] / count, 4),
        "fault_micro_f1": round(2 * right / (told + meant), 4) if told + meant else 1.0,
        "fault_exact": round(hits["faults"] / count, 4),
        "device_accuracy": round(hits["device"] / count, 4),
        "wrong": wrong,
    }


def main() -> int:
    """Print the figures of every file; 1 with a sentence when the models cannot be loaded."""
    parser = argparse.ArgumentParser(prog="python -m models.text.evaluate", description=__doc__)
    parser.add_argument("--wrong", nargs="*", metavar="FILE", choices=READ, help="also print what was wrong (in these files)")
    parser.add_argument("--save", action="store_true", help="store the figures that tests hold against")
    given = parser.parse_args()
    asked, figures = given.wrong, {}
    try:
        understanding = Understanding.load()
        understanding.use(catalogue.from_files())  # the same devices wherever it runs
    except BrokenModel as error:
        print(error, file=sys.stderr)
        return 1
    for path in sorted(EVALUATION.glob("*.yml")):
        told = measure(understanding, cases(path))
        wrong = told.pop("wrong")
        figures[path.stem] = told
        print(path.stem, json.dumps(told))
        if asked is not None and path.stem in (asked or READ):
            for line in wrong:
                print("  ", json.dumps(line, ensure_ascii=False))
    if given.save:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
