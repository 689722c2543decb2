"""What a customer who waits for a person hears from us: once when the waiting begins, and now and then when they go on writing."""

from typing import Any

from backend.conversations import desk, queries, rendering, rules, words, writing
from backend.conversations.desk import Desk
from backend.conversations.models import Conversation, Message
from backend.conversations.replies import Reply
from backend.core.db import Session


def begun(place: int, at: Desk, contact: dict[str, Any], *, after_failures: bool = False) -> Reply:
    """Where the customer stands, the way back to the assistant, and while nobody is there a form to leave a number."""
    return with_ways(words.waiting(place, opens=at.opens, away=at.away, after_failures=after_failures), at, contact)


def number_kept(phone: str, at: Desk) -> Reply:
    """The thanks for a number, with the way back to the assistant."""
    return rendering.own(words.number_kept(phone, opens=at.opens), [carry_on()])


def number_form(contact: dict[str, Any]) -> dict[str, Any]:
    """The form in which a customer leaves a number to be rung on."""
    name = {"name": "name", "label": words.NAME_FIELD, "type": "text", "required": False, "autocomplete": "name"}
    phone = {"name": "phone", "label": words.PHONE_FIELD, "type": "tel", "required": True, "autocomplete": "tel"}
    fields = [{**field, "value": contact[field["name"]]} if field["name"] in contact else field for field in (name, phone)]
    return {"type": "form", "fields": fields, "submit": words.SEND_NUMBER, "payload": {"do": "call_back"}}


def carry_on() -> dict[str, Any]:
    """The choice to go back to the assistant."""
    return {"type": "choices", "choices": [{"title": words.CARRY_ON, "payload": {"do": "never_mind"}}]}


async def acknowledge(session: Session, conversation: Conversation, message: Message) -> None:
    """Answer what a waiting customer wrote with one true sentence, unless they have just heard one."""
    handoff = conversation.handoff or {}
    leaves = rules.may_take_back(message.text)
    if not rules.acknowledges(handoff.get("acknowledged"), message.seq, session.now(), leaves=leaves):
        return
    at = await desk.look(session)
    phone = handoff.get("call_back")
    if leaves:
        form = [number_form(conversation.contact)] if not at.there and not phone else []
        reply = rendering.own(words.STAY_OR_GO, [carry_on(), *form])
    elif phone:
        reply = rendering.own(words.still_ringing(phone, opens=at.opens), [carry_on()])
    else:
        place = await queries.place_in_queue(session, conversation)
        reply = with_ways(words.still_waiting(place, opens=at.opens, away=at.away), at, conversation.contact)
    await writing.say(session, conversation, reply)
    told = {"seq": conversation.seq, "at": session.now().isoformat(), "leaves": leaves}
    conversation.handoff = {**handoff, "acknowledged": told}


def with_ways(text: str, at: Desk, contact: dict[str, Any]) -> Reply:
    """A sentence of ours with the way back to the assistant, and while nobody is there a form to leave a number."""
    return rendering.own(text, [carry_on()] if at.there else [number_form(contact), carry_on()])
