"""The actions' client: token, keys, refusals by code, and no pretending when the backend is away."""

import asyncio
from datetime import datetime, timezone

import pytest
from aiohttp import web

from bot.actions import backend
from bot.actions.backend import Backend, Refused, Unreachable
from bot.turn import Turn


def asked(app, question):
    """Run one question against a small site of its own."""

    async def run():
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        port = runner.addresses[0][1]
        turn = Turn("turn-1", "c", "the-token", f"http://127.0.0.1:{port}", datetime.now(timezone.utc), "Europe/London")
        try:
            return await question(Backend(turn, "action_continue"))
        finally:
            await runner.cleanup()

    return asyncio.run(run())


def answering(status, body, seen=None):
    async def handle(request):
        if seen is not None:
            seen.append((request.method, request.path, dict(request.headers)))
        return web.json_response(body, status=status)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", handle)
    return app


def test_deeds_carry_the_token_and_numbered_keys():
    seen = []

    async def two(client):
        await client.hold("q", "2026-11-23T09:00:00+00:00")
        await client.cancel("RT-7F3K2")

    asked(answering(200, {}, seen), two)
    assert [headers["Idempotency-Key"] for _, _, headers in seen] == ["turn-1:action_continue:1", "turn-1:action_continue:2"]
    assert all(headers["Authorization"] == "Bearer the-token" for _, _, headers in seen)


def test_a_question_carries_no_key():
    seen = []
    asked(answering(200, {"items": []}, seen), lambda client: client.bookings())
    assert "Idempotency-Key" not in seen[0][2]


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (409, "slot_taken"),
        (410, "quote_expired"),
        (422, "no_price"),
        (404, "reference_unknown"),
        (409, "conversation_taken"),
        (429, "too_many"),
    ],
)
def test_a_refusal_is_known_by_its_code(status, code):
    with pytest.raises(Refused) as refused:
        asked(answering(status, {"code": code, "status": status}), lambda client: client.quote("iphone", ["screen_cracked"]))
    assert (refused.value.code, refused.value.status) == (code, status)


@pytest.mark.parametrize(
    ("status", "body"), [(500, {"code": "internal"}), (503, {"code": "busy"}), (404, {"no": "code"}), (200, ["a list"]), (400, "text")]
)
def test_what_is_no_answer_is_no_answer(status, body):
    with pytest.raises(Unreachable):
        asked(answering(status, body), lambda client: client.shop())


def test_a_slow_backend_is_given_up(monkeypatch):
    async def sleep(request):
        await asyncio.sleep(5)

    app = web.Application()
    app.router.add_get("/api/v1/shop", sleep)
    monkeypatch.setattr(backend, "LIMIT", 0.2)
    with pytest.raises(Unreachable):
        asked(app, lambda client: client.shop())
