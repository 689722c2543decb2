"""`python -m backend.knowledge.evaluate [FILE …]`: how well questions are answered that nobody wrote into an article."""

import argparse
import sys
from pathlib import Path
from typing import Any

import yaml

from .articles import Passage, shelf
from .searching import Search

FOLDER = Path(__file__).parent / "evaluation"


def measure(search: Search, lines: dict[str, list[Any]]) -> tuple[dict[str, float], list[str]]:
    """Return shares for one file, and what went wrong."""
    known = {key for article in shelf().values() for passage in article.passages for key in (passage.slug, passage.key)}
    hits = right = wrong = 0
    slips: list[str] = []
    for line in lines["answerable"]:
        if unknown := set(line["a"]) - known:
            raise ValueError(f"there is no {unknown} for {line['t']!r}")
        best = search.nearest(line["t"], 1)
        hit = bool(best) and _answers(best[0].passage, line["a"])
        hits += hit
        right += hit and best[0].sure
        wrong += not hit and bool(best) and best[0].sure
        if not hit or not best[0].sure:
            slips.append(
                f"{line['t']} → {f'{best[0].passage.key} {best[0].score:.2f}' if best else 'nothing'}{'' if hit else ' (another)'}"
            )
    told = {
        "answerable": len(lines["answerable"]),
        "hit_at_1": hits / len(lines["answerable"]),
        "answered_right": right / len(lines["answerable"]),
        "answered_wrong": wrong / len(lines["answerable"]),
    }
    for kind in ("unanswerable", "near_misses"):
        answered = [(text, best[0]) for text in lines[kind] if (best := search.nearest(text, 1)) and best[0].sure]
        slips += [f"{text} → {found.passage.key} {found.score:.2f} (not ours)" for text, found in answered]
        told |= {kind: len(lines[kind]), f"{kind}_refused": 1 - len(answered) / len(lines[kind])}
    return {name: round(figure, 3) for name, figure in told.items()}, slips


def _answers(passage: Passage, wanted: list[str]) -> bool:
    return passage.slug in wanted or passage.key in wanted


def main() -> int:
    """Print the figures of the files named, or of all."""
    parser = argparse.ArgumentParser(prog="python -m backend.knowledge.evaluate", description=__doc__)
    parser.add_argument("files", nargs="*", metavar="FILE", help="such as development; all without")
    parser.add_argument("--wrong", action="store_true", help="also print what went wrong")
    asked = parser.parse_args()
    search = Search()
    for path in sorted(FOLDER.glob("*.yml")):
        if asked.files and path.stem not in asked.files:
            continue
        lines = yaml.safe_load(path.read_text("utf-8"))
        told, slips = measure(search, lines)
        print(path.stem, told)
        if asked.wrong:
            print("\n".join(f"  {slip}" for slip in slips))
    return 0


if __name__ == "__main__":
    sys.exit(main())
