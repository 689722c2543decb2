"""Mails about a booking: confirmed, moved to another time, cancelled."""

from email.utils import parseaddr
from uuid import UUID

from backend.bookings import service as bookings
from backend.bookings.calendar_file import People, calendar_file
from backend.bookings.events import BookingCancelled, BookingConfirmed, BookingRescheduled
from backend.bookings.mail_in import packing
from backend.bookings.models import CANCELLED, CONFIRMED
from backend.core import events
from backend.core.db import Session
from backend.core.events import Delivery
from backend.core.site import Site
from backend.messaging import caps, templates
from backend.messaging import service as messaging
from backend.messaging.gateway import File, Invitation, Mail, Moot
from backend.messaging.models import OutboundMessage
from backend.messaging.smtp import domain_of

from . import render
from .facts import Visit, get_visit

BEFORE_YOU_COME = "Back up your device if it still turns on. You never need to send us a passcode by e-mail."


@events.on(BookingConfirmed)
async def send_confirmation(site: Site, event: BookingConfirmed, delivery: Delivery) -> None:
    """Intend the confirmation, once for a booking."""
    await _intend(site, event.booking_id, "booking_confirmed", delivery)


@events.on(BookingRescheduled)
async def send_new_time(site: Site, event: BookingRescheduled, delivery: Delivery) -> None:
    """Intend the mail with the new time, once for each time the booking was moved to."""
    await _intend(site, event.booking_id, "booking_rescheduled", delivery, of_version=True)


@events.on(BookingCancelled)
async def send_cancellation(site: Site, event: BookingCancelled, delivery: Delivery) -> None:
    """Intend the cancellation, once for a booking."""
    await _intend(site, event.booking_id, "booking_cancelled", delivery)


async def _intend(site: Site, booking_id: UUID, template: str, delivery: Delivery, *, of_version: bool = False) -> None:
    async with site.work() as session:
        visit = await get_visit(session, booking_id)
        if visit.email is None:
            return
        version = visit.booking.version
        # What is unique is the news, not the event: an event delivered twice, or two events about the same news, make one mail.
        news = f"{template}:{booking_id}" + (f":{version}" if of_version else "")
        context = {"booking_id": str(booking_id), "version": version}
        await messaging.queue_mail(
            session,
            template=template,
            to=visit.email,
            name=render.greeting(visit.name),
            dedupe=news,
            context=context,
            counted="news" if delivery.by_customer else None,
            order_id=visit.order.id,
            conversation_id=visit.order.conversation_id,
        )


@templates.writes("booking_confirmed")
async def write_confirmation(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the confirmation with the time that holds now; moot once the booking is cancelled or its time has come."""
    visit = await _visit(session, row)
    if moot := _stale(session, visit):
        return moot
    link = await bookings.link(session, visit.order.id)
    return _mail(
        session,
        visit,
        "booking_confirmed",
        subject=f"Booked: {visit.label} ({visit.order.reference})",
        heading="Your repair is booked",
        link=link,
    )


@templates.writes("booking_rescheduled")
async def write_new_time(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the new time; moot when a newer time or the end of the booking has its own mail."""
    visit = await _visit(session, row)
    if moot := _stale(session, visit):
        return moot
    if visit.booking.version != row.context["version"]:
        return Moot("booking_moved_again")
    link = await bookings.link(session, visit.order.id)
    return _mail(
        session,
        visit,
        "booking_rescheduled",
        subject=f"New time: {visit.label} ({visit.order.reference})",
        heading="Your booking has a new time",
        link=link,
    )


@templates.writes("booking_cancelled")
async def write_cancellation(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the cancellation; moot if the booking stands, or if it had to wait and nobody was ever told that there was a booking."""
    visit = await _visit(session, row)
    if visit.booking.state != CANCELLED:
        return Moot("booking_not_cancelled")
    if row.held_at is not None and not await caps.is_told(session, row.order_id):
        return Moot("booking_never_told")
    return _mail(
        session,
        visit,
        "booking_cancelled",
        subject=f"Cancelled: {visit.label} ({visit.order.reference})",
        heading="Your booking is cancelled",
        link=session.settings.public_url,
    )


async def _visit(session: Session, row: OutboundMessage) -> Visit:
    return await get_visit(session, UUID(row.context["booking_id"]))


def _stale(session: Session, visit: Visit) -> Moot | None:
    if visit.booking.state != CONFIRMED:
        return Moot(f"booking_{visit.booking.state}")
    return Moot("booking_past") if visit.booking.starts_at <= session.now() else None


def _mail(session: Session, visit: Visit, template: str, *, subject: str, heading: str, link: str) -> Mail:
    sender = session.settings.mail_from
    cancelled = visit.booking.state == CANCELLED
    context = {
        "title": subject,
        "preview": f"{visit.devices} at {visit.location.name}, {visit.address}",
        "heading": heading,
        "name": render.greeting(visit.name),
        "visit": visit,
        "device": visit.devices,
        "rows": visit.rows,
        "link": link,
        "advice": BEFORE_YOU_COME,
        "packing": packing({quote.category for quote in visit.quotes}, visit.order.reference) if visit.by_post else (),
    }
    shop, address = parseaddr(sender)
    people = People(shop=(shop or visit.location.name, address), guest=(visit.name, visit.email or ""))
    invitation = calendar_file(
        visit.order, visit.booking, visit.quotes, visit.location, now=session.now(), url=None if cancelled else link, people=people
    )
    return Mail(
        subject=subject,
        text=render.text(template, **context),
        html=render.html(template, **context),
        invitation=Invitation("CANCEL" if cancelled else "REQUEST", invitation),
        # Mail programs act on the invitation; people look for a file.
        files=(File(f"{visit.order.reference}.ics", "application/ics", invitation),),
        thread=f"{visit.order.id}.order@{domain_of(sender)}",
    )
