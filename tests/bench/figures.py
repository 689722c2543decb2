"""Figures, their bars, and how they compare with the stored ones."""

import json
import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

BASELINE = Path(__file__).with_name("baseline.json")
#: Two runs on a quiet machine differ by less.
NOTICEABLE = 0.25


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value; `bar` is the figure to reach, in the same unit."""

    name: str
    value: float
    unit: str
    bar: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def reached(self) -> bool | None:
        """Whether the bar is reached; None without one."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.more_is_better else self.value <= self.bar

    def change(self, before: float) -> str:
        """How it compares with the stored value, in words."""
        if not before:
            return ""
        ratio = self.value / before - 1
        if abs(ratio) < NOTICEABLE:
            return "same"
        better = (ratio > 0) == self.more_is_better
        return f"{'better' if better else 'WORSE'} ({ratio:+.0%})"


def table(figures: Iterable[Figure], baseline: dict[str, float]) -> str:
    """The figures as people read them, in Markdown."""
    lines = ["| figure | value | bar | stored | compared | |", "|---|---|---|---|---|---|"]
    for figure in figures:
        bar = "" if figure.bar is None else f"{'≥' if figure.more_is_better else '≤'} {figure.bar:g}{' ✓' if figure.reached else ' ✗'}"
        before = baseline.get(figure.name)
        stored = "" if before is None else f"{before:g}"
        compared = "" if before is None else figure.change(before)
        lines.append(f"| {figure.name} | {figure.value:g} {figure.unit} | {bar} | {stored} | {compared} | {figure.note} |")
    return "\n".join(lines)


def stored() -> dict[str, float]:
    """The stored values by name."""
    found: dict[str, float] = json.loads(BASELINE.read_text()) if BASELINE.exists() else {}
    return found


def store(figures: Iterable[Figure]) -> None:
    """Make these the stored values; others stay."""
    values = stored() | {figure.name: figure.value for figure in figures}
    BASELINE.write_text(json.dumps(dict(sorted(values.items())), indent=2) + "\n")


def machine() -> str:
    """The machine by cores and memory, and nothing else."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{cores} cores, {memory:.0f} GB memory, Python {platform.python_version()}"


def rounded(value: float) -> float:
    """Three significant digits."""
    return float(f"{value:.3g}")
