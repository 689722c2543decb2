"""What a customer picks: only what was offered in this conversation, and only while it is open."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from backend.conversations import forms
from backend.conversations.errors import ChoiceClosed, ChoiceUnknown, FormClosed, FormUnknown
from backend.conversations.models import Conversation, Message
from backend.core.db import Session

#: What a form may teach us about the customer; the names are the form's field names.
CONTACT_FIELDS = ("name", "email", "phone")


async def chosen(session: Session, conversation: Conversation, open_ones: Sequence[Message], offer_id: str) -> dict[str, Any]:
    """The offer behind a choice, looked for among the open messages first; raises ChoiceUnknown and ChoiceClosed."""
    offer, is_open = await _offered(session, conversation, open_ones, offer_id)
    if offer is None or "fields" in offer:
        raise ChoiceUnknown
    if not is_open:
        raise ChoiceClosed
    return offer


async def filled(
    session: Session, conversation: Conversation, open_ones: Sequence[Message], offer_id: str, values: dict[str, str]
) -> tuple[dict[str, Any], str]:
    """The offer behind a filled-in form with its checked values, and the form in words; raises FormUnknown, FormClosed and FormInvalid."""
    offer, is_open = await _offered(session, conversation, open_ones, offer_id)
    if offer is None or "fields" not in offer:
        raise FormUnknown
    if not is_open:
        raise FormClosed
    kept = forms.checked(offer["fields"], values)
    known = {name: kept[name] for name in CONTACT_FIELDS if name in kept}
    if known:
        conversation.contact = conversation.contact | known
    labels = {field["name"]: field["label"] for field in offer["fields"]}
    text = "\n".join(f"{labels[name]}: {value}" for name, value in kept.items())
    return {**offer, "values": kept}, text or offer["title"]


async def _offered(
    session: Session, conversation: Conversation, open_ones: Sequence[Message], offer_id: str
) -> tuple[dict[str, Any] | None, bool]:
    for message in open_ones:
        if message.offers and offer_id in message.offers:
            return message.offers[offer_id], True
    where = (Message.conversation_id == conversation.id, Message.offers.has_key(offer_id))
    found = await session.scalar(select(Message.offers).where(*where).limit(1))
    return (found[offer_id], False) if found else (None, False)
