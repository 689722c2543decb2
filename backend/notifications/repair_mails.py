"""Mails about a repair: each step the customer sees, once, while it is still news."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.bookings import service as bookings
from backend.capacity import queries as capacity
from backend.capacity.words import full_label
from backend.core import events
from backend.core.db import Session
from backend.core.events import Delivery
from backend.core.site import Site
from backend.messaging import service as messaging
from backend.messaging import templates
from backend.messaging.gateway import Mail, Moot
from backend.messaging.models import OutboundMessage
from backend.messaging.smtp import domain_of
from backend.repairs import expecting
from backend.repairs import queries as repairs
from backend.repairs.events import RepairMoved
from backend.repairs.models import RepairMove
from backend.repairs.stages import LABELS, Stage

from . import render
from .facts import get_visit_of_order

#: As much of a note as a mail carries; the tracking page has the rest.
NOTE_LIMIT = 2000


@dataclass(frozen=True, slots=True)
class Telling:
    """How one stage is told: `{device}` stands for the device."""

    subject: str
    heading: str
    sentence: str


TELLINGS: dict[Stage, Telling] = {
    Stage.RECEIVED: Telling("Received: {device}", "We have your {device}", "It is checked in and next in line for a technician."),
    Stage.AWAITING_APPROVAL: Telling(
        "We need your answer: {device}",
        "A question about your {device}",
        "Before we go on we need your agreement. We will not start until you say so.",
    ),
    Stage.AWAITING_PARTS: Telling(
        "Waiting for a part: {device}", "Your {device} waits for a part", "We go on as soon as the part is here, and tell you then."
    ),
    Stage.REPAIRING: Telling("Repair begun: {device}", "We are repairing your {device}", "A technician is working on it now."),
    Stage.READY: Telling(
        "Ready to collect: {device}", "Your {device} is ready", "It has passed its final check. You can collect it during opening hours."
    ),
    Stage.COLLECTED: Telling("Collected: {device}", "Your {device} is back with you", "Thank you for bringing it to us."),
    Stage.SHIPPED: Telling("On its way: {device}", "Your {device} is on its way", "It has left our workshop."),
    Stage.UNREPAIRABLE: Telling(
        "Cannot be repaired: {device}", "We could not repair your {device}", "We are sorry. You can collect it during opening hours."
    ),
    Stage.ON_HOLD: Telling("On hold: {device}", "Your {device} is on hold", "We have paused the repair and tell you when it goes on."),
    Stage.CANCELLED: Telling(
        "Repair cancelled: {device}", "The repair of your {device} is cancelled", "You can collect it during opening hours."
    ),
}


def telling(move: RepairMove) -> Telling | None:
    """Return how a move is told, or None: inner steps are told only by a note meant for the customer."""
    if move.from_stage is None or (move.from_stage == Stage.BOOKED and move.to_stage == Stage.CANCELLED):
        # The booking's own mail says it.
        return None
    stage = Stage(move.to_stage)
    if stage in TELLINGS:
        return TELLINGS[stage]
    if _public_note(move):
        return Telling("News about your {device}", "News about your {device}", f"It has reached the next step: {LABELS[stage].lower()}.")
    return None


@events.on(RepairMoved)
async def send_step(site: Site, event: RepairMoved, delivery: Delivery) -> None:
    """Intend the mail about a move the customer should hear of, once for a move."""
    async with site.work() as session:
        move = await repairs.get_move(session, event.move_id)
        if telling(move) is None:
            return
        repair = await repairs.get_repair(session, event.repair_id)
        visit = await get_visit_of_order(session, repair.order_id)
        if visit.email is None:
            return
        await messaging.queue_mail(
            session,
            template="repair_moved",
            to=visit.email,
            name=render.greeting(visit.name),
            dedupe=f"repair_moved:{move.id}",
            context={"repair_id": str(repair.id), "move_id": str(move.id)},
            order_id=visit.order.id,
            conversation_id=visit.order.conversation_id,
        )


@templates.writes("repair_moved")
async def write_step(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the step; moot once a later step has a mail of its own."""
    repair = await repairs.get_repair(session, UUID(row.context["repair_id"]))
    move = await repairs.get_move(session, UUID(row.context["move_id"]))
    told = telling(move)
    note = _public_note(move)
    if told is None:
        return Moot("step_not_told")
    if not note and any(telling(later) for later in await _later(session, move)):
        # A note is news of its own, whatever came after it.
        return Moot("repair_went_on")
    visit = await get_visit_of_order(session, repair.order_id)
    device = repair.device_name
    link = await bookings.link(session, repair.order_id)
    subject = f"{told.subject.format(device=device)} ({visit.order.reference})"
    expected = await expected_row(session, repair.id)
    context = {
        "title": subject,
        "preview": told.sentence,
        "heading": told.heading.format(device=device),
        "sentence": told.sentence,
        "name": render.greeting(visit.name),
        "visit": visit,
        "note": note,
        "device": device,
        "rows": [
            ("Stage", LABELS[Stage(move.to_stage)]),
            *([("Ready by", expected)] if expected else []),
            ("Repair", visit.services_of(repair.quote_id)),
            ("Reference", visit.order.reference),
        ],
        "link": link,
    }
    return Mail(
        subject=subject,
        text=render.text("repair_moved", **context),
        html=render.html("repair_moved", **context),
        thread=f"{visit.order.id}.order@{domain_of(session.settings.mail_from)}",
    )


async def expected_row(session: Session, repair_id: UUID) -> str | None:
    """Return by when a repair is to be ready, in words; None while nobody can say, or once the time was missed."""
    repair = await repairs.get_repair(session, repair_id)
    location = await capacity.get_location(session, (await repairs.get_order_of(session, repair)).location_id)
    history = (await expecting.list_times(session, [repair.id]))[repair.id]
    outlook = await expecting.get_outlook(session, location, repair, history)
    if outlook is None or outlook.state != "expected" or outlook.at is None:
        return None
    return f"about {full_label(outlook.at, ZoneInfo(location.zone))}"


async def _later(session: Session, move: RepairMove) -> Sequence[RepairMove]:
    return (await session.scalars(select(RepairMove).where(RepairMove.repair_id == move.repair_id, RepairMove.seq > move.seq))).all()


def _public_note(move: RepairMove) -> list[str]:
    """Return the lines of the note the customer may read; none if it is for the workshop only."""
    if not move.public or not move.note:
        return []
    return [line.strip() for line in move.note[:NOTE_LIMIT].strip().splitlines()]
