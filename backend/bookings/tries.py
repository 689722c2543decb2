"""How many codes may be asked for an order, and how many wrong ones typed: counted over the codes of a day, values in, an answer out.

Strangers share what they may, so that many browsers guess no better than one, and of that one network gets only a part, so that it
cannot use up the others'. Browsers of the network in which the order was booked are counted by themselves: no stranger can shut
the customer's own door.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
#: Wrong tries of one code.
TRIES = 5
#: After a code with so many wrong tries the next waits this long from when that was asked for, four times as long after each further one.
WAIT, LONGER = timedelta(minutes=30), 4
#: Codes for one order, within an hour and a day: of all strangers, or of all at the customer's; and of one strange network.
ASKS = ((6, HOUR), (15, DAY))
ASKS_OF_A_NETWORK = ((3, HOUR), (5, DAY))
#: Wrong codes for one order in a day, likewise: of a million codes thirty may be tried.
WRONG, WRONG_OF_A_NETWORK = 30, 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A code asked for an order within a day, seen from whoever asks now."""

    at: datetime
    wrong: int
    #: By the same browser.
    own: bool
    #: From the same network.
    near: bool
    #: From the network in which the order was booked.
    home: bool


def next_code_at(asked: Sequence[Asked], now: datetime, *, home: bool) -> datetime | None:
    """Return when a further code may be asked for; None for now."""
    ours = [code for code in asked if code.home == home]
    near = [] if home else [code for code in ours if code.near]
    full = [_room(ours, ASKS, now), _room(near, ASKS_OF_A_NETWORK, now)]
    return max((moment for moment in full if moment is not None), default=None)


def next_try_at(asked: Sequence[Asked], now: datetime, *, home: bool) -> datetime | None:
    """Return until when no code is taken after too many wrong ones; None when one is."""
    ours = [code for code in asked if code.home == home]
    near = [] if home else [code for code in ours if code.near]
    spent = sorted(code.at for code in asked if code.wrong >= TRIES and (code.own or code.near))
    ends = [spent[-1] + min(DAY, WAIT * LONGER ** (len(spent) - 1))] if spent else []
    for codes, limit in ((ours, WRONG), (near, WRONG_OF_A_NETWORK)):
        if sum(code.wrong for code in codes) >= limit:
            ends.append(min(code.at for code in codes if code.wrong) + DAY)
    return max((end for end in ends if end > now), default=None)


def _room(codes: Sequence[Asked], limits: Sequence[tuple[int, timedelta]], now: datetime) -> datetime | None:
    newest = sorted((code.at for code in codes), reverse=True)
    ends = [newest[limit - 1] + window for limit, window in limits if len(newest) >= limit]
    return max((end for end in ends if end > now), default=None)
