"""The mail about another time by which a repair will be ready: once for each time that is news, and only while it holds."""

from uuid import UUID

from backend.bookings import service as bookings
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
from backend.repairs.events import ReadyMoved
from backend.repairs.stages import LABELS

from . import render
from .facts import get_visit_of_order
from .repair_mails import expected_row


@events.on(ReadyMoved)
async def send_ready_time(site: Site, event: ReadyMoved, delivery: Delivery) -> None:
    """Intend the mail about a time staff have set, once for the time."""
    async with site.work() as session:
        repair = await repairs.get_repair(session, event.repair_id)
        visit = await get_visit_of_order(session, repair.order_id)
        if visit.email is None:
            return
        await messaging.queue_mail(
            session,
            template="ready_moved",
            to=visit.email,
            name=render.greeting(visit.name),
            dedupe=f"ready_moved:{event.ready_id}",
            context={"repair_id": str(repair.id), "ready_id": str(event.ready_id)},
            order_id=visit.order.id,
            conversation_id=visit.order.conversation_id,
        )


@templates.writes("ready_moved")
async def write_ready_time(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the time that holds now; moot once a later one has a mail of its own, or there is nothing to wait for."""
    repair = await repairs.get_repair(session, UUID(row.context["repair_id"]))
    history = (await expecting.list_times(session, [repair.id]))[repair.id]
    newest = next((one for one in reversed(history) if one.told), None)
    if newest is None or str(newest.id) != row.context["ready_id"]:
        return Moot("ready_moved_again")
    expected = await expected_row(session, repair.id)
    if expected is None:
        return Moot("nothing_expected")
    visit = await get_visit_of_order(session, repair.order_id)
    device, by = repair.device_name, expected.removeprefix("about ")
    subject = f"New time: {by} ({visit.order.reference})"
    context = {
        "title": subject,
        "preview": f"Your {device} is to be ready by {expected}.",
        "heading": f"A new time for your {device}",
        "sentence": f"We expect it to be ready by {expected}.",
        "name": render.greeting(visit.name),
        "visit": visit,
        "note": [history[-1].reason] if history[-1].reason else [],
        "device": device,
        "rows": [
            ("Ready by", expected),
            ("Stage", LABELS[repair.at]),
            ("Repair", visit.services_of(repair.quote_id)),
            ("Reference", visit.order.reference),
        ],
        "link": await bookings.link(session, repair.order_id),
    }
    return Mail(
        subject=subject,
        text=render.text("repair_moved", **context),
        html=render.html("repair_moved", **context),
        thread=f"{visit.order.id}.order@{domain_of(session.settings.mail_from)}",
    )
