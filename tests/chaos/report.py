"""What a scenario hands back: figures for people, faults for the exit code."""

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Report:
    """The end of one scenario."""

    name: str
    figures: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.faults

    def __str__(self) -> str:
        width = max(map(len, self.figures), default=0)
        lines = [f"{self.name}: {'clean' if self.clean else f'{len(self.faults)} FAULTS'}"]
        lines += [f"  {name:<{width}}  {value}" for name, value in self.figures.items()]
        lines += [f"  ✗ {fault}" for fault in self.faults[:25]]
        if len(self.faults) > 25:
            lines.append(f"  … and {len(self.faults) - 25} more")
        return "\n".join(lines)


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` (0–1) of the values lie, by nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else float("nan")


def milliseconds(values: list[float]) -> str:
    """The usual three figures of durations in seconds."""
    p50, p95, p99 = (percentile(values, share) * 1000 for share in (0.5, 0.95, 0.99))
    return f"p50 {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms (n={len(values)})"
