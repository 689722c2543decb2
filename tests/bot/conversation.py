"""A customer at the hub's door of the assistant: says, chooses, fills in, and carries the state as the hub does."""

import json
import time
from typing import Any

import requests

SECRET = "test-secret-0123456789"


class Conversation:
    """One conversation; `said` is what the assistant answered to the last turn."""

    def __init__(self, url: str, backend: str, now: str = "2026-11-22T12:00:00+00:00") -> None:
        self.url, self.backend, self.now = url, backend, now
        self.state: dict[str, Any] | None = None
        self.turns = 0
        self.last: dict[str, Any] = {}
        self.took = 0.0
        self.customer: dict[str, str] = {}

    def post(self, text: str, payload: bool = False, secret: str = SECRET, **changes: Any) -> requests.Response:
        self.turns += 1
        body = {
            "conversation": "c-1",
            "turn": f"t-{self.turns}",
            "text": text,
            "payload": payload,
            "state": self.state,
            "token": "turn-token",
            "backend": self.backend,
            "now": self.now,
            "zone": "Europe/London",
            "context": {"customer": self.customer},
            **changes,
        }
        started = time.perf_counter()
        answer = requests.post(f"{self.url}/webhooks/hub/turn", data=json.dumps(body), headers={"x-hub-secret": secret}, timeout=20)
        self.took = time.perf_counter() - started
        return answer

    def say(self, text: str, payload: bool = False) -> str:
        """The words of the answer; fails on anything but an answer."""
        answer = self.post(text, payload)
        assert answer.status_code == 200, answer.text
        self.last = answer.json()
        self.state = self.last["state"]
        return self.said

    @property
    def said(self) -> str:
        return "\n".join(message["text"] for message in self.last["messages"])

    def parts(self, kind: str) -> list[dict[str, Any]]:
        return [part for message in self.last["messages"] for part in message["parts"] if part["type"] == kind]

    def offers(self) -> list[dict[str, Any]]:
        found = [choice for part in self.parts("choices") for choice in part["choices"]]
        for part in self.parts("slots"):
            found += part["slots"] + [part["more"]]
        return found

    def choose(self, title: str) -> str:
        """Take the offer whose title begins so."""
        offer = next((o for o in self.offers() if o["title"].startswith(title)), None)
        assert offer, f"{title!r} is not offered: {[o['title'] for o in self.offers()]}"
        return self.say(offer["payload"], payload=True)

    def fill(self, **values: str) -> str:
        form = self.parts("form")[-1]
        assert set(values) <= {field["name"] for field in form["fields"]}
        return self.say(form["payload"] + json.dumps(values), payload=True)
