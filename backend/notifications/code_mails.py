"""The mail with a one-time code; the digits are made while it is written and stand nowhere else."""

from email.utils import parseaddr
from uuid import UUID

from backend.bookings import proof
from backend.bookings.events import CodeAsked
from backend.core import events
from backend.core.db import Session
from backend.core.events import Delivery
from backend.core.site import Site
from backend.messaging import service as messaging
from backend.messaging import templates
from backend.messaging.gateway import Mail, Moot
from backend.messaging.models import OutboundMessage

from . import render
from .facts import get_visit_of_order


@events.on(CodeAsked)
async def send_code(site: Site, event: CodeAsked, delivery: Delivery) -> None:
    """Intend the mail, if there is such an order and an address; past what one address gets of codes it is dropped."""
    async with site.work() as session:
        order = await proof.find_asked(session, event.code_id)
        if order is None:
            return
        visit = await get_visit_of_order(session, order.id)
        if visit.email is None:
            return
        await messaging.queue_mail(
            session,
            template="order_code",
            to=visit.email,
            name=render.greeting(visit.name),
            dedupe=f"order_code:{event.code_id}",
            context={"code_id": str(event.code_id), "order_id": str(order.id)},
            counted="code",
            order_id=order.id,
        )


@templates.writes("order_code")
async def write_code(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the code; moot once it has lapsed or a newer one was asked for."""
    digits = await proof.write(session, UUID(row.context["code_id"]))
    if digits is None:
        return Moot("code_lapsed")
    visit = await get_visit_of_order(session, UUID(row.context["order_id"]))
    subject = f"Your code for {visit.order.reference}"
    context = {
        "title": subject,
        # The code is no preview: it would stand on a locked telephone's screen.
        "preview": f"Valid for {proof.VALID.seconds // 60} minutes",
        "heading": "Your code",
        "name": render.greeting(visit.name),
        "visit": visit,
        "code": f"{digits[:3]} {digits[3:]}",
        "minutes": proof.VALID.seconds // 60,
        "shop": parseaddr(session.settings.mail_from)[0] or visit.location.name,
    }
    return Mail(subject=subject, text=render.text("order_code", **context), html=render.html("order_code", **context))
