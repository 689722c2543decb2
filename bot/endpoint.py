"""The way to the action server: one kept connection, and no more in a call than an action reads."""

import asyncio
import json
from typing import Any

import aiohttp
from jsonschema.exceptions import ValidationError
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from bot.turn import current

LIMIT = 7.0  # seconds for one action, inside the turn's 7.5


class ActionServer(EndpointConfig):
    """Rasa's own endpoint opens a connection a call and sends domain and history; that was most of what an action cost."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self._kept: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def _session(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._kept is None or self._kept.closed or self._loop is not loop:
            connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=30)
            self._kept, self._loop = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=LIMIT)), loop
        return self._kept

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run one action; raises ClientResponseError for any answer but 200."""
        call = kwargs["json"]
        tracker, turn = call["tracker"], current.get()
        lean = {name: tracker.get(name) for name in ("sender_id", "slots", "latest_message", "latest_action_name", "active_loop", "paused")}
        lean["latest_message"] = {name: (lean["latest_message"] or {}).get(name) for name in ("intent", "entities", "text")}
        body = {
            "next_action": call["next_action"],
            "sender_id": call["sender_id"],
            "tracker": {**lean, "events": []},
            "turn": turn.as_json() if turn else None,
        }
        async with self._session().post(self.url, json=body) as answer:
            text = await answer.text()
            if answer.status != 200:
                raise ClientResponseError(answer.status, answer.reason, text)
            return json.loads(text)


# Rasa checks an action's answer by a JSON schema that it first checks itself, every time: half of what a turn cost.
def _validate_action_result(self: RemoteAction, result: Any) -> bool:
    """Raise jsonschema's ValidationError unless an action's answer is of the agreed shape: lists of named events and of responses."""
    if not isinstance(result, dict):
        raise ValidationError("an answer is an object")
    events, said = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not all(isinstance(event, dict) and isinstance(event.get("event"), str) for event in events):
        raise ValidationError("events are objects with a name")
    if not isinstance(said, list) or not all(isinstance(response, dict) for response in said):
        raise ValidationError("responses are objects")
    return True


RemoteAction._validate_action_result = _validate_action_result  # type: ignore[method-assign]
