"""How a repair goes from the counter to its end, in working time."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.repairs.stages import Stage
from revivatech.demo import notes
from revivatech.demo.dice import Dice

S = Stage
DAY = 540


@dataclass(frozen=True, slots=True)
class Step:
    """The next stage, so many minutes of working time after the one before, and what is noted with it."""

    to: Stage
    after: float
    note: str | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """What a repair's way depends on."""

    minutes: int
    #: The service that turns out to be needed.
    service: str
    #: Nobody knew before looking.
    unclear: bool
    needs_part: bool
    #: Can be had while the customer has a coffee.
    quick: bool
    by_post: bool
    hard: bool


def steps(dice: Dice, facts: Facts) -> Iterator[Step]:
    """Yield the whole way of a repair whose device has come."""
    quick = facts.quick and not facts.by_post and not facts.unclear and dice.chance(0.72)
    slow = 0.0 if quick else 1.0

    def some(least: float, most: float) -> float:
        return least + (most - least) * dice.random()

    def said(of: tuple[str, ...], share: float) -> str | None:
        return dice.pick(of) if dice.chance(share) else None

    yield Step(S.RECEIVED, some(30, 240) if facts.by_post else some(0, 12), said(notes.RECEIVED, 0.2))
    yield Step(S.DIAGNOSING, some(4, 14) + slow * some(0, 300), notes.found(dice, facts.service) if dice.chance(0.5) else None)
    if dice.chance(0.16 if facts.hard else 0.012):
        yield Step(S.UNREPAIRABLE, some(90, 700), notes.lost(facts.service), public=True)
        yield from _home(dice, facts, some(60, 5 * DAY))
        return
    if facts.unclear or dice.chance(0.05):
        yield Step(S.AWAITING_APPROVAL, some(40, 360), dice.pick(notes.ESTIMATE), public=True)
        if dice.chance(0.16):
            yield Step(S.CANCELLED, some(60, 2 * DAY), dice.pick(notes.DECLINED))
            yield from _home(dice, facts, some(60, 4 * DAY))
            return
    if facts.needs_part and dice.chance(0.11 + slow * 0.12):
        yield Step(S.AWAITING_PARTS, some(20, 240), dice.pick(notes.PART), public=True)
        yield Step(S.REPAIRING, some(1.2 * DAY, 4.5 * DAY), said(notes.PART_HERE, 0.6))
    else:
        yield Step(S.REPAIRING, some(3, 12) + slow * some(20, 420), said(notes.AGREED, 0.7) if facts.unclear else None)
    if dice.chance(0.03):
        yield Step(S.ON_HOLD, some(20, 200), dice.pick(notes.HOLD))
        yield Step(S.REPAIRING, some(0.6 * DAY, 6 * DAY))
    yield Step(S.QUALITY_CHECK, facts.minutes * some(0.75, 1.3) + slow * some(0, 120), said(notes.CHECKED, 0.25))
    if dice.chance(0.045):
        yield Step(S.REPAIRING, some(10, 40), dice.pick(notes.AGAIN))
        yield Step(S.QUALITY_CHECK, facts.minutes * some(0.4, 0.9))
    yield Step(S.READY, some(8, 35), said(notes.READY, 0.5), public=True)
    yield from _home(dice, facts, some(6, 150) if quick else some(40, 3 * DAY))


def _home(dice: Dice, facts: Facts, after: float) -> Iterator[Step]:
    if facts.by_post:
        yield Step(S.SHIPPED, min(after, DAY))
    elif dice.chance(0.02):  # some are forgotten for weeks
        yield Step(S.COLLECTED, DAY * (14 + 40 * dice.random()), dice.pick(notes.CHASED))
    else:
        yield Step(S.COLLECTED, after)
    yield Step(S.CLOSED, DAY * (0.5 + 1.5 * dice.random()))
