"""What a reference alone and what a link shows, live."""

import asyncio
from typing import Any

import aiohttp

from backend.core.site import Site
from backend.repairs import live, routes
from tests.conftest import Client, eventually


async def test_a_reference_is_read_as_people_write_it(visitor: Client, client: Client, book: Any) -> None:
    booked = await book(visitor)
    bare = booked["reference"][3:]
    for typed in (booked["reference"], booked["reference"].lower(), f" rt {bare} ", f"RT{bare}", f"#{bare}"):
        status = await client.json("GET", "/api/v1/repairs/status", params={"reference": typed})
        assert status["reference"] == booked["reference"]
    for typed in ("RT-22222", "", "🙂", "RT-", "x" * 40):
        refused = await client.json("GET", "/api/v1/repairs/status", status=404, params={"reference": typed})
        assert refused["code"] == "reference_unknown"


async def test_guessing_references_ends_soon(visitor: Client, client: Client, book: Any) -> None:
    answers = []
    for number in range(routes.LOOKS + 2):
        async with client.get("/api/v1/repairs/status", params={"reference": f"RT-{number:05}"}) as response:
            answers.append(response.status)
    assert answers == [404] * routes.LOOKS + [429] * 2
    # One guesser does not lock a customer out.
    booked = await book(visitor)
    await visitor.json("GET", "/api/v1/repairs/status", params={"reference": booked["reference"]})


async def test_links_that_lead_nowhere(client: Client, shop: Any) -> None:
    for token in ("x", "x" * 64, "x" * 65, "%F0%9F%99%82"):
        for rest in ("", "/events"):
            refused = await client.json("GET", f"/api/v1/tracking/{token}{rest}", status=404)
            assert refused["code"] == "tracking_unknown"


async def test_the_calendar_file(visitor: Client, client: Client, book: Any) -> None:
    booked = await book(visitor)
    async with client.get(booked["calendar_url"].removeprefix(client.base)) as response:
        assert response.status == 200 and response.content_type == "text/calendar"
        text = (await response.text()).replace("\r\n ", "")
    assert "BEGIN:VEVENT" in text and "STATUS:CONFIRMED" in text and "DTSTART;TZID=Europe/London:20261124T113000" in text
    assert booked["reference"] in text and "12 Mill Street" in text.replace("\\,", ",")
    await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel")
    async with client.get(booked["calendar_url"].removeprefix(client.base)) as response:
        text = await response.text()
    assert "STATUS:CANCELLED" in text and "SEQUENCE:1" in text


async def test_an_open_page_is_told_of_every_change(visitor: Client, client: Client, book: Any, staff: Any, site: Site) -> None:
    booked = await book(visitor)
    token = booked["tracking_url"].rpartition("/")[2]
    technician = await staff("technician")
    repair = (await technician.json("GET", f"/api/v1/orders/{booked['reference']}"))["repairs"][0]
    async with client.get(f"/api/v1/tracking/{token}/events") as stream:
        assert stream.content_type == "text/event-stream"
        assert await _next(stream) == 'event: changed\ndata: {"rev": 1}'
        await technician.json("POST", f"/api/v1/repairs/{repair['id']}/moves", json={"to": "received", "version": 1})
        assert await _next(stream) == 'event: changed\ndata: {"rev": 2}'

    async def nobody() -> bool:
        return not live.streams(site).open

    await technician.json("POST", f"/api/v1/repairs/{repair['id']}/moves", json={"to": "diagnosing", "version": 2})
    await eventually(nobody)


async def test_a_quiet_stream_gives_signs_of_life(visitor: Client, client: Client, book: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(routes, "HEARTBEAT", 0.05)
    booked = await book(visitor)
    token = booked["tracking_url"].rpartition("/")[2]
    async with client.get(f"/api/v1/tracking/{token}/events") as stream:
        await _next(stream)
        assert await _next(stream) == ": still here"


async def test_only_so_many_streams(visitor: Client, client: Client, book: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(live, "PER_ORDER", 2)
    booked = await book(visitor)
    path = f"/api/v1/tracking/{booked['tracking_url'].rpartition('/')[2]}/events"
    async with client.get(path) as one, client.get(path) as two:
        assert one.status == two.status == 200
        refused = await client.json("GET", path, status=429)
        assert refused["code"] == "too_many_streams"


async def test_streams_end_when_the_site_stops(visitor: Client, client: Client, book: Any, site: Site) -> None:
    booked = await book(visitor)
    async with client.get(f"/api/v1/tracking/{booked['tracking_url'].rpartition('/')[2]}/events") as stream:
        await _next(stream)
        live.streams(site).close()
        async with asyncio.timeout(2):
            assert await stream.content.read() == b""


async def _next(stream: aiohttp.ClientResponse) -> str:
    async with asyncio.timeout(5):
        return (await stream.content.readuntil(b"\n\n")).decode().strip()
