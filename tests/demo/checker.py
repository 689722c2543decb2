"""What must hold in a shop with a past: every rule the real verbs keep, asked of the rows. Returns faults in words, none if all is well."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.orm import selectinload

from backend.bookings.models import ATTENDED, CANCELLED, CONFIRMED, MAIL_IN, BookedQuote, Booking, Order
from backend.capacity import queries as capacity
from backend.capacity.models import Bench, Location, Occupancy
from backend.conversations.models import Conversation, Message
from backend.core.audit import AuditRow
from backend.core.db import Session
from backend.core.events import EventRow
from backend.customers import rules as customers
from backend.customers.models import ContactPoint, Customer
from backend.messaging.models import OutboundMessage
from backend.pricing import rules, service
from backend.pricing.basis import Basis
from backend.pricing.book import read_version
from backend.pricing.models import PriceBook, PriceRequest, Quote
from backend.repairs.models import Repair, RepairMove
from backend.repairs.stages import Stage, allowed


async def faults(session: Session) -> list[str]:
    """Return all that is wrong."""
    checks = (_quotes, _bookings, _calendar, _repairs, _people, _records, _requests, _conversations, _quiet)
    return [f"{check.__name__[1:]}: {fault}" for check in checks for fault in await check(session)]


async def _quotes(session: Session) -> list[str]:
    """Each comes out again from its basis, and its basis from the book that was in force when it was made."""
    found = []
    known = await service.catalogue.current(session)
    rows = (await session.scalars(select(PriceBook).order_by(PriceBook.version))).all()
    books = {row.version: await read_version(session, row.version) for row in rows}
    versions: dict[UUID, list[int]] = defaultdict(list)
    for quote in await session.scalars(select(Quote).options(selectinload(Quote.lines))):
        versions[quote.series_id].append(quote.version)
        basis = Basis.model_validate(quote.basis)
        priced = rules.price(basis)
        lines = [(line.kind, line.label, line.amount.minor) for line in priced.lines]
        if lines != [(line.kind, line.label, line.amount_minor) for line in quote.lines] or priced.total.minor != quote.total_minor:
            found.append(f"{quote.id} does not recompute")
        in_force = max((row for row in rows if row.published_at <= quote.created_at), key=lambda row: row.version, default=None)
        if in_force is None or in_force.version != quote.book_version:
            found.append(f"{quote.id} is from book {quote.book_version}, which was not in force")
        device = known.any_device(quote.device_slug)
        if device.year > quote.created_at.year:
            found.append(f"{quote.id} is for a model that was not sold yet")
        plan = rules.plan({fault["code"]: known.likely(fault["code"], device) for fault in quote.faults}, basis.rates.clear_from)
        again = service.basis_of(known, books[quote.book_version], device, plan, urgency=basis.urgency, day=quote.created_at.date())
        if basis.by_hand is None and again.in_grade("premium") != basis.in_grade("premium"):
            found.append(f"{quote.id} is not what its book says")
        if any(work.part_minor not in (None, *work.grades.values()) for work in basis.works):
            found.append(f"{quote.id} has a part at a price its book does not have")
    found += [f"series {one} has versions {got}" for one, got in versions.items() if sorted(got) != [*range(1, len(got) + 1)]]
    return found


async def _bookings(session: Session) -> list[str]:
    """Each has its quotes, and states, versions and revisions add up."""
    found = []
    booked: dict[UUID, list[BookedQuote]] = defaultdict(list)
    for row in await session.scalars(select(BookedQuote).order_by(BookedQuote.position)):
        booked[row.booking_id].append(row)
    repairs: dict[UUID, list[Repair]] = defaultdict(list)
    for repair in await session.scalars(select(Repair)):
        repairs[repair.order_id].append(repair)
    touches = {row.id: row.count for row in await session.execute(text(_TOUCHES))}
    for order, booking in (await session.execute(select(Order, Booking).join(Booking, Booking.order_id == Order.id))).all():
        rows, own, ref = booked[booking.id], repairs[order.id], order.reference
        if [row.position for row in rows] != [*range(len(rows))] or not rows or rows[0].quote_id != booking.quote_id:
            found.append(f"{ref} has the wrong quotes")
        if any(row.live != (booking.state != CANCELLED) for row in rows) or {row.quote_id for row in rows} != {one.quote_id for one in own}:
            found.append(f"{ref}: its quotes and repairs do not agree")
        stages = {repair.at for repair in own}
        right = {CONFIRMED: stages == {Stage.BOOKED}, CANCELLED: stages == {Stage.CANCELLED}, ATTENDED: Stage.BOOKED not in stages}
        if not right[booking.state]:
            found.append(f"{ref} is {booking.state} with repairs {stages}")
        if order.rev != 1 + touches[order.id]:
            found.append(f"{ref} has revision {order.rev} after {touches[order.id]} changes")
        if not order.created_at <= booking.changed_at or not booking.starts_at < booking.ends_at:
            found.append(f"{ref} has times in the wrong order")
        changes = (booking.state != CONFIRMED) + (booking.former_starts_at is not None)
        if order.visitor_id is not None and booking.version != 1 + changes:
            found.append(f"{ref} has version {booking.version} after {changes} changes")
    return found


#: What a follower of an order sees: each of these counts its revision up by one.
_TOUCHES = """
    SELECT o.id, (SELECT count(*) FROM audit_log WHERE subject = b.id AND action IN ('booking.rescheduled', 'booking.cancelled'))
        + (SELECT count(*) FROM audit_log a JOIN repairs r ON r.id = a.subject WHERE r.order_id = o.id AND a.action = 'repair.moved')
        + (SELECT count(*) FROM audit_log WHERE subject = o.id AND action = 'order.checked') AS count
    FROM orders o JOIN bookings b ON b.order_id = o.id
"""


async def _calendar(session: Session) -> list[str]:
    """Appointments lie inside opening hours and take their bench as long as they should; never more at once than benches."""
    found = []
    location = (await session.scalars(select(Location))).one()
    rows = (await session.execute(select(Order, Booking).join(Booking, Booking.order_id == Order.id))).all()
    days = {booking.starts_at.date() for _, booking in rows}
    calendar = await capacity.get_calendar(session, location, days)
    benches = len((await session.scalars(select(Bench).where(Bench.active))).all())
    taken = {row.holder_id: row for row in await session.scalars(select(Occupancy))}
    for order, booking in rows:
        stretches = calendar.opening(calendar.local_day(booking.starts_at))
        if not any(opens <= booking.starts_at and booking.ends_at <= closes for opens, closes in stretches):
            found.append(f"{order.reference} is booked while the shop is closed")
        has = booking.state != CANCELLED and order.arrival != MAIL_IN
        if (booking.id in taken) != has:
            found.append(f"{order.reference} takes a bench and should not, or takes none")
        elif has and (taken[booking.id].during.lower, taken[booking.id].during.upper) != (
            booking.starts_at,
            booking.ends_at + timedelta(minutes=10),
        ):
            found.append(f"{order.reference} takes its bench at another time")
    edges = sorted(edge for row in taken.values() for edge in ((row.during.lower, 1), (row.during.upper, -1)))
    at_once = 0
    for _, change in edges:
        at_once += change
        if at_once > benches:
            found.append("more appointments at once than benches")
            break
    return found


async def _repairs(session: Session) -> list[str]:
    """Moves are dense, allowed, in order and never ahead of now; where a repair stands is where its last move went."""
    found = []
    moves: dict[UUID, list[RepairMove]] = defaultdict(list)
    for move in await session.scalars(select(RepairMove).order_by(RepairMove.seq)):
        moves[move.repair_id].append(move)
    now = session.now()
    for repair in await session.scalars(select(Repair)):
        own = moves[repair.id]
        if [move.seq for move in own] != [*range(1, repair.version + 1)] or own[-1].to_stage != repair.stage:
            found.append(f"{repair.id} has moves {[move.seq for move in own]} at version {repair.version}")
        if repair.moved_at != own[-1].at or own[-1].at > now or [move.at for move in own] != sorted(move.at for move in own):
            found.append(f"{repair.id} has moves in the wrong order of time")
        found += [f"{repair.id} went from {a} to {b}" for a, b in _forbidden(own)]
        if (repair.held_from is not None) != (repair.at is Stage.ON_HOLD):
            found.append(f"{repair.id} is held from {repair.held_from} in {repair.stage}")
    return found


def _forbidden(moves: list[RepairMove]) -> Iterator[tuple[str | None, str]]:
    held: Stage | None = None
    if moves[0].from_stage is not None or moves[0].to_stage != Stage.BOOKED:
        yield moves[0].from_stage, moves[0].to_stage
    for before, move in pairwise(moves):
        here = Stage(before.to_stage)
        if move.from_stage != here or Stage(move.to_stage) not in allowed(here, held):
            yield move.from_stage, move.to_stage
        held = here if move.to_stage == Stage.ON_HOLD else None


async def _people(session: Session) -> list[str]:
    """Names, addresses and numbers are ones we would take, and belong to nobody."""
    found = [f"{one.name} is no name" for one in await session.scalars(select(Customer)) if customers.name(one.name) != one.name]
    for point in await session.scalars(select(ContactPoint)):
        if point.kind == "email":
            right = customers.email(point.value) == point.value and point.value.endswith(".example")
        else:
            right = customers.phone(point.value) == point.value and point.value.startswith(("+447700900", "+441134960", "+441632960"))
        if not right:
            found.append(f"{point.value} is not one of ours")
    return found


async def _records(session: Session) -> list[str]:
    """What happened stands in events and audit as often as in the rows, each with a mail that went out long ago."""
    events = Counter((await session.scalars(select(EventRow.name))).all())
    audits = Counter((await session.scalars(select(AuditRow.action))).all())
    mails = Counter((await session.scalars(select(OutboundMessage.template))).all())
    orders = len((await session.scalars(select(Order.id))).all())
    ended = len((await session.scalars(select(Booking.id).where(Booking.state == CANCELLED))).all())
    requests = len((await session.scalars(select(PriceRequest.id).where(PriceRequest.state != "open"))).all())
    wanted = {
        "confirmed": {events["BookingConfirmed"], audits["booking.confirmed"], mails["booking_confirmed"], orders},
        "moved": {events["BookingRescheduled"], audits["booking.rescheduled"], mails["booking_rescheduled"]},
        "cancelled": {events["BookingCancelled"], audits["booking.cancelled"], mails["booking_cancelled"], ended},
        "repairs": {events["RepairMoved"], audits["repair.moved"]},
        "prices": {events["PriceRequestAnswered"], audits["price.priced"] + audits["price.declined"], requests},
    }
    found = [f"{what} counts {sorted(counts)}" for what, counts in wanted.items() if len(counts) > 1]
    late = [row.at for row in await session.scalars(select(AuditRow)) if row.at > session.now()]
    return found + ([f"{len(late)} deeds are still to come"] if late else [])


async def _requests(session: Session) -> list[str]:
    """Prices asked of staff were open no longer than now, and what was answered has an answer."""
    found = []
    for row in await session.scalars(select(PriceRequest)):
        answered = row.state != "open"
        if (row.answered_at is not None) != answered or (row.answered_by is not None) != answered or (row.reason is not None) != answered:
            found.append(f"{row.id} is {row.state} and says otherwise")
        if not row.asked_at < row.due_at or row.asked_at > session.now():
            found.append(f"{row.id} was asked at an odd time")
    return found


async def _conversations(session: Session) -> list[str]:
    """Numbers are dense, and nobody waits for the assistant."""
    found = []
    messages: dict[UUID, list[Message]] = defaultdict(list)
    for message in await session.scalars(select(Message).order_by(Message.seq)):
        messages[message.conversation_id].append(message)
    for one in await session.scalars(select(Conversation)):
        own = messages[one.id]
        revs = [message.rev for message in own]
        if [message.seq for message in own] != [*range(1, one.seq + 1)] or len({*revs}) != len(revs) or max(revs) != one.rev:
            found.append(f"{one.id} has messages {len(own)} at seq {one.seq}, rev {one.rev}")
        if [message.at for message in own] != sorted(message.at for message in own) or own[-1].at > session.now():
            found.append(f"{one.id} goes back in time")
        if one.owner == "bot" and one.asked_seq > one.answered_seq:
            found.append(f"{one.id} waits for the assistant")
        if (one.owner == "waiting") != (one.waiting_since is not None):
            found.append(f"{one.id} is {one.owner}, waiting since {one.waiting_since}")
        if own[-1].episode != one.episode:
            found.append(f"{one.id} is in episode {one.episode}, its last message in {own[-1].episode}")
    return found


async def _quiet(session: Session) -> list[str]:
    """No job waits, no mail is still to go out, and no reminder of the past is owed."""
    jobs = await session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status IN ('todo', 'doing')"))
    unsent = select(OutboundMessage.id).where(OutboundMessage.state.in_(("queued", "sending")))
    found = [f"{jobs} jobs wait"] if jobs else []
    return found + [f"mail {one} is not sent" for one in await session.scalars(unsent)]
