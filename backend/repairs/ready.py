"""By when a repair will be ready: the rule that works it out, when it is news, and what is said about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from backend.capacity.hours import worked
from backend.capacity.rules import Calendar

from .errors import ReadyClosed, ReadyPast, ReadyTooFar
from .models import ReadyTime
from .stages import Stage

S = Stage
#: Opening hours between the end of the work and the promise: testing, and whoever came before. By post no bench is kept, so a working day.
MARGIN, MARGIN_BY_POST = timedelta(hours=1), timedelta(hours=8)
STEP = timedelta(minutes=30)
#: A shift of less is no news, and so is one after as many in a day.
NEWS, NEWS_A_DAY = timedelta(hours=1), 3
DAY = timedelta(days=1)
#: Opening hours after a time that was missed in which the customer hears a new one.
ANSWER = timedelta(hours=4)
FURTHEST = timedelta(days=120)

#: Nothing more will be ready, or everything is.
OVER = frozenset({S.READY, S.COLLECTED, S.SHIPPED, S.CLOSED, S.CANCELLED, S.UNREPAIRABLE})
#: The work waits for somebody else: what was worked out holds no longer.
PAUSED = frozenset({S.AWAITING_APPROVAL, S.AWAITING_PARTS, S.ON_HOLD})


@dataclass(frozen=True, slots=True)
class Outlook:
    """What can truly be said about when a repair will be ready."""

    #: `expected` by a time; `late` and told a new time by another; `overdue` with that too; `open` while nobody can say.
    state: Literal["expected", "late", "overdue", "open"]
    #: The time of `expected` and `late`: ready by then, told by then.
    at: datetime | None
    stage: Stage


def work_out(calendar: Calendar, begins: datetime, bench: timedelta, *, by_post: bool) -> datetime | None:
    """The end of the bench time and the margin in opening hours, at the next half hour; None further ahead than anybody looks."""
    at = worked(calendar, begins, bench + (MARGIN_BY_POST if by_post else MARGIN))
    if at is None:
        return None
    closes = next(closes for opens, closes in calendar.opening(calendar.local_day(at)) if opens < at <= closes)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return min(midnight + STEP * -((midnight - at) // STEP), closes)


def is_news(history: Sequence[ReadyTime], ready_by: datetime, now: datetime) -> bool:
    """Whether a time set by staff is far enough from the one last told, and they have not been told too often today."""
    last = next((one.ready_by for one in reversed(history) if one.told), None)
    often = sum(one.told and one.by is not None and now - one.at < DAY for one in history)
    return often < NEWS_A_DAY and (last is None or abs(ready_by - last) >= NEWS)


def check(calendar: Calendar, ready_by: datetime, now: datetime) -> None:
    """Refuse a time nobody can mean: ReadyPast, ReadyTooFar, or ReadyClosed."""
    if ready_by <= now:
        raise ReadyPast
    if ready_by - now > FURTHEST:
        raise ReadyTooFar
    if not any(opens <= ready_by <= closes for opens, closes in calendar.opening(calendar.local_day(ready_by))):
        raise ReadyClosed


def outlook(calendar: Calendar, stage: Stage, ready_by: datetime | None, now: datetime) -> Outlook | None:
    """What is said about a repair at a stage; None where there is nothing to say."""
    if stage in OVER or (stage is S.BOOKED and (ready_by is None or ready_by < now)):
        return None  # whoever has not come is not kept waiting by us
    if ready_by is None:
        return Outlook("open", None, stage)
    if now <= ready_by:
        return Outlook("expected", ready_by, stage)
    told = worked(calendar, ready_by, ANSWER)
    return Outlook("late", told, stage) if told is not None and now <= told else Outlook("overdue", None, stage)
