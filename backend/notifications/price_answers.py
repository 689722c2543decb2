"""The answer to a price asked of staff: in the same chat, and by mail where an address is known."""

from uuid import UUID
from zoneinfo import ZoneInfo

from backend.capacity import hours
from backend.capacity import queries as capacity
from backend.capacity.schemas import LocationAnswer
from backend.capacity.words import slot_label
from backend.conversations import queries as conversations
from backend.conversations.telling import tell
from backend.core import events
from backend.core.db import Session
from backend.core.events import Delivery
from backend.core.money import Money
from backend.core.site import Site
from backend.messaging import service as messaging
from backend.messaging import templates
from backend.messaging.gateway import Mail, Moot
from backend.messaging.models import OutboundMessage
from backend.pricing import queries as pricing
from backend.pricing import unpriced
from backend.pricing.events import PriceRequestAnswered
from backend.pricing.models import PriceRequest, Quote
from backend.pricing.schemas import QuoteAnswer

from . import render
from .facts import price

GO_ON = "Find a time"


@events.on(PriceRequestAnswered)
async def tell_customer(site: Site, event: PriceRequestAnswered, delivery: Delivery) -> None:
    """Write the answer into the customer's conversation and intend the mail, each once for a request."""
    async with site.work() as session:
        row = await unpriced.get_request(session, event.request_id)
        quote = await _quote(session, row)
        conversation = await conversations.find_of_visitor(session, row.visitor_id) if row.visitor_id else None
        email, name = row.email, row.name
        if conversation is not None:
            email, name = email or conversation.contact.get("email"), name or conversation.contact.get("name")
            await _tell(session, conversation.id, row, quote)
        if email:
            await messaging.queue_mail(
                session,
                template="price_answered",
                to=email,
                name=render.greeting(name or ""),
                dedupe=f"price_answered:{row.id}",
                context={"request_id": str(row.id)},
                conversation_id=conversation.id if conversation else None,
            )


def in_words(row: PriceRequest, quote: Quote | None, zone: ZoneInfo) -> str:
    """Return what the customer reads in the chat: the price line by line, or that we cannot do it."""
    if quote is None:
        return f"About your {row.device_name}: I am sorry, we cannot do this one. {row.reason}"
    lines = "\n".join(f"{line.label}: {Money(line.amount_minor, quote.currency)}" for line in quote.lines)
    total, until = Money(quote.total_minor, quote.currency), slot_label(quote.valid_until, zone).split(",")[0]
    return f"Your price for {row.device_name} is here: {total}, VAT included.\n{lines}\n{row.reason}\nIt holds until {until}."


async def _tell(session: Session, conversation_id: UUID, row: PriceRequest, quote: Quote | None) -> None:
    once, text = f"price:{row.id}", in_words(row, quote, await _zone(session))
    if quote is None:
        await tell(session, conversation_id, once=once, text=text, parts=[], news={"declined": {"device": row.device_slug}})
        return
    shown = QuoteAnswer.of(quote).model_dump(mode="json")
    go_on = {"title": GO_ON, "payload": f'/choose{{"quote": "{quote.id}"}}'}
    parts = [{"type": "quote", **shown}, {"type": "choices", "choices": [go_on]}]
    await tell(session, conversation_id, once=once, text=text, parts=parts, news={"priced": {"quote": str(quote.id)}})


@templates.writes("price_answered")
async def write_answer(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the answer; moot once the price has run out."""
    request = await unpriced.get_request(session, UUID(row.context["request_id"]))
    quote = await _quote(session, request)
    if quote is not None and quote.valid_until <= session.now():
        return Moot("quote_expired")
    device, zone = request.device_name, await _zone(session)
    rows = [("Device", device), ("Repair", ", ".join(service["label"] for service in request.services))]
    if quote is None:
        subject, sentence = f"About your {device}", "I am sorry, we looked at it and cannot do this one."
    else:
        subject, sentence = f"Your price for {device}", "Here is the price you asked us for."
        rows += [(line.label, str(Money(line.amount_minor, quote.currency))) for line in quote.lines]
        rows += [("Together", price([quote])), ("Holds until", slot_label(quote.valid_until, zone))]
    location = await capacity.get_location(session)
    context = {
        "title": subject,
        "preview": sentence,
        "heading": subject,
        "sentence": sentence,
        "name": row.name,
        "device": device,
        "rows": rows,
        "note": request.reason or "",
        "priced": quote is not None,
        "link": session.settings.public_url,
        "visit": {"location": location, "address": LocationAnswer.of(location).address},
    }
    return Mail(subject=subject, text=render.text("price_answered", **context), html=render.html("price_answered", **context))


async def _quote(session: Session, row: PriceRequest) -> Quote | None:
    return (await pricing.list_quotes(session, [row.quote_id]))[row.quote_id] if row.quote_id else None


async def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo((await hours.shop(session)).zone)
