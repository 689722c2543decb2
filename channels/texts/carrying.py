"""What was said in the conversation of a telephone number is queued to go there: by hint at once, by a sweep if hints were missed."""

import asyncio
import contextlib
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from backend.conversations import writing
from backend.conversations.models import Conversation, Message
from backend.core import logs
from backend.core.db import Session
from backend.core.site import Site
from backend.files import links
from backend.messaging import text_delivery, text_rules
from backend.messaging.addresses import Channel
from backend.messaging.gateway import Moot
from backend.messaging.models import OutboundMessage
from backend.messaging.text_gateway import Text
from backend.messaging.text_models import TextAddress
from channels import words
from channels.texts import reading, rendering

log = logs.get(__name__)
SAID = "conversation_message"
SWEEP = 1.0
AT_ONCE = 200
_BEHIND = (
    select(TextAddress.conversation_id)
    .join(Conversation, Conversation.id == TextAddress.conversation_id)
    .where(Conversation.seq > TextAddress.carried_seq)
    .limit(AT_ONCE)
)


class Carrier:
    """Looks after every conversation that a telephone number has; several processes may run one each."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: set[UUID] = set()
        self._look = asyncio.Event()
        self._sweeper: asyncio.Task[None] | None = None
        self._deaf = contextlib.ExitStack()

    def start(self) -> None:
        """Begin to listen and to sweep."""
        self._deaf.callback(self._site.hints.listen(writing.TOPIC, self._hear))
        self._site.hints.on_missed(self._look.set)
        self._sweeper = asyncio.create_task(self._sweep(), name="texts-sweep")

    async def stop(self) -> None:
        """Stop; what is left is carried by whoever starts next."""
        self._deaf.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)

    def _hear(self, hint: dict[str, Any]) -> None:
        # Most conversations are somewhere else: only those the sweep has met are worth a look at once.
        if "rev" in hint and UUID(hint["id"]) in self._known:
            self._look.set()

    async def _sweep(self) -> None:
        while True:
            try:
                await self.carry_all()
            except (SQLAlchemyError, OSError) as error:
                log.warning("texts_sweep_failed", error=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), SWEEP)
            self._look.clear()

    async def carry_all(self) -> None:
        """Queue all that was said and is not queued yet."""
        async with self._site.at_once() as session:
            behind = list(await session.scalars(_BEHIND))
        for conversation_id in behind:
            if conversation_id is not None:
                self._known.add(conversation_id)
                async with self._site.work() as session:
                    await carry(session, conversation_id)


async def carry(session: Session, conversation_id: UUID) -> None:
    """Queue what was said in a conversation since it was last looked at; of two who do at once, one finds nothing left."""
    held = select(TextAddress).where(TextAddress.conversation_id == conversation_id).with_for_update()
    address = await session.scalar(held.execution_options(populate_existing=True))
    if address is None:
        return
    said = select(Message).where(Message.conversation_id == conversation_id, Message.seq > address.carried_seq).order_by(Message.seq)
    for message in (await session.scalars(said)).all():
        address.carried_seq = message.seq
        if message.author_kind == "customer" or (message.client_id or "").startswith("text-"):
            continue
        channel: Channel = "whatsapp" if address.channel == "whatsapp" else "sms"
        for piece in range(len(_pieces(session, message, channel)[0])):
            await text_delivery.queue(
                session,
                channel=channel,
                to=address.number,
                template=SAID,
                dedupe=f"{message.id}:{piece}",
                context={"message_id": str(message.id), "piece": piece},
                conversation_id=conversation_id,
            )


@text_delivery.writes(SAID)
async def write_said(session: Session, row: OutboundMessage) -> Text | Moot:
    """One piece of a message of a conversation."""
    message = await session.get(Message, UUID(row.context["message_id"]))
    if message is None:
        return Moot("no_such_message")
    channel: Channel = "whatsapp" if row.channel == "whatsapp" else "sms"
    # Cut as it was when it was queued, also when it goes by SMS in the end.
    found, photos = _pieces(session, message, channel)
    number = row.context["piece"]
    if number >= len(found):
        return Moot("no_such_piece")
    last = number == len(found) - 1
    return Text(row.id, channel, row.to, found[number], media=tuple(photos) if last and channel == "whatsapp" else ())


@text_delivery.writes(text_delivery.CONFIRMS)
async def write_confirmation(session: Session, row: OutboundMessage) -> Text | Moot:
    """The answer to STOP, START or HELP."""
    said = {"STOP": words.TEXTS_STOPPED, "START": words.TEXTS_STARTED, "HELP": words.TEXTS_HELP}[row.context["word"]]
    return Text(row.id, "whatsapp" if row.channel == "whatsapp" else "sms", row.to, said)


def _pieces(session: Session, message: Message, channel: Channel) -> tuple[list[str], list[str]]:
    """The texts of a message, and its photos' addresses: WhatsApp shows them, by SMS they are links."""
    parts = reading.shown_parts(session, message)
    photos = [f"{session.settings.public_url}{part['url']}" for part in parts if part.get("type") == links.PART and part.get("url")]
    text = rendering.plain(message.text, parts)
    if channel == "sms" and photos:
        text = "\n".join([text, *photos])
    return text_rules.pieces(text, sms=channel == "sms"), photos
