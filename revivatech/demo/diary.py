"""The benches' diary: places for appointments by the calendar's own rules, looked up and taken in memory."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from backend.capacity import rules
from backend.capacity.config import CapacityConfig
from backend.capacity.rules import Place, Room, Span, Terms, Worker
from revivatech.demo.dice import Dice
from revivatech.demo.world import World

#: The hours people like to come at; what is not named is liked less.
LIKED = {9: 1.6, 10: 1.4, 12: 1.5, 13: 1.2, 16: 1.3, 17: 1.4}
_TRIES = 6
#: What comes by post takes no bench until it is here.
NOWHERE = Place(0, None)


@dataclass(frozen=True, slots=True)
class Seat:
    """A place in the diary and its time."""

    starts_at: datetime
    ends_at: datetime
    place: Place


@dataclass
class Diary:
    """What is taken when."""

    world: World
    settings: CapacityConfig
    _rooms: dict[date, tuple[Room, dict[int, list[Span]], dict[int, list[Span]]]] = field(default_factory=dict)

    @property
    def buffer(self) -> timedelta:
        """What stays free after each appointment."""
        return timedelta(minutes=self.settings.buffer)

    def find(self, dice: Dice, day: date, earliest: datetime, minutes: int, skills: frozenset[str]) -> Seat | None:
        """Return a free place on a day, at an hour people like if there is one."""
        length = timedelta(minutes=min(max(minutes, 1), self.settings.longest))
        terms = Terms(timedelta(minutes=self.settings.grid), self.buffer, earliest, self.world.now + timedelta(days=400))
        starts = {
            start: LIKED.get(start.astimezone(self.world.zone).hour, 1.0)
            for start in rules.grid(self.world.calendar, terms, day, length)
            if start >= earliest
        }
        for _ in range(_TRIES):
            if not starts:
                return None
            start = dice.weigh(starts)
            del starts[start]
            found = rules.place(self._room(day)[0], terms, start, start + length, skills)
            if found is not None:
                return Seat(start, start + length, found)
        return None

    def take(self, seat: Seat) -> Span:
        """Write an appointment down and return the stretch it takes its bench and its technician."""
        _, busy, engaged = self._room(self.world.calendar.local_day(seat.starts_at))
        span = seat.starts_at, seat.ends_at + self.buffer
        busy.setdefault(seat.place.bench, []).append(span)
        if seat.place.technician is not None:
            engaged.setdefault(seat.place.technician, []).append(span)
        return span

    def _room(self, day: date) -> tuple[Room, dict[int, list[Span]], dict[int, list[Span]]]:
        if day not in self._rooms:
            calendar, busy, engaged = self.world.calendar, dict[int, list[Span]](), dict[int, list[Span]]()
            crew = [Worker(one.number, one.skills, one.present(calendar, day)) for one in self.world.crew] or None
            self._rooms[day] = Room(self.world.benches, busy, crew, engaged), busy, engaged
        return self._rooms[day]
