"""A tiny assistant behind the hub's door, that does what a test tells it."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

Behaviour = Callable[[dict[str, Any]], Awaitable[web.StreamResponse]]


def says(*texts: str, parts: list[dict[str, Any]] | None = None, state: dict[str, Any] | None = None, asks: Any = ()) -> web.Response:
    """A good answer."""
    messages = [{"text": text, "parts": (parts or []) if number == 0 else []} for number, text in enumerate(texts)]
    return web.json_response({"messages": messages, "state": state or {"version": 1}, "asks": list(asks), "intent": "x", "confidence": 1.0})


async def echo(turn: dict[str, Any]) -> web.Response:
    return says(f"You said: {turn['text']}", state={"version": 1, "heard": (turn["state"] or {}).get("heard", 0) + 1})


class FakeAssistant:
    """Listens on a free port; `turns` holds what it was asked, `behaviour` how it answers."""

    def __init__(self) -> None:
        self.behaviour: Behaviour = echo
        self.turns: list[dict[str, Any]] = []
        self.secrets: set[str | None] = set()
        self.url = ""
        self._runner: web.AppRunner | None = None
        self._port = 0

    async def start(self) -> None:
        app = web.Application(client_max_size=2**22)
        app.router.add_post("/webhooks/hub/turn", self._turn)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        if self._runner:
            await self._runner.cleanup()
            self._runner = None

    async def _turn(self, request: web.Request) -> web.StreamResponse:
        turn = json.loads(await request.read())
        self.turns.append(turn)
        self.secrets.add(request.headers.get("x-hub-secret"))
        return await self.behaviour(turn)


def after(seconds: float, then: Behaviour = echo) -> Behaviour:
    """Answer so late."""

    async def slow(turn: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return await then(turn)

    return slow


def raw(body: bytes, status: int = 200) -> Behaviour:
    """Answer with exactly these bytes."""

    async def answer(turn: dict[str, Any]) -> web.StreamResponse:
        return web.Response(body=body, status=status, content_type="application/json")

    return answer
