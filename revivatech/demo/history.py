"""Orders of the last weeks and the next days, the same ones at every lay-out; nobody is written to about them."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from backend.bookings import joins
from backend.bookings.models import ATTENDED, CANCELLED, CONFIRMED, BookedQuote, Booking, Order
from backend.capacity import queries as capacity
from backend.capacity import service as calendar
from backend.core.clock import Clock
from backend.core.db import Session
from backend.core.ids import REFERENCE_ALPHABET, REFERENCE_LENGTH, uuid7
from backend.core.site import Site
from backend.customers import service as customers
from backend.pricing import service as pricing
from backend.repairs.models import Repair
from backend.repairs.stages import Stage
from revivatech.demo.stories import NAMES, STORIES, Story

SEED = 20_261_122
ORDERS = 48
DAYS_BACK, DAYS_AHEAD = 40, 6


@dataclass(slots=True)
class Then(Clock):
    """A clock that stands still at a moment of the past."""

    moment: datetime

    def now(self) -> datetime:
        """Return the moment."""
        return self.moment


@dataclass(frozen=True, slots=True)
class Planned:
    """One order of the demo before it is written."""

    reference: str
    name: str
    story: Story
    made_at: datetime
    day: int
    slot: float
    fate: float


async def write_history(site: Site, location_id: UUID) -> int:
    """Write the demo's orders unless there are orders already; return how many were written."""
    async with site.work() as session:
        if await session.scalar(select(func.count()).select_from(Order)):
            return 0
    real = site.clock
    written = 0
    try:
        for planned in _plan(real.now()):
            # Slots, quotes and moves are made by the shop's own verbs, at the time they would have been made.
            site.clock = Then(planned.made_at)
            async with site.work() as session:
                written += await _write(session, planned, location_id, real.now())
    finally:
        site.clock = real
    return written


def _plan(now: datetime) -> Iterator[Planned]:
    # Nothing is guarded by these numbers; they only have to be the same every time.
    dice = random.Random(SEED)  # nosec B311
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    for number in range(ORDERS):
        reference = "RT-" + "".join(dice.choice(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))
        day = dice.randint(-DAYS_BACK, DAYS_AHEAD) if number % 4 else dice.randint(-6, DAYS_AHEAD)
        lead = dice.randint(1, 4) if day <= 0 else day + dice.randint(0, 3)
        made_at = midnight + timedelta(days=day - lead, hours=dice.randint(7, 21), minutes=dice.randint(0, 59))
        planned = Planned(reference, NAMES[number % len(NAMES)], dice.choice(STORIES), min(made_at, now), day, dice.random(), dice.random())
        yield planned


async def _write(session: Session, planned: Planned, location_id: UUID, now: datetime) -> bool:
    location = await capacity.get_location(session, location_id)
    story = planned.story
    quote = await pricing.make_quote(session, device=story.device, faults=list(story.faults), services=[], urgency=story.urgency)
    first = (now + timedelta(days=planned.day)).date()
    spans = await capacity.list_slots(session, location, quote.duration_minutes, first, 4, 30)
    if not spans:
        return False
    start = spans[int(planned.slot * len(spans))][0]
    given, _, family = planned.name.partition(" ")
    email = f"{given}.{family}@mail.example".lower().replace(" ", "").replace("'", "")
    phone = f"07700 900{int(planned.slot * 1000):03d}"
    customer = await customers.find_or_create(session, visitor_id=None, name=planned.name, email=email, phone=phone)
    order = Order(
        id=uuid7(),
        reference=planned.reference,
        customer_id=customer.id,
        location_id=location.id,
        arrival="drop_off",
        rev=1,
        created_at=session.now(),
    )
    session.add(order)
    await session.flush()
    booking = Booking(
        id=uuid7(),
        order_id=order.id,
        quote_id=quote.id,
        starts_at=start,
        state=CONFIRMED,
        version=1,
        confirmed_at=session.now(),
        changed_at=session.now(),
    )
    booking.ends_at = await calendar.occupy(session, location, start, quote.duration_minutes, holder_id=booking.id)
    session.add(booking)
    await session.flush()
    session.add(BookedQuote(booking_id=booking.id, quote_id=quote.id, position=0, live=True))
    await joins.opened(session, order, booking, [quote])
    repair = (await session.scalars(select(Repair).where(Repair.order_id == order.id))).one()
    await _live(session, planned, order, booking, repair, now)
    return True


async def _live(session: Session, planned: Planned, order: Order, booking: Booking, repair: Repair, now: datetime) -> None:
    """Let an order live as long as its appointment is past."""
    if planned.fate > 0.93:
        await calendar.release(session, booking.id)
        booking.state, booking.version = CANCELLED, 2
        _move(session, repair, Stage.CANCELLED, min(planned.made_at + timedelta(hours=5), now), None)
        return
    at = booking.starts_at
    for stage, after, note in planned.story.path:
        at += after
        if at > now:
            break
        # Some devices stay in the workshop a while: the newest orders would else all be finished.
        if stage is Stage.COLLECTED and planned.fate > 0.75 and now - booking.starts_at < timedelta(days=14):
            break
        _move(session, repair, stage, at, note)
        order.rev += 1
    if repair.at is not Stage.BOOKED:
        booking.state, booking.version = ATTENDED, 2
    await session.flush()


def _move(session: Session, repair: Repair, to: Stage, at: datetime, note: str | None) -> None:
    session.add(repair.move(to, expected_version=repair.version, note=note, public=note is not None, by=None, now=at))
