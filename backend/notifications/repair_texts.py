"""News of a repair by SMS or WhatsApp, for who talks with us there: beside the mail, once for a move, while it is still news."""

from uuid import UUID

from sqlalchemy import select

from backend.core import events
from backend.core.db import Session
from backend.core.events import Delivery
from backend.core.site import Site
from backend.messaging import text_delivery, text_rules
from backend.messaging.addresses import Channel
from backend.messaging.gateway import Moot
from backend.messaging.models import OutboundMessage
from backend.messaging.text_gateway import Text
from backend.messaging.text_models import TextAddress
from backend.repairs import queries as repairs
from backend.repairs.events import RepairMoved
from backend.repairs.models import RepairMove
from backend.repairs.stages import Stage

from .facts import get_visit_of_order
from .repair_mails import telling

TEMPLATE = "repair_moved_text"


@events.on(RepairMoved)
async def send_step(site: Site, event: RepairMoved, delivery: Delivery) -> None:
    """Intend the text about a move. Only the number the order was made from is written to: it has proven itself by writing."""
    async with site.work() as session:
        move = await repairs.get_move(session, event.move_id)
        if telling(move) is None:
            return
        repair = await repairs.get_repair(session, event.repair_id)
        visit = await get_visit_of_order(session, repair.order_id)
        address = await session.scalar(select(TextAddress).where(TextAddress.conversation_id == visit.order.conversation_id))
        if visit.order.conversation_id is None or address is None:
            return
        await text_delivery.queue(
            session,
            channel="whatsapp" if address.channel == "whatsapp" else "sms",
            to=address.number,
            template=TEMPLATE,
            dedupe=f"{TEMPLATE}:{move.id}",
            context={"repair_id": str(repair.id), "move_id": str(move.id)},
            conversation_id=visit.order.conversation_id,
        )


@text_delivery.writes(TEMPLATE)
async def write_step(session: Session, row: OutboundMessage) -> Text | Moot:
    """Write the step; moot once a later step has a text of its own. Past WhatsApp's day it takes an approved template."""
    repair = await repairs.get_repair(session, UUID(row.context["repair_id"]))
    move = await repairs.get_move(session, UUID(row.context["move_id"]))
    told = telling(move)
    later = await session.scalars(select(RepairMove).where(RepairMove.repair_id == move.repair_id, RepairMove.seq > move.seq))
    if told is None or any(telling(one) for one in later.all()):
        return Moot("no_news")
    visit = await get_visit_of_order(session, repair.order_id)
    heading = told.heading.format(device=repair.device_name)
    channel: Channel = "whatsapp" if row.channel == "whatsapp" else "sms"
    if channel == "whatsapp":
        address = await text_delivery.find_address(session, channel, row.to)
        ready = Stage(move.to_stage) == Stage.READY
        sid = text_delivery.content_sid(session.settings, "repair_ready" if ready else "repair_moved")
        if sid is not None and not text_rules.window_open(address.heard_at if address else None, session.now()):
            values = {"1": visit.order.reference} if ready else {"1": visit.order.reference, "2": heading}
            return Text(row.id, channel, row.to, "", content_sid=sid, variables=values)
    return Text(row.id, channel, row.to, f"{heading}. {told.sentence} ({visit.order.reference})")
