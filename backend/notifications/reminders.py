"""Reminders of an appointment: the day before at the same time of day, and shortly before. One mail each, while it is news."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import ClassVar, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from pydantic import Field
from sqlalchemy import select

from backend.bookings import service as bookings
from backend.bookings.models import CONFIRMED, MAIL_IN, Booking, Order
from backend.capacity.models import Location
from backend.core import config, jobs
from backend.core.config import Config
from backend.core.db import Session
from backend.core.site import Site
from backend.messaging import service as messaging
from backend.messaging import templates
from backend.messaging.gateway import Mail, Moot
from backend.messaging.models import OutboundMessage
from backend.messaging.smtp import domain_of

from . import render
from .facts import Visit, get_visit

Kind = Literal["day", "hours"]
#: Nothing is due longer before an appointment than this: a day, and the hour a clock change may add.
AHEAD = timedelta(hours=25)
#: Nobody needs reminding of what they have only just agreed.
FRESH = timedelta(minutes=15)


class ReminderConfig(Config):
    """Which reminders go out."""

    key: ClassVar[str] = "reminders"
    day_before: bool = True
    #: Hours before an appointment; 0 for no second reminder.
    hours_before: int = Field(default=2, ge=0, le=12)


@dataclass(frozen=True, slots=True)
class Appointment:
    """What a reminder depends on."""

    starts_at: datetime
    #: When this time was agreed: the booking itself, or its last move.
    agreed_at: datetime
    by_post: bool
    zone: ZoneInfo


def due_times(appointment: Appointment, settings: ReminderConfig) -> Mapping[Kind, datetime]:
    """Return when each reminder of an appointment is due; none that was due before the time was agreed, or only just after.

    The first comes at the same time on the wall of the day before, which across a clock change is 23 or 25 hours; for a parcel at noon.
    """
    local = appointment.starts_at.astimezone(appointment.zone)
    day_before = local.date() - timedelta(days=1)
    due: dict[Kind, datetime] = {}
    if settings.day_before:
        due["day"] = datetime.combine(day_before, time(12) if appointment.by_post else local.time(), appointment.zone).astimezone(UTC)
    if settings.hours_before and not appointment.by_post:
        due["hours"] = appointment.starts_at - timedelta(hours=settings.hours_before)
    return {kind: at for kind, at in due.items() if at - appointment.agreed_at > FRESH}


def owed(appointment: Appointment, settings: ReminderConfig, now: datetime) -> Kind | None:
    """Return the reminder to send now, if any: the latest that is due, so that a late worker does not send two at once."""
    if now >= appointment.starts_at:
        return None
    due = [(at, kind) for kind, at in due_times(appointment, settings).items() if at <= now]
    return max(due)[1] if due else None


@jobs.periodic(cron="* * * * *")
async def remind(site: Site) -> None:
    """Intend every reminder that has come due.

    Who is to be reminded is read anew each minute, so a moved or cancelled booking needs no job taken back; `dedupe` names
    booking, time and kind, so however often this runs, and wherever, each goes out once.
    """
    async with site.work() as session:
        settings, now = await config.get(session, ReminderConfig), session.now()
        rows = await session.execute(
            select(Booking, Order, Location.zone)
            .join(Order, Order.id == Booking.order_id)
            .join(Location, Location.id == Order.location_id)
            .where(Booking.state == CONFIRMED, Booking.starts_at > now, Booking.starts_at <= now + AHEAD)
        )
        wanted: dict[str, tuple[Booking, Kind]] = {}
        for booking, order, zone in rows:
            appointment = Appointment(booking.starts_at, booking.changed_at, order.arrival == MAIL_IN, ZoneInfo(zone))
            if kind := owed(appointment, settings, now):
                wanted[f"booking_reminder:{kind}:{booking.id}:{booking.starts_at.timestamp():.0f}"] = (booking, kind)
        told = set(await session.scalars(select(OutboundMessage.dedupe).where(OutboundMessage.dedupe.in_(wanted))))
        for news, (booking, kind) in wanted.items():
            if news not in told:
                await _intend(session, booking, kind, news)


async def _intend(session: Session, booking: Booking, kind: Kind, news: str) -> None:
    visit = await get_visit(session, booking.id)
    if visit.email is None:
        return
    await messaging.queue_mail(
        session,
        template="booking_reminder",
        to=visit.email,
        name=render.greeting(visit.name),
        dedupe=news,
        context={"booking_id": str(booking.id), "starts_at": booking.starts_at.isoformat(), "kind": kind},
        order_id=visit.order.id,
        conversation_id=visit.order.conversation_id,
    )


@templates.writes("booking_reminder")
async def write_reminder(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the reminder; moot once the booking was moved, cancelled or kept, or its time has come."""
    visit = await get_visit(session, UUID(row.context["booking_id"]))
    booking, now = visit.booking, session.now()
    if booking.state != CONFIRMED:
        return Moot(f"booking_{booking.state}")
    if booking.starts_at != datetime.fromisoformat(row.context["starts_at"]):
        return Moot("booking_moved")
    if booking.starts_at <= now:
        return Moot("booking_past")
    link = await bookings.link(session, visit.order.id)
    context = {
        "title": _subject(visit, now),
        "preview": f"{visit.devices} at {visit.location.name}, {visit.address}",
        "heading": _heading(visit, now),
        "name": render.greeting(visit.name),
        "visit": visit,
        "device": visit.devices,
        "by_post": visit.by_post,
        "rows": visit.rows,
        "link": link,
    }
    return Mail(
        subject=_subject(visit, now),
        text=render.text("booking_reminder", **context),
        html=render.html("booking_reminder", **context),
        thread=f"{visit.order.id}.order@{domain_of(session.settings.mail_from)}",
    )


def _heading(visit: Visit, now: datetime) -> str:
    days = (visit.booking.starts_at.astimezone(visit.zone).date() - now.astimezone(visit.zone).date()).days
    day = "today" if days == 0 else "tomorrow" if days == 1 else visit.label
    return f"We expect your parcel {day}" if visit.by_post else f"See you {day}"


def _subject(visit: Visit, now: datetime) -> str:
    return f"{_heading(visit, now)}: {visit.label} ({visit.order.reference})"
