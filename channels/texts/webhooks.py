"""The provider's webhooks: signed or refused, stored before any work, answered at once."""

import json
import re
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from aiohttp import web
from sqlalchemy.dialects.postgresql import insert

from backend.conversations import service
from backend.conversations.models import Message
from backend.core import jobs, logs, race
from backend.core.db import Session
from backend.core.principal import Principal
from backend.core.site import Site
from backend.messaging import signature, text_delivery
from backend.messaging.addresses import WEBHOOKS, split
from backend.messaging.models import OutboundMessage
from backend.messaging.text_models import InboundText, TextAddress
from channels.texts import reading

log = logs.get(__name__)
#: An answer in the provider's language that says nothing: what we say goes out by its interface, in its own time.
EMPTY = '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
_SID = re.compile(r"(?:SM|MM)[0-9a-fA-F]{32}")
#: What of a webhook is kept; the rest is of no use to us.
_KEPT = re.compile(r"MessageSid|From|To|Body|NumMedia|MessageType|OptOutType|Media(?:Url|ContentType)\d{1,2}")


def attach(app: web.Application, site: Site) -> None:
    """Join the webhooks: outside the API, since the provider says who it is by its signature alone."""

    async def messages(request: web.Request) -> web.Response:
        form = await _signed(site, request)
        if form is None or not _SID.fullmatch(form.get("MessageSid", "")) or split(form.get("From", "")) is None:
            return web.Response(status=403 if form is None else 400)
        await race.before("text.keep")
        async with site.work() as session:
            await keep(session, form, source="webhook")
        return web.Response(text=EMPTY, content_type="text/xml")

    async def status(request: web.Request) -> web.Response:
        form = await _signed(site, request)
        if form is None or not _SID.fullmatch(form.get("MessageSid", "")):
            return web.Response(status=403 if form is None else 400)
        async with site.work() as session:
            told = await text_delivery.tell(
                session, _ours(request), form["MessageSid"], form.get("MessageStatus", ""), form.get("ErrorCode") or None
            )
            if told is not None and told.receipt == "read":
                await _mark_read(session, told)
        return web.Response(status=204)

    app.router.add_post(f"{WEBHOOKS}/messages", messages)
    app.router.add_post(f"{WEBHOOKS}/status", status)


async def keep(session: Session, form: Mapping[str, str], *, source: str) -> bool:
    """Store what somebody wrote, once for its id, and have it read after the commit; False if it is known."""
    kept = {name: value.replace("\x00", "") for name, value in form.items() if _KEPT.fullmatch(name)}
    new = insert(InboundText).values(sid=form["MessageSid"], form=kept, source=source, received_at=session.now())
    stored = await session.scalar(new.on_conflict_do_nothing(index_elements=["sid"]).returning(InboundText.sid))
    if stored is not None:
        await jobs.enqueue(session, reading.read, lock=reading.queue_of(form["From"]), sid=stored)
    return stored is not None


async def _signed(site: Site, request: web.Request) -> dict[str, str] | None:
    """The fields of a webhook, if the account's own provider sent it, to this very address."""
    settings = site.settings
    if settings.twilio_account_sid == "off":
        return None
    token = settings.twilio_auth_token.get_secret_value()
    # The address as customers reach us: what a proxy made of it is not what was signed.
    url = f"{settings.public_url}{request.raw_path}"
    given = request.headers.get(signature.HEADER, "")
    if request.content_type == "application/x-www-form-urlencoded":
        pairs = [(name, value) for name, value in (await request.post()).items() if isinstance(value, str)]
        valid = signature.holds_for_form(token, url, pairs, given)
        form = dict(pairs)
    else:
        body = await request.read()
        valid = signature.holds_for_body(token, url, body, given)
        form = _fields(body) if valid else {}
    if not valid or form.get("AccountSid") != settings.twilio_account_sid:
        log.warning("webhook_refused", path=request.path, signed=valid)
        return None
    return form


def _fields(body: bytes) -> dict[str, str]:
    try:
        found: Any = json.loads(body)
    except ValueError:
        return {}
    return {name: str(value) for name, value in found.items()} if isinstance(found, dict) else {}


def _ours(request: web.Request) -> UUID | None:
    try:
        return UUID(request.query.get("m", ""))
    except ValueError:
        return None


async def _mark_read(session: Session, row: OutboundMessage) -> None:
    address = await session.get(TextAddress, (row.channel, row.to))
    said = await session.get(Message, UUID(row.context["message_id"])) if "message_id" in row.context else None
    if address is not None and address.visitor_id is not None and said is not None:
        session.principal = Principal(kind="visitor", id=address.visitor_id, visitor_id=address.visitor_id)
        await service.mark_read(session, said.conversation_id, said.seq)
