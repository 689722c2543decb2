"""Any order of hold, book, reschedule, taking back, cancel and waiting: the calendar agrees with a model, nothing overlaps."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule, run_state_machine_as_test
from sqlalchemy import func, select, text

from backend import registry
from backend.bookings import changes, holds, service
from backend.bookings.config import BookingConfig
from backend.bookings.models import CONFIRMED, Booking, Hold
from backend.capacity.models import Bench, Location, Occupancy
from backend.core import config
from backend.core.errors import Refusal
from backend.core.ids import uuid7
from backend.core.principal import Principal
from backend.core.settings import Settings
from backend.core.site import Site
from backend.pricing import service as pricing
from revivatech.demo.shop import open_shop
from tests.conftest import MovableClock

BENCHES = 2
VISITORS = 3
#: Two hours apart, so that a repair of 45 minutes meets only those of its own slot.
SLOTS = [datetime(2026, 11, 25, hour, tzinfo=UTC) for hour in (10, 12, 14)]
HOLD = timedelta(minutes=10)
MOVES, UNDO = 2, timedelta(minutes=15)
T = TypeVar("T")


@dataclass
class Held:
    """What the model knows of a hold."""

    id: UUID
    slot: int
    expires: datetime


@dataclass
class Booked:
    """What the model knows of a booking."""

    reference: str
    visitor: int
    slot: int
    cancelled: bool = False
    moves: int = 0
    #: Where it was moved from last, and when.
    former: tuple[int, datetime] | None = None


class StillClock(MovableClock):
    """Moves only when told to."""

    def now(self) -> datetime:
        return self._start


def machine(runner: asyncio.Runner, site: Site, clock: StillClock) -> type[RuleBasedStateMachine]:
    def run(work: Coroutine[Any, Any, T]) -> T:
        return runner.run(work)

    class Calendar(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.holds: dict[int, Held] = {}
            self.bookings: list[Booked] = []
            self.people: list[Principal] = []

        @initialize()
        def empty(self) -> None:
            clock.set(datetime(2026, 11, 24, 10, tzinfo=UTC))
            ids = [uuid7() for _ in range(VISITORS)]
            self.people = [Principal("visitor", id=visitor, visitor_id=visitor) for visitor in ids]

            async def clear() -> None:
                async with site.work() as session:
                    await session.execute(
                        text("TRUNCATE occupancy, holds, orders, bookings, repairs, repair_moves, tracking_links CASCADE")
                    )

            run(clear())

        def load(self, slot: int, *, but: int | None = None) -> int:
            now = clock.now()
            live = [held for owner, held in self.holds.items() if held.slot == slot and held.expires > now and owner != but]
            return len(live) + sum(1 for booking in self.bookings if booking.slot == slot and not booking.cancelled)

        async def attempt(self, visitor: int, what: Any) -> Any:
            try:
                async with site.work(self.people[visitor]) as session:
                    return await what(session)
            except Refusal as refusal:
                return refusal.code

        async def offer(self, session: Any) -> UUID:
            made = await pricing.make_quote(session, device="apple-iphone-13", faults=["screen_cracked"], services=[], urgency="standard")
            return made.id

        @rule(visitor=st.integers(0, VISITORS - 1), slot=st.integers(0, len(SLOTS) - 1))
        def hold(self, visitor: int, slot: int) -> None:
            async def work(session: Any) -> Hold:
                return await holds.hold(session, [await self.offer(session)], SLOTS[slot])

            done = run(self.attempt(visitor, work))
            if self.load(slot, but=visitor) >= BENCHES:
                assert done == "slot_taken"
            else:
                assert isinstance(done, Hold), done
                self.holds[visitor] = Held(done.id, slot, clock.now() + HOLD)

        @rule(visitor=st.integers(0, VISITORS - 1))
        def confirm_hold(self, visitor: int) -> None:
            held = self.holds.get(visitor)
            hold_id = held.id if held else uuid7()

            async def work(session: Any) -> str:
                order, *_ = await service.confirm(session, quote_ids=[], hold_id=hold_id, name="Amira", email="a@mail.example")
                return order.reference

            done = run(self.attempt(visitor, work))
            if held is None:
                assert done == "hold_unknown"
            elif held.expires <= clock.now():
                assert done == "hold_expired"
            else:
                assert done.startswith("RT-"), done
                del self.holds[visitor]
                self.bookings.append(Booked(done, visitor, held.slot))

        @rule(visitor=st.integers(0, VISITORS - 1), slot=st.integers(0, len(SLOTS) - 1))
        def book(self, visitor: int, slot: int) -> None:
            async def work(session: Any) -> str:
                quote_id = await self.offer(session)
                order, *_ = await service.confirm(
                    session, quote_ids=[quote_id], starts_at=SLOTS[slot], name="Amira", email="a@mail.example"
                )
                return order.reference

            done = run(self.attempt(visitor, work))
            if self.load(slot, but=visitor) >= BENCHES:
                assert done == "slot_taken"
            else:
                assert done.startswith("RT-"), done
                self.holds.pop(visitor, None)
                self.bookings.append(Booked(done, visitor, slot))

        @precondition(lambda self: self.bookings)
        @rule(data=st.data(), slot=st.integers(0, len(SLOTS) - 1))
        def reschedule(self, data: st.DataObject, slot: int) -> None:
            booked = data.draw(st.sampled_from(self.bookings))

            async def work(session: Any) -> datetime:
                _, booking = await changes.reschedule(session, booked.reference, SLOTS[slot])
                return booking.starts_at

            done = run(self.attempt(booked.visitor, work))
            former, moved_at = booked.former or (None, clock.now())
            undoing = slot == former and clock.now() - moved_at <= UNDO
            if booked.cancelled:
                assert done == "booking_cancelled"
            elif booked.moves >= MOVES and not undoing:
                assert done == "moved_too_often"
            elif slot != booked.slot and self.load(slot) >= BENCHES:
                assert done == "slot_taken"
            else:
                assert done == SLOTS[slot]
                if slot != booked.slot:
                    booked.moves += -1 if undoing else 1
                    booked.former = None if undoing else (booked.slot, clock.now())
                    booked.slot = slot

        @precondition(lambda self: self.bookings)
        @rule(data=st.data())
        def cancel(self, data: st.DataObject) -> None:
            booked = data.draw(st.sampled_from(self.bookings))

            async def work(session: Any) -> str:
                _, booking = await changes.cancel(session, booked.reference)
                return booking.state

            assert run(self.attempt(booked.visitor, work)) == "cancelled"
            booked.cancelled = True

        @rule(minutes=st.integers(1, 12))
        def wait(self, minutes: int) -> None:
            clock.move(minutes=minutes)

        @rule()
        def tidy(self) -> None:
            async def work() -> None:
                async with site.work() as session:
                    await holds.forget_expired(session, timedelta(days=1))

            run(work())

        @invariant()
        def the_database_agrees(self) -> None:
            async def look() -> tuple[int, dict[Any, Any], dict[Any, Any]]:
                async with site.work() as session:
                    pairs = (
                        "SELECT count(*) FROM occupancy a JOIN occupancy b ON a.bench = b.bench AND a.id < b.id AND a.during && b.during"
                    )
                    overlaps = await session.scalar(text(pairs))
                    live = select(Occupancy.holder_id, func.lower(Occupancy.during)).where(
                        Occupancy.expires_at.is_(None) | (Occupancy.expires_at > session.now())
                    )
                    held = dict((await session.execute(live)).all())
                    booked = select(Booking.id, Booking.starts_at).where(Booking.state == CONFIRMED)
                    return overlaps or 0, held, dict((await session.execute(booked)).all())

            overlaps, held, booked = run(look())
            assert overlaps == 0
            live = {hold.id: SLOTS[hold.slot] for hold in self.holds.values() if hold.expires > clock.now()}
            assert held == booked | live
            assert sorted(booked.values()) == sorted(SLOTS[booking.slot] for booking in self.bookings if not booking.cancelled)

    return Calendar


def test_the_calendar_agrees_with_its_model(database: str) -> None:
    clock = StillClock()
    given = Settings(secret="tests-only-secret-of-at-least-32-characters", hub_secret="tests-only-hub-secret", database_url=database)  # type: ignore[arg-type]
    with asyncio.Runner() as runner:
        site = Site(given, clock=clock, hooks=registry.hooks())

        async def set_up() -> Location:
            await site.jobs.app.open_async()
            async with site.work() as session:
                location = await open_shop(session)
                for bench in await session.scalars(select(Bench)):
                    bench.active = bench.number <= BENCHES
                await config.put(session, BookingConfig(per_visitor_and_day=1000, open_per_customer=1000, moves=MOVES))
                return location

        async def tear_down() -> None:
            await site.jobs.app.close_async()
            await site.close()

        runner.run(set_up())
        try:
            run_state_machine_as_test(
                machine(runner, site, clock),
                settings=settings(
                    max_examples=10, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True
                ),
            )
        finally:
            runner.run(tear_down())
