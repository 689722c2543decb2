"""The hub's door: one POST, one turn; the words of the assistant, its new state, and an honest status when anything broke.

Nothing is kept between requests: the tracker is built from the state the hub hands over and given back the same way, so a turn that
failed, was too slow or lost its client leaves no trace.
"""

import asyncio
import gc
import hmac
import json
import logging
import re
import time
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.core.processor import MessageProcessor
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from bot import state
from bot.components.understanding import heard
from bot.decisions import Decisions
from bot.endpoint import ActionServer
from bot.graph import Straight
from bot.turn import Turn, current

log = logging.getLogger(__name__)
BODY_LIMIT = 512 * 1024
TEXT_LIMIT = 4000
TURN_LIMIT = 7.5
HEARD = 20  # messages to a person, the last ones, that are read once more
PAYLOAD = re.compile(r"^/([a-z][a-z0-9_]{0,63})(\{.*\})?$", re.DOTALL)


class Malformed(ValueError):
    """The request is not what the hub and this channel agreed on; the message names the field."""


class TurnFailed(RuntimeError):
    """A step of the turn failed, though Rasa only logged it."""


class Faults(logging.Handler):
    """Rasa swallows failing actions, lost trackers and endless loops and only logs them; this hears them for the turn in hand."""

    WATCHED = {
        "rasa.core.processor": logging.WARNING,
        "rasa.core.actions.action": logging.ERROR,
        "rasa.core.nlg.response": logging.ERROR,
        "rasa.core.policies.ensemble": logging.ERROR,
    }

    def emit(self, record: logging.LogRecord) -> None:
        turn = current.get()
        if turn is not None and record.levelno >= self.WATCHED.get(record.name, logging.ERROR):
            cause = record.exc_info[1] if record.exc_info else None
            turn.faults.append(f"{record.getMessage()[:200]} {cause!r}" if cause else record.getMessage()[:200])
            if isinstance(cause, RasaException):  # an action's own server tells the whole story
                record.exc_info = None

    @classmethod
    def listen(cls) -> None:
        handler = cls()
        for name in cls.WATCHED:
            logger = logging.getLogger(name)
            if not any(isinstance(known, cls) for known in logger.handlers):
                logger.addHandler(handler)


class Replies(OutputChannel):
    """Collects what the assistant says; each response stays one message with its parts."""

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.asks: list[dict[str, Any]] = []

    @classmethod
    def name(cls) -> str:
        return "hub"

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        custom = message.get("custom") or {}
        self.asks.extend(custom.get("asks", []))
        parts = list(custom.get("parts", []))
        if message.get("buttons"):
            choices = [{"title": button["title"], "payload": button["payload"]} for button in message["buttons"]]
            parts.append({"type": "choices", "choices": choices})
        text = (message.get("text") or "").strip()
        if text or parts:
            self.messages.append({"text": text, "parts": parts})


def read(body: Any) -> tuple[Turn, str, bool, dict[str, Any] | None]:
    """The turn, its text, whether the text is a payload, and the state; Malformed names what is wrong."""
    if not isinstance(body, dict):
        raise Malformed("body")
    for name in ("conversation", "turn", "text", "token", "backend", "now", "zone"):
        if not isinstance(body.get(name), str) or not body[name]:
            raise Malformed(name)
    if not isinstance(body.get("payload", False), bool):
        raise Malformed("payload")
    if not isinstance(body.get("state"), (dict, type(None))):
        raise Malformed("state")
    if not isinstance(body.get("context"), (dict, type(None))):
        raise Malformed("context")
    if len(body["text"]) > TEXT_LIMIT and not body.get("payload"):
        raise Malformed("text")
    try:
        now = datetime.fromisoformat(body["now"].replace("Z", "+00:00"))
        now = now.astimezone(ZoneInfo(body["zone"])) if now.tzinfo else None
    except (ValueError, KeyError, OSError):
        now = None
    if now is None:
        raise Malformed("now or zone")
    turn = Turn(body["turn"], body["conversation"], body["token"], body["backend"], now, body["zone"], body.get("context") or {})
    turn.asked, turn.device = state.spoken_of(body.get("state"))
    return turn, body["text"], bool(body.get("payload")), body.get("state")


def parsed(payload: str, intents: list[str]) -> dict[str, Any]:
    """What a choice of ours means: its intent and entities, exactly as we wrote them into it."""
    match = PAYLOAD.match(payload)
    if not match or match.group(1) not in intents:
        raise Malformed("payload")
    try:
        entities = json.loads(match.group(2) or "{}")
    except ValueError:
        raise Malformed("payload") from None
    found = [{"entity": name, "value": value, "extractor": "payload"} for name, value in entities.items() if value is not None]
    return {"text": payload, "intent": {"name": match.group(1), "confidence": 1.0}, "entities": found, "intent_ranking": []}


def written_meanwhile(context: dict[str, Any]) -> list[str]:
    """What the customer wrote to a person who has just handed the conversation back: text to learn from, never to act on."""
    texts = (context.get("handed_back") or {}).pop("heard", None) or []
    return [customer_text(text) for text in texts if isinstance(text, str) and len(text) <= TEXT_LIMIT][-HEARD:]


def customer_text(text: str) -> str:
    """A customer's words, never an intent: leading slashes are taken off; what is empty without them is a question mark."""
    return text.lstrip("/ \t\r\n").strip() or "?"


async def take_turn(
    processor: MessageProcessor, tracker: DialogueStateTracker, message: UserMessage, turn: Turn, ms: dict[str, float]
) -> Any:
    """The steps of Rasa's own `handle_message`, one by one; returns what was understood. Raises TurnFailed if any step failed quietly."""
    started = time.perf_counter()

    def lap(name: str) -> None:
        ms[name] = round((time.perf_counter() - started) * 1000 - sum(ms.values()), 2)

    await processor._update_tracker_session(tracker, message.output_channel)
    await processor._handle_message_with_tracker(message, tracker)
    seen = tracker.latest_message
    lap("understand")
    await processor.run_action_extract_slots(message.output_channel, tracker)
    lap("slots")
    await processor._run_prediction_loop(message.output_channel, tracker)
    lap("decide")
    if turn.faults:
        raise TurnFailed("; ".join(turn.faults))
    return seen


class HubInput(InputChannel):
    """`/webhooks/hub/turn` and `/webhooks/hub/health`."""

    def __init__(self, secret: str) -> None:
        if len(secret or "") < 16 or "$" in secret:
            raise ValueError("The hub channel needs a secret of 16 characters or more, without `$`: set HUB_SECRET.")
        self.secret = secret
        Faults.listen()

    @classmethod
    def name(cls) -> str:
        return "hub"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "HubInput":
        return cls(str((credentials or {}).get("secret") or ""))

    def blueprint(self, on_new_message: Any) -> Blueprint:
        """The routes; `on_new_message` is Rasa's own way in and is not used."""
        hub = Blueprint("hub")

        @hub.get("/health")
        async def health(request: Request) -> HTTPResponse:
            ready = await ready_agent(request) is not None
            return response.json({"ready": ready}, 200 if ready else 503)

        @hub.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            given = request.headers.get("x-hub-secret", "")
            if not hmac.compare_digest(given.encode(), self.secret.encode()):
                return response.json({"error": "forbidden"}, 403)
            if len(request.body) > BODY_LIMIT:
                return response.json({"error": "too_large"}, 413)
            agent = await ready_agent(request)
            if agent is None:
                return response.json({"error": "not_ready"}, 503)
            return await answer(agent, request.body)

        return hub


async def ready_agent(request: Request) -> Agent | None:
    """The loaded agent with our way to the action server and its models warm, or None while it is not ready."""
    agent = getattr(request.app.ctx, "agent", None)
    if agent is None or not agent.is_ready() or agent.processor is None:
        return None
    processor = agent.processor
    if processor.action_endpoint is not None and not isinstance(processor.action_endpoint, ActionServer):
        processor.action_endpoint = ActionServer(processor.action_endpoint.url)
        processor.graph_runner = Straight(processor.graph_runner)
        processor._predict_next_with_tracker = Decisions(processor)
        await warm(agent)
    return agent


async def warm(agent: Agent) -> None:
    """Take one turn for nobody: it loads the language models and opens the connections that a customer would wait for."""
    zone = ZoneInfo("Europe/London")
    turn = Turn("warm", "warm", "none", "http://127.0.0.1:9", datetime.now(zone), "Europe/London")
    current.set(turn)
    try:
        tracker = state.restore("warm", None, agent.domain)
        await take_turn(agent.processor, tracker, UserMessage("hello", Replies(), "warm", input_channel="hub"), turn, {})
    except TurnFailed as error:
        log.info("not_warm: %s", error)  # the action server may still be starting; that is its own readiness
    finally:
        current.set(None)
    # What is loaded by now stays: looking through it for rubbish would hold up turns for a tenth of a second.
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 1000)


async def answer(agent: Agent, body: bytes) -> HTTPResponse:
    """One turn from the raw body to the response."""
    processor, replies, ms = agent.processor, Replies(), {}
    try:
        turn, text, payload, kept = read(json.loads(body))
        data = parsed(text, agent.domain.intents) if payload else None
    except Malformed as error:
        return response.json({"error": "malformed", "field": str(error)}, 400)
    except ValueError:
        return response.json({"error": "malformed", "field": "body"}, 400)
    current.set(turn)
    try:
        turn.context["heard"] = heard(written_meanwhile(turn.context), turn)
        tracker = state.restore(turn.conversation, kept, agent.domain)
        message = UserMessage(
            text if payload else customer_text(text), replies, turn.conversation, input_channel="hub", message_id=turn.id, parse_data=data
        )
        seen = await asyncio.wait_for(take_turn(processor, tracker, message, turn, ms), TURN_LIMIT)
        if not replies.messages and not quiet(replies):
            raise TurnFailed("the assistant said nothing")
        thank_for_photos(replies, turn, agent.domain)
        fresh = state.carry(tracker)
    except asyncio.TimeoutError:
        log.warning("turn_too_slow", extra={"conversation": turn.conversation, "ms": ms})
        return response.json({"error": "too_slow", "ms": ms}, 504)
    except TurnFailed as error:  # the log of what failed says why
        log.warning("turn_failed conversation=%s %s", turn.conversation, error)
        return response.json({"error": "turn_failed", "faults": turn.faults}, 500)
    except Exception:  # whatever broke inside Rasa or a component, the hub must hear of it rather than get silence
        log.exception("turn_failed", extra={"conversation": turn.conversation})
        return response.json({"error": "turn_failed", "faults": turn.faults}, 500)
    entities = {entity["entity"]: entity["value"] for entity in seen.entities}
    asks = [ask for ask in replies.asks if ask.get("type") != "quiet"]
    return response.json(
        {
            "messages": replies.messages,
            "state": fresh,
            "asks": asks,
            "intent": seen.intent.get("name"),
            "confidence": seen.intent.get("confidence"),
            "entities": entities,
            "ms": ms,
        }
    )


def thank_for_photos(replies: Replies, turn: Turn, domain: Domain) -> None:
    """Put a word about the photos a turn came with before the message that leads on, so that it stays one message."""
    count = turn.context.get("photos")
    if not isinstance(count, int) or count < 1 or not replies.messages:
        return
    thanks = domain.responses["utter_photos_thanks" if count == 1 else "utter_photos_thanks_many"][0]["text"].format(count=count)
    last = replies.messages[-1]
    last["text"] = f"{thanks}\n{last['text']}".strip()


def quiet(replies: Replies) -> bool:
    """Whether an action said on purpose that there is nothing to say: a person has taken the conversation."""
    return any(ask.get("type") == "quiet" for ask in replies.asks)
