"""One action's view of the conversation: what was said, what is known, what is to be said; and the base of all actions."""

import copy
from collections.abc import Awaitable, Callable
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from bot.actions import reading
from bot.actions.backend import Backend, Refused
from bot.turn import Turn, current

#: Who reads a message first while one of their questions is open, by the kind of task; False gives it to the action after all.
READERS: dict[str, Callable[["Talk"], Awaitable[bool]]] = {}
MEMORY = ("case", "task", "misses", "introduced", "orders")


class Talk:
    """The said, the known and the answer of one action. `case` is the booking being made, `task` anything else that waits for an answer."""

    def __init__(self, dispatcher: CollectingDispatcher, tracker: Tracker, turn: Turn, action: str) -> None:
        self._dispatcher, self.turn = dispatcher, turn
        latest = tracker.latest_message or {}
        self.text: str = latest.get("text") or ""
        self.intent: str = (latest.get("intent") or {}).get("name") or ""
        self.entities: dict[str, Any] = {e["entity"]: e["value"] for e in latest.get("entities") or []}
        self.chosen = any(e.get("extractor") == "payload" for e in latest.get("entities") or []) or self.text.startswith("/")
        self._before = {name: tracker.slots.get(name) for name in MEMORY}
        self.case: dict[str, Any] = copy.deepcopy(self._before["case"] or {})
        self.task: dict[str, Any] = copy.deepcopy(self._before["task"] or {})
        self.misses: int = int(self._before["misses"] or 0)
        self.introduced: bool = bool(self._before["introduced"])
        self.orders: list[str] = list(self._before["orders"] or [])
        #: Whether somebody who comes back was greeted with where we stood.
        self.welcomed = False
        self.backend = Backend(turn, action)

    def say(self, response: str, parts: list[dict[str, Any]] | None = None, **values: Any) -> None:
        """Say a named response of domain.yml, with parts beside its text."""
        more: dict[str, Any] = {"json_message": {"parts": parts}} if parts else {}
        self._dispatcher.utter_message(response=response, **more, **values)

    def ask(self, kind: str, **details: Any) -> None:
        """Tell the hub what the assistant wants of it."""
        self._dispatcher.utter_message(json_message={"asks": [{"type": kind, **details}]})

    @property
    def silent(self) -> bool:
        return not self._dispatcher.messages

    def events(self) -> list[dict[str, Any]]:
        """The changed memory as slot events."""
        now = {
            "case": self.case or None,
            "task": self.task or None,
            "misses": self.misses,
            "introduced": self.introduced,
            "orders": self.orders,
        }
        return [SlotSet(name, now[name]) for name in MEMORY if now[name] != self._before[name]]


class Deed(Action):
    """An action of ours: subclasses name themselves and say what they do in `act`."""

    called = ""
    #: Whether an open question may have the message first; what only follows another answer has nothing to read.
    listens = True

    def name(self) -> str:
        return self.called

    async def act(self, talk: Talk) -> None:
        raise NotImplementedError

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        """Do it; a conversation that a person took over in the meantime ends the action quietly."""
        from bot.actions import returning  # which talks

        turn = current.get()
        if turn is None:
            raise RuntimeError("an action was called without its turn")
        talk = Talk(dispatcher, tracker, turn, self.called)
        reading.remember(talk, turn.context.get("heard") or [])
        returning.welcome(talk)
        try:
            reader = READERS.get(talk.task.get("kind", "")) if self.listens and not talk.entities.get("reason") else None
            if reader is not None and await reader(talk):
                talk.misses, talk.introduced = 0, True
            else:
                await self.act(talk)
        except Refused as refused:
            if refused.code != "conversation_taken":
                raise
            dispatcher.messages.clear()
            talk.ask("quiet")
            return []
        returning.note(talk)
        return talk.events()
