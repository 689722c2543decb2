"""What a turn comes to: the assistant's answer, something the hub does itself, or the truth that it did not work."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from backend.capacity import hours
from backend.conversations import desk, rendering, routing, rules, turns, waiting
from backend.conversations.desk import Desk
from backend.conversations.replies import Handoff, Lease, Outcome, Reply
from backend.conversations.words import REASONS
from backend.core import logs
from backend.core.site import Site
from channels import words
from channels.assistant import Assistant, AssistantFailed, Said
from channels.questions import as_asked

log = logs.get(__name__)
#: The true message must stand when the limit is over, so the request ends a little before.
SHARE_OF_LIMIT = 0.96


class Answers:
    """Finds the outcome of turns; never raises for what an assistant can do wrong."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._assistant = Assistant(site)

    async def to(self, lease: Lease) -> Outcome:
        """The outcome of a turn, in time for its limit."""
        again = {"turn": str(lease.turn_id), "after": lease.after, "upto": lease.upto}
        async with self._site.at_once() as session:
            shop = await hours.shop(session)
        try:
            wish = (lease.questions[0].taken or {}).get("hub", {})
            match wish.get("do"):
                case "person":
                    return Outcome(handoff=_handoff(lease, await self._desk(), "customer_asked"))
                case "number":
                    return Outcome(replies=(rendering.own(words.ASK_NUMBER, [waiting.number_form(lease.contact)]),))
                case "call_back":
                    return Outcome(handoff=_call_back(lease, await self._desk()))
                case "retry":
                    again = {name: wish[name] for name in ("turn", "after", "upto")}
                    async with self._site.at_once() as session:
                        questions = await turns.questions_between(session, lease.conversation_id, wish["after"], wish["upto"])
                case _:
                    questions = lease.questions
            if lease.tries > rules.TRIES:
                raise AssistantFailed("worker_lost")
            asked = as_asked(questions)
            within = self._site.settings.turn_timeout * SHARE_OF_LIMIT
            said = await self._assistant.ask(lease, asked, zone=shop.zone, within=within)
            return await self._outcome(lease, said)
        except (AssistantFailed, rendering.Unusable) as failure:
            return await self._failed(lease, again, str(failure))
        except SQLAlchemyError:
            raise  # without the database nothing can be stored, the truth neither
        except Exception:
            # A fault of ours is no reason to leave a customer without an answer.
            log.exception("turn_broke", conversation_id=str(lease.conversation_id))
            return await self._failed(lease, again, "internal")

    async def _failed(self, lease: Lease, again: dict[str, Any], reason: str) -> Outcome:
        log.warning("turn_failed", conversation_id=str(lease.conversation_id), turn_id=str(lease.turn_id), reason=reason)
        if (lease.questions[0].taken or {}).get("wake"):
            return Outcome(failed=True)  # the customer has not asked anything
        if lease.failures + 1 >= rules.FAILURES_TO_WAITING:
            return Outcome(failed=True, handoff=_handoff(lease, await self._desk(), "assistant_failing", after_failures=True))
        choices = [
            {"title": words.TRY_AGAIN, "payload": {"do": "retry", **again}},
            {"title": words.A_PERSON, "payload": {"do": "person"}},
            {"title": words.LEAVE_NUMBER, "payload": {"do": "number"}},
        ]
        text = words.TOO_SLOW if reason == "too_slow" else words.FAILED
        return Outcome(replies=(rendering.own(text, [{"type": "choices", "choices": choices}]),), failed=True)

    async def _outcome(self, lease: Lease, said: Said) -> Outcome:
        replies = tuple(rendering.render(message.text, message.parts) for message in said.messages)
        wish = said.handoff
        if wish is not None:
            handoff = _handoff(lease, await self._desk(), wish.reason, **(wish.model_extra or {}))
        elif reason := _wants_person(lease):
            handoff = _handoff(lease, await self._desk(), reason)
        else:
            handoff = None
        return Outcome(replies=replies, state=said.state, handoff=handoff)

    async def _desk(self) -> Desk:
        async with self._site.at_once() as session:
            return await desk.look(session)


def _wants_person(lease: Lease) -> str | None:
    """Why a person is to answer although the assistant did not ask for one."""
    return "anger" if lease.questions[0].taken is None and routing.is_angry(_summary(lease)) else None


def _handoff(lease: Lease, at: Desk, reason: str, *, after_failures: bool = False, **details: Any) -> Handoff:
    def acknowledge(place: int) -> Reply:
        return waiting.begun(place, at, lease.contact, after_failures=after_failures)

    return _wish(lease, at, reason, acknowledge, details)


def _call_back(lease: Lease, at: Desk) -> Handoff:
    phone = (lease.questions[0].taken or {})["values"]["phone"]

    def acknowledge(place: int) -> Reply:
        return waiting.number_kept(phone, at)

    return _wish(lease, at, "call_back", acknowledge, {"call_back": phone})


def _wish(lease: Lease, at: Desk, reason: str, acknowledge: Callable[[int], Reply], details: dict[str, Any]) -> Handoff:
    said = _summary(lease)
    way = routing.route(reason, said=said, faults=_texts(details.get("faults")), kind=details.get("category"))
    known = {"summary": said, "why": REASONS.get(reason), "contact": lease.contact, "shop_open": at.opening is None}
    return Handoff(reason, {**known, **details}, acknowledge, priority=way.priority, skill=way.skill)


def _texts(value: Any) -> list[str]:
    return [one for one in value if isinstance(one, str)] if isinstance(value, list) else []


def _summary(lease: Lease) -> str:
    return "\n".join(question.text for question in lease.questions)[:500]
