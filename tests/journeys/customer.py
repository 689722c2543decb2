"""A customer at the chat as a script needs one: says something, waits for the whole answer, finds buttons by their words."""

import json
from typing import Any
from uuid import uuid4

from tests.backend.files.pictures import jpeg
from tests.people import Acked, Tab

#: The assistant answers or the hub says why not; both are due well before this.
PATIENCE = 25.0


class Customer:
    """One person at one page; words in, answers out."""

    def __init__(self, tab: Tab) -> None:
        self.tab = tab
        self.last: list[dict[str, Any]] = []

    @property
    def thread(self) -> list[dict[str, Any]]:
        """Everything said so far, in order."""
        return self.tab.fold.shown()

    async def say(self, *lines: str) -> list[dict[str, Any]]:
        """Write one or more messages in a row; returns the answer to the last."""
        for line in lines:
            acked = await self.tab.say(line)
        return await self._answer(acked)

    async def send_photos(self, count: int, caption: str | None = None) -> list[dict[str, Any]]:
        """Bring so many photos and send them, with words or without; returns the answer."""
        credential = {"Authorization": f"Bearer {self.tab.credential}"}
        ids = []
        for number in range(count):
            # Each at another site: what one keeps the others show.
            address = f"{self.tab.bases[number % len(self.tab.bases)]}/api/v1/files?client_id={uuid4()}"
            async with self.tab.http.post(address, data=jpeg(400 + number, 300), headers=credential) as response:
                assert response.status == 201, await response.text()
                ids.append((await response.json())["file_id"])
        body = {"client_id": str(uuid4()), "file_ids": ids}
        answer = await self._answer(await self.tab.send(body | ({"text": caption} if caption else {})))
        shown = next(message for message in self.thread if message["client_id"] == body["client_id"])
        for part in shown["parts"]:
            async with self.tab.http.get(self.tab.bases[-1] + part["thumbnail"]["url"]) as response:
                assert (response.status, response.content_type) == (200, "image/jpeg")
        assert [part["file_id"] for part in shown["parts"]] == ids
        return answer

    async def choose(self, title: str) -> list[dict[str, Any]]:
        """Press the newest open button that holds these words."""
        return await self._answer(await self.tab.choose(self.find("choices", title)))

    async def pick_slot(self, number: int) -> tuple[str, list[dict[str, Any]]]:
        """Pick the nth time offered (from 1); returns when it starts and the answer."""
        slot = self.open_part("slots")["slots"][number - 1]
        return slot["starts_at"], await self._answer(await self.tab.choose(slot["id"]))

    async def fill(self, values: dict[str, str]) -> list[dict[str, Any]]:
        """Fill the open form."""
        return await self._answer(await self.tab.fill(self.open_part("form")["id"], values))

    def find(self, kind: str, title: str) -> str:
        """Return the id of the newest open choice whose title holds these words."""
        for part in self._open(kind):
            for choice in part[kind]:
                if title.lower() in choice["title"].lower():
                    return str(choice["id"])
        raise AssertionError(f"no open button says {title!r}:\n{self.transcript()}")

    def open_part(self, kind: str) -> dict[str, Any]:
        """Return the newest open part of a kind."""
        for part in self._open(kind):
            return part
        raise AssertionError(f"no open {kind}:\n{self.transcript()}")

    def newest_part(self, kind: str) -> dict[str, Any] | None:
        """Return the newest part of a kind, open or not."""
        return next((part for message in reversed(self.thread) for part in message["parts"] if part["type"] == kind), None)

    def transcript(self) -> str:
        """The conversation as one would print it."""
        lines = []
        for message in self.thread:
            parts = ", ".join(part["type"] for part in message["parts"])
            lines.append(f"{message['author']['kind']:>10}: {message['text']}{f'  [{parts}]' if parts else ''}")
        return "\n".join(lines)

    def _open(self, kind: str) -> list[dict[str, Any]]:
        return [part for message in reversed(self.thread) for part in message["parts"] if part["type"] == kind and part.get("open", True)]

    async def _answer(self, acked: Acked) -> list[dict[str, Any]]:
        def heard(tab: Tab) -> bool:
            return (
                any(message["seq"] > acked.seq and message["author"]["kind"] != "customer" for message in tab.fold.shown())
                and not tab.fold.has_gap
            )

        assert await self.tab.until(heard, PATIENCE), f"no answer to {json.dumps(acked.text)}:\n{self.transcript()}"
        # A turn is stored whole but shown one message at a time: what the server has by now is the whole answer.
        await self.tab.catch_up()
        self.last = [message for message in self.thread if message["seq"] > acked.seq and message["author"]["kind"] != "customer"]
        return self.last
