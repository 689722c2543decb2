"""What a crowd went through, as figures and as one line for each who failed."""

from collections import Counter
from collections.abc import Sequence

from tests.bench.figures import Figure, rounded
from tests.chaos.report import percentile
from tests.simulated.crowd import Ended

SUCCESS = 85.0


def figures(ended: Sequence[Ended], seed: int) -> list[Figure]:
    """The figures of a crowd, with their bars."""
    lives = [one.life for one in ended]
    seen = [life.person.seen for life in lives]
    booked = [float(life.turns) for life in lives if life.goal.kind == "book"]
    silences = [seconds for life in lives for seconds in life.silences]
    asked, answered = sum(one.asked for one in seen), sum(one.answered for one in seen)
    note = f"{len(ended)} customers, seed {seed}; {by_kind(ended)}"
    answers = f"p95 {rounded(percentile(silences, 0.95))} s"
    unwanted = sum(life.owner != "bot" and life.goal.kind not in ("person", "complain", "unknown", "stranger") for life in lives)
    return [
        Figure("simulated: success", rounded(100 * successes(ended) / len(ended)), "%", SUCCESS, more_is_better=True, note=note),
        Figure("simulated: wrong bookings", wrong(ended), "", 0, note="hold what the customer did not say, or took back"),
        Figure("simulated: agreed to unread", sum(bool(one.verdict.unread) for one in ended), "", note="read back wrongly, and not read"),
        Figure("simulated: turns to a booking", percentile(booked, 0.5), "", note=f"median; p95 {percentile(booked, 0.95):g}"),
        Figure("simulated: handed to a person", unwanted, "", note="who had not asked for one"),
        Figure("simulated: gave up", sum(bool(one.gave_up) for one in seen), ""),
        Figure("simulated: not understood", sum(one.lost for one in seen), "", note=f"answers of {sum(life.turns for life in lives)}"),
        Figure("simulated: put right", sum(one.misheard for one in seen), "", note="prices and read-backs that were not what was said"),
        Figure("simulated: questions answered", rounded(100 * answered / max(asked, 1)), "%", more_is_better=True, note=f"of {asked}"),
        Figure("simulated: longest silence", rounded(max(silences, default=0.0)), "s", 8, note=answers),
    ]


def successes(ended: Sequence[Ended]) -> int:
    """How many have what they came for."""
    return sum(one.verdict.success for one in ended)


def wrong(ended: Sequence[Ended]) -> int:
    """How many bookings contradict what was said."""
    return sum(bool(one.verdict.wrong) for one in ended)


def by_kind(ended: Sequence[Ended]) -> str:
    """Successes of each kind of errand."""
    of, well = Counter[str](), Counter[str]()
    for one in ended:
        of[one.life.goal.kind] += 1
        well[one.life.goal.kind] += one.verdict.success
    return ", ".join(f"{kind} {well[kind]}/{count}" for kind, count in of.most_common())


def failures(ended: Sequence[Ended]) -> str:
    """One line for each who failed."""
    return "\n".join(one.line for one in ended if not one.verdict.success)
