"""The one way from an action to the backend: typed questions over HTTP with the turn's token, refusals by their code."""

import asyncio
from typing import Any

import aiohttp

from bot.turn import Turn

LIMIT = 3.0


def _named(quotes: list[str]) -> dict[str, Any]:
    return {"quote_id": quotes[0]} if len(quotes) == 1 else {"quote_ids": quotes}


class Refused(Exception):
    """The backend said no; `code` is stable and decides what the customer is told."""

    def __init__(self, code: str, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {code}")
        self.code, self.status, self.problem = code, status, problem


class Unreachable(Exception):
    """The backend did not answer in time or not usably; nothing is known about what it did."""


_session: aiohttp.ClientSession | None = None
_loop: asyncio.AbstractEventLoop | None = None


def _kept() -> aiohttp.ClientSession:
    """One session a process, so that connections are kept between turns."""
    global _session, _loop
    loop = asyncio.get_running_loop()
    if _session is None or _session.closed or _loop is not loop:
        connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=10)
        _session, _loop = aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=LIMIT)), loop
    return _session


async def hang_up() -> None:
    """Close the connections that were kept."""
    if _session is not None:
        await _session.close()


class Backend:
    """The backend as one turn of one conversation may use it."""

    def __init__(self, turn: Turn, action: str) -> None:
        self.turn, self.action = turn, action
        self.base = turn.backend.rstrip("/") + "/api/v1"
        self.deeds = 0

    async def quote(self, device: str, faults: list[str], replaces: str | None = None, grade: str | None = None) -> dict[str, Any]:
        """Price a repair. Refusals: no_price, nothing_to_quote, device_unknown, quote_replaced."""
        body: dict[str, Any] = {"device": device, "faults": faults, **({"grade": grade} if grade else {})}
        return await self._deed("POST", "/quotes", {**body, "replaces": replaces} if replaces else body)

    async def find_quote(self, quote: str) -> dict[str, Any]:
        """A quote made for this customer. Refusals: quote_unknown."""
        return await self._ask("GET", f"/quotes/{quote}")

    async def ask_price(self, device: str, faults: list[str], contact: dict[str, str]) -> dict[str, Any]:
        """Have people price a repair. Refusals: price_known, too_many_price_requests, `…_invalid` of a field."""
        return await self._deed("POST", "/price-requests", {"device": device, "faults": faults, **contact})

    async def slots(self, quotes: list[str], start: str | None = None, days: int = 7) -> list[dict[str, Any]]:
        """Times that can be had for quotes together, soonest first. Refusals: quote_expired, quote_unknown, quote_booked."""
        asked = [*(("quote", quote) for quote in quotes), ("days", str(days)), *([("from", start)] if start else [])]
        return list((await self._ask("GET", "/slots", params=asked))["slots"])

    async def hold(self, quotes: list[str], starts_at: str) -> dict[str, Any]:
        """Hold a time. Refusals: slot_taken, slot_past, slot_not_offered, too_many_holds, quote_expired."""
        return await self._deed("POST", "/holds", {**_named(quotes), "starts_at": starts_at})

    async def let_go(self, hold: str) -> None:
        """Give a held time back; a hold that is gone already is as good."""
        try:
            await self._deed("DELETE", f"/holds/{hold}", None)
        except Refused as refused:
            if refused.status not in (404, 410):
                raise

    async def book(self, hold: str, customer: dict[str, str]) -> dict[str, Any]:
        """Book a held time. Refusals: hold_expired, hold_unknown, slot_taken, quote_expired, too_many_bookings, `…_invalid` of a field."""
        return await self._deed("POST", "/bookings", {"hold_id": hold, "customer": customer})

    async def arrival_days(self, quotes: list[str], postcode: str, days: int = 14) -> list[dict[str, Any]]:
        """Days a parcel may arrive on. Refusals: outside_area, postcode_invalid, mail_in_unsafe, mail_in_off, quote_expired."""
        asked = [*(("quote", quote) for quote in quotes), ("postcode", postcode), ("days", str(days))]
        return list((await self._ask("GET", "/arrival-days", params=asked))["days"])

    async def book_by_post(self, quotes: list[str], day: str, address: dict[str, str], customer: dict[str, str]) -> dict[str, Any]:
        """Book a device that comes by post. Refusals: as of `book` and `arrival_days`, and day_full, day_not_offered, address_invalid."""
        body = {**_named(quotes), "mail_in": {"arrives_on": day, "address": address}, "customer": customer}
        return await self._deed("POST", "/bookings", body)

    async def booking(self, reference: str) -> dict[str, Any]:
        """A booking of this visitor's. Refusals: reference_unknown."""
        return await self._ask("GET", f"/bookings/{reference}")

    async def bookings(self) -> list[dict[str, Any]]:
        """This visitor's own bookings, newest first."""
        return list((await self._ask("GET", "/bookings"))["items"])

    async def booking_slots(self, reference: str, start: str | None = None, days: int = 7) -> list[dict[str, Any]]:
        """Times a booking can be moved to, soonest first. Refusals: as of `reschedule`, but for those of a time."""
        asked = {"days": str(days), **({"from": start} if start else {})}
        return list((await self._ask("GET", f"/bookings/{reference}/slots", params=asked))["slots"])

    async def reschedule(self, reference: str, starts_at: str) -> dict[str, Any]:
        """Move a booking. Refusals: slot_taken, slot_past, slot_not_offered, change_too_late, moved_too_often, booking_cancelled, …"""
        return await self._deed("POST", f"/bookings/{reference}/reschedule", {"starts_at": starts_at})

    async def cancel(self, reference: str) -> dict[str, Any]:
        """Give a booking up. Refusals: reference_unknown, booking_cancelled, booking_past, booking_closed, change_too_late."""
        return await self._deed("POST", f"/bookings/{reference}/cancel", None)

    async def status(self, reference: str) -> dict[str, Any]:
        """The coarse state of an order. Refusals: reference_unknown."""
        return await self._ask("GET", "/repairs/status", params={"reference": reference})

    async def repairs(self) -> list[dict[str, Any]]:
        """The coarse states of this visitor's own orders, newest first."""
        return list((await self._ask("GET", "/repairs"))["items"])

    async def detail(self, reference: str) -> dict[str, Any]:
        """Where each device of this visitor's booking stands, in full. Refusals: reference_unknown."""
        return await self._ask("GET", f"/bookings/{reference}/repairs")

    async def ask_code(self, reference: str) -> dict[str, Any]:
        """Have a code sent to the address on file, if there is one. Refusals: code_locked, too_many_requests."""
        return await self._deed("POST", "/orders/codes", {"reference": reference})

    async def prove(self, reference: str, code: str) -> dict[str, Any]:
        """Prove an order by its code. Refusals: code_wrong, code_expired, code_locked."""
        return await self._deed("POST", "/orders/proofs", {"reference": reference, "code": code})

    async def checklist(self, reference: str) -> list[dict[str, Any]]:
        """What to see to before the visit. Refusals: reference_unknown."""
        return list((await self._ask("GET", f"/bookings/{reference}/checklist"))["items"])

    async def check(self, reference: str, item: str, answer: str, note: str | None = None) -> None:
        """Note how far the customer is with one thing. Refusals: reference_unknown, booking_cancelled, check_unknown."""
        body = {"item": item, "answer": answer, **({"note": note} if note else {})}
        await self._deed("PUT", f"/bookings/{reference}/checklist", body)

    async def question(self, text: str, topic: str = "") -> dict[str, Any] | None:
        """The passage of an article that answers a question; None where none does."""
        found = await self._ask("GET", "/knowledge/search", params={"q": text, "topic": topic, "limit": "1"})
        answer: dict[str, Any] | None = found["answer"]
        return answer

    async def shop(self) -> dict[str, Any]:
        """Name, address, phone and hours of the shop."""
        return await self._ask("GET", "/shop")

    async def _deed(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        self.deeds += 1
        key = f"{self.turn.id}:{self.action}:{self.deeds}"
        return await self._ask(method, path, json=body, headers={"Idempotency-Key": key})

    async def _ask(self, method: str, path: str, headers: dict[str, str] | None = None, **more: Any) -> dict[str, Any]:
        headers = {**(headers or {}), "Authorization": f"Bearer {self.turn.token}"}
        try:
            async with _kept().request(method, self.base + path, headers=headers, **more) as answer:
                body = await answer.json(content_type=None) if answer.status != 204 else {}
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            raise Unreachable(f"{method} {path}: {error!r}") from error
        if answer.status < 400 and isinstance(body, dict):
            return body
        code = body.get("code") if isinstance(body, dict) else None
        if not code or answer.status >= 500:
            raise Unreachable(f"{method} {path}: {answer.status} {code}")
        raise Refused(str(code), answer.status, body)
