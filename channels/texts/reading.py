"""From a stored webhook to a message in the one conversation of its number."""

import hashlib
import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert

from backend.conversations import queries, service, writing
from backend.conversations.models import Message
from backend.conversations.rules import TEXT_LIMIT, clean_text
from backend.conversations.schemas import FilledForm, Incoming
from backend.core import config, jobs, locks, logs, race
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.principal import Principal
from backend.core.site import Site
from backend.files import service as files
from backend.files.config import FilesConfig
from backend.identity import visitors
from backend.messaging import text_delivery, text_rules
from backend.messaging.addresses import Channel, split
from backend.messaging.gateways import text_gateway
from backend.messaging.text_gateway import Gone, Unreachable
from backend.messaging.text_models import InboundText, TextAddress
from channels import words
from channels.texts import rendering

log = logs.get(__name__)
#: For so long a photo that cannot be fetched is tried again; then its message comes without it.
PATIENCE = timedelta(minutes=15)
MOST_MEDIA = 10
_MEDIA = re.compile(r".*/Media/(ME[0-9a-fA-F]{32})(?:\.json)?")


def queue_of(address: str) -> str:
    """Under which name the texts of one number wait for each other; the number itself stands in no job."""
    return f"text-in:{hashlib.blake2b(address.encode(), digest_size=12).hexdigest()}"


@jobs.task(queue="texts", attempts=8)
async def read(site: Site, sid: str) -> None:
    """Let a text into its conversation, once; running it again changes nothing."""
    async with site.work() as session:
        row = await session.get(InboundText, sid)
        if row is None or row.done_at is not None:
            return
        form, patient = row.form, session.now() - row.received_at < PATIENCE
        where = split(form["From"])
        if where is None:
            await _done(session, sid, "refused")
            return
        address = await _address(session, *where, heard=not text_rules.is_reaction(form.get("Body", ""), form.get("MessageType")))
        if text_rules.is_reaction(form.get("Body", ""), form.get("MessageType")):
            await _done(session, sid, "reaction")
            return
        word = form.get("OptOutType") or text_rules.keyword(form.get("Body", ""))
        if word in ("STOP", "START", "HELP") and not int(form.get("NumMedia") or 0):
            await _obey(session, address, sid, word, answered="OptOutType" in form)
            await _done(session, sid, "keyword")
            return
    who = Principal(kind="visitor", id=address.visitor_id, visitor_id=address.visitor_id)
    file_ids, unopened = await _photos(site, who, sid, form, patient=patient)
    await race.before("text.accept")
    async with site.work(who) as session:
        await _accept(session, address, sid, form.get("Body", ""), file_ids, unopened)


async def _address(session: Session, channel: Channel, number: str, *, heard: bool) -> TextAddress:
    """The number with its visitor and its one conversation, made when there are none, however many texts come at once."""
    await locks.take(session, f"text:{channel}:{number}")
    new = insert(TextAddress).values(channel=channel, number=number, created_at=session.now(), carried_seq=0)
    await session.execute(new.on_conflict_do_nothing(index_elements=["channel", "number"]))
    address = await session.get_one(TextAddress, (channel, number), populate_existing=True)
    if address.visitor_id is None:
        visitor, _ = await visitors.open(session, None)
        conversation = await service.open_conversation(session, visitor.id)
        # The number itself is told by writing from it: nobody is asked for it again.
        conversation.contact = {**conversation.contact, "phone": number}
        address.visitor_id, address.conversation_id, address.carried_seq = visitor.id, conversation.id, 0
    if heard:
        address.heard_at = session.now()
    await session.flush()
    return address


async def _obey(session: Session, address: TextAddress, sid: str, word: str, *, answered: bool) -> None:
    """STOP, START and HELP: `answered` when the provider has said what is to be said."""
    if word != "HELP":
        address.opted_out_at = session.now() if word == "STOP" else None
        assert address.conversation_id is not None
        conversation = await queries.access_conversation(session, address.conversation_id, lock=True)
        line = words.CUSTOMER_STOPPED if word == "STOP" else words.CUSTOMER_STARTED
        # Not for the customer's telephone: the carrier leaves lines with such an id out.
        writing.append(session, conversation, author_kind="system", text=line, client_id=f"text-{sid}")
        await session.flush()
        await writing.announce(session, conversation)
    if not answered:
        await text_delivery.queue(
            session,
            channel="whatsapp" if address.channel == "whatsapp" else "sms",
            to=address.number,
            template=text_delivery.CONFIRMS,
            dedupe=f"{sid}:word",
            context={"word": word},
            conversation_id=address.conversation_id,
        )


async def _photos(site: Site, who: Principal, sid: str, form: dict[str, Any], *, patient: bool) -> tuple[list[str], int]:
    """What came with a text, checked and made anew as any upload, and how many files could not be taken."""
    kept, unopened, gateway = [], 0, text_gateway(site)
    for number in range(min(int(form.get("NumMedia") or 0), MOST_MEDIA)):
        # Only the id is believed: where files lie, the gateway knows.
        named = _MEDIA.fullmatch(form.get(f"MediaUrl{number}", ""))
        try:
            if named is None:
                raise Gone
            async with gateway.fetch_media(sid, named[1]) as chunks:
                file = await files.take_in(site, who, f"{sid}-{number}", chunks)
            kept.append(str(file.id))
        except Gone:
            unopened += 1
        except Unreachable:
            if patient:
                raise
            unopened += 1
        except Refusal as refusal:
            if refusal.status >= 500 and patient:
                raise  # no room or no scanner just now
            log.info("text_file_refused", sid=sid, code=refusal.code)
            unopened += 1
    return kept, unopened


async def _accept(session: Session, address: TextAddress, sid: str, body: str, file_ids: list[str], unopened: int) -> None:
    conversation_id = address.conversation_id
    assert conversation_id is not None
    taken = await _choice(session, conversation_id, sid, body, address.number) if body and not file_ids else None
    per_message = (await config.get(session, FilesConfig)).per_message
    bundles = [file_ids[at : at + per_message] for at in range(0, len(file_ids), per_message)]
    texts = _in_parts(body)
    if taken is not None:
        await service.accept(session, conversation_id, taken)
    else:
        for number in range(max(len(texts), len(bundles))):
            said = texts[number] if number < len(texts) else None
            pictures = bundles[number] if number < len(bundles) else None
            client_id = sid if number == 0 else f"{sid}-{number + 1}"
            await service.accept(session, conversation_id, Incoming(client_id=client_id, text=said, file_ids=pictures))
    if unopened:
        conversation = await queries.access_conversation(session, conversation_id, lock=True)
        await writing.say_line(session, conversation, words.unopened(unopened))
        await session.flush()
        await writing.announce(session, conversation)
    await _done(session, sid, "accepted" if taken or texts or file_ids else "empty")


async def _choice(session: Session, conversation_id: UUID, sid: str, body: str, number: str) -> Incoming | None:
    """The choice a typed number or title makes of what is open, the last offer first."""
    conversation = await queries.access_conversation(session, conversation_id, lock=True)
    if await queries.find_message(session, conversation_id, sid) is not None:
        return None
    for message in reversed(await writing.list_open(session, conversation)):
        item = rendering.chosen(shown_parts(session, message), body)
        if item is not None and item.get("type") == "form":
            return Incoming(client_id=sid, form=FilledForm(id=item["id"], values={rendering.phone_field(item): number}))
        if item is not None:
            return Incoming(client_id=sid, choice=item["id"])
    return None


def shown_parts(session: Session, message: Message) -> list[dict[str, Any]]:
    """A message's parts as its customer sees them."""
    return [dict(part) for part in queries.message_view(session, message).model_dump()["parts"]]


def _in_parts(body: str) -> list[str]:
    """A text as messages of ours; WhatsApp's may be longer than one."""
    parts = [body[at : at + TEXT_LIMIT] for at in range(0, len(body), TEXT_LIMIT)]
    found = []
    for part in parts:
        try:
            found.append(clean_text(part))
        except Refusal:
            continue  # nothing but blanks
    return found


async def _done(session: Session, sid: str, outcome: str) -> None:
    await session.execute(update(InboundText).where(InboundText.sid == sid).values(done_at=session.now(), outcome=outcome))
