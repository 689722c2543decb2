"""Simulated people at a running shop: open pages of customers, customers who keep trying, technicians."""

import asyncio
import contextlib
import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import TYPE_CHECKING, Any, Self
from uuid import uuid4

import aiohttp

from tests.fold import Fold
from tests.wire import Lost, Refused, Wire

if TYPE_CHECKING:
    from tests.stack import Stack

#: Refusals that mean "later"; every other is an answer.
WAIT = frozenset({"too_many_messages", "too_many_requests", "unavailable", "database_unreachable", "busy", "internal"})
GAP = 0.2
HTTP_FAULTS = (aiohttp.ClientError, OSError, TimeoutError)


def browser(limit: int = 0) -> aiohttp.ClientSession:
    """An HTTP client without cookies that opens as many connections as it needs."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=limit), cookie_jar=aiohttp.DummyCookieJar())


def from_home() -> dict[str, str]:
    """Headers that bring somebody from an address of their own: people do, and what one address may do has limits."""
    return {"X-Forwarded-For": str(IPv4Address(random.randrange(2**22) + int(IPv4Address("100.64.0.0"))))}


@dataclass(frozen=True, slots=True)
class Acked:
    """What the shop promised about one message."""

    client_id: str
    text: str
    id: str
    seq: int
    rev: int
    tries: int
    seconds: float


class SaidNo(Exception):
    """A message was refused for good."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(str(error))
        self.code = str(error.get("code"))
        self.error = error


@dataclass
class Tab:
    """One open page of a customer: its line comes back by itself, and it catches up by cursor.

    `bases` are the ways to the shop; after a failure the next one is tried, as a load balancer would.
    """

    http: aiohttp.ClientSession
    bases: list[str]
    credential: str | None = None
    patience: float = 5.0
    home: dict[str, str] = field(default_factory=from_home)
    fold: Fold = field(default_factory=Fold)
    conversation: dict[str, Any] = field(default_factory=dict)
    wire: Wire | None = None
    refused: str | None = None
    heard: Callable[[str, Any], None] = lambda event, payload: None
    lost: int = 0
    _way: int = 0
    _task: asyncio.Task[None] | None = None
    _checking: asyncio.Task[None] | None = None
    _welcomed: asyncio.Event = field(default_factory=asyncio.Event)
    _online: asyncio.Event = field(default_factory=asyncio.Event)

    def open(self) -> Self:
        """Begin to connect, and stay connected until closed."""
        self._task = asyncio.create_task(self._live())
        return self

    async def ready(self, timeout: float = 15) -> Self:
        """Wait until the page has caught up; raises TimeoutError, or Refused when the shop turned it down."""
        async with asyncio.timeout(timeout):
            while not self._online.is_set():
                if self.refused:
                    raise Refused(self.refused)
                await asyncio.sleep(0.02)
        return self

    async def close(self) -> None:
        """Close the page."""
        for task in (self._task, self._checking):
            if task:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self.wire:
            await self.wire.close()

    async def say(self, text: str, *, client_id: str | None = None, deadline: float = 120) -> Acked:
        """Write, and send the same again until the shop has it; raises SaidNo, or Lost after the deadline."""
        return await self.send({"client_id": client_id or str(uuid4()), "text": text}, deadline=deadline)

    async def choose(self, offer: str, *, deadline: float = 120) -> Acked:
        """Take something that was offered."""
        return await self.send({"client_id": str(uuid4()), "choice": offer}, deadline=deadline)

    async def fill(self, form: str, values: dict[str, str], *, deadline: float = 120) -> Acked:
        """Send a form back."""
        return await self.send({"client_id": str(uuid4()), "form": {"id": form, "values": values}}, deadline=deadline)

    async def send(self, body: dict[str, Any], *, deadline: float = 120) -> Acked:
        """The outbox: one body under one client id, until acknowledged or refused for good."""
        began, tries = time.monotonic(), 0
        while time.monotonic() - began < deadline:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1):
                    await self._online.wait()
            wire = self.wire
            if wire is None or not self._online.is_set():
                continue
            tries += 1
            try:
                ack = await wire.call("message", body, self.patience)
            except Lost:
                await self._restart(wire)
                continue
            if ack["ok"]:
                text = body.get("text", "")
                return Acked(body["client_id"], text, ack["id"], ack["seq"], ack["rev"], tries, time.monotonic() - began)
            if ack["error"]["code"] not in WAIT:
                raise SaidNo(ack["error"])
            await asyncio.sleep(min(2.0, float(ack["error"].get("retry_after", 0.3))))
        raise Lost(f"not acknowledged in {deadline:g} s, {tries} tries")

    async def until(self, check: Callable[[Self], bool], timeout: float) -> bool:
        """Wait until the page shows what the check looks for; False when it does not in time."""
        deadline = time.monotonic() + timeout
        while not check(self):
            if time.monotonic() > deadline:
                return False
            await asyncio.sleep(0.01)
        return True

    async def catch_up(self) -> None:
        """Fetch what the page has not seen yet, now."""
        if self.wire and self._online.is_set():
            await self._catch_up(self.wire)

    async def _live(self) -> None:
        pause = 0.1
        while self.refused is None:
            try:
                self._welcomed.clear()
                base = self.bases[self._way % len(self.bases)]
                auth = {"credential": self.credential}
                wire = self.wire = await Wire.open(self.http, base, auth, self._hear, timeout=self.patience, headers=self.home)
                async with asyncio.timeout(self.patience):
                    await self._welcomed.wait()
                await self._catch_up(wire)
                self._online.set()
                pause = 0.1
                await wire.closed.wait()
            except Refused as error:
                if error.code not in WAIT:
                    self.refused = error.code
                    return
            except (Lost, TimeoutError):
                pass
            self._online.clear()
            self.lost += 1
            self._way += 1
            if self.wire:
                await self.wire.close()
            await asyncio.sleep(pause)
            pause = min(pause * 2, 1.0)

    async def _restart(self, wire: Wire) -> None:
        if self.wire is wire:
            self._online.clear()
            await wire.close()

    async def _catch_up(self, wire: Wire) -> None:
        more = True
        while more:
            answer = await wire.call("sync", {"after_rev": self.fold.rev, "limit": 100}, self.patience)
            if "messages" not in answer:
                raise Lost(f"sync was refused: {answer}")
            self.fold.page(answer)
            more = bool(answer["more"])

    def _hear(self, event: str, payload: Any) -> None:
        if event == "welcome":
            self.credential = payload["credential"]
            self.conversation = payload["conversation"]
            self._welcomed.set()
        elif event == "message":
            self.fold.message(payload)
            if self.fold.has_gap and (self._checking is None or self._checking.done()):
                self._checking = asyncio.create_task(self._mind_the_gap())
        elif event == "conversation":
            self.conversation = payload
        self.heard(event, payload)

    async def _mind_the_gap(self) -> None:
        await asyncio.sleep(GAP)
        while self.fold.has_gap and self.wire and self._online.is_set():
            try:
                await self._catch_up(self.wire)
            except Lost:
                await self._restart(self.wire)
                return


class Twin:
    """A customer over HTTP: the same outbox, by request instead of socket."""

    def __init__(self, http: aiohttp.ClientSession, bases: list[str], credential: str, conversation: str, *, patience: float = 5) -> None:
        self._http = http
        self._bases = bases
        self._way = 0
        self._headers = {"Authorization": f"Bearer {credential}"}
        self._path = f"/api/v1/conversations/{conversation}/messages"
        self._timeout = aiohttp.ClientTimeout(total=patience)

    async def say(self, text: str, *, client_id: str | None = None, deadline: float = 120) -> Acked:
        """Write, and send the same again until the shop has it; raises SaidNo, or Lost after the deadline."""
        body = {"client_id": client_id or str(uuid4()), "text": text}
        began, tries = time.monotonic(), 0
        while time.monotonic() - began < deadline:
            tries += 1
            base = self._bases[self._way % len(self._bases)]
            try:
                async with self._http.post(base + self._path, json=body, headers=self._headers, timeout=self._timeout) as answer:
                    said = await answer.json(content_type=None)
            except HTTP_FAULTS:
                self._way += 1
                await asyncio.sleep(0.2)
                continue
            if answer.status == 201:
                return Acked(body["client_id"], text, said["id"], said["seq"], said["rev"], tries, time.monotonic() - began)
            if answer.status < 500 and said.get("code") not in WAIT:
                raise SaidNo(said)
            self._way += 1
            await asyncio.sleep(0.3)
        raise Lost(f"not acknowledged in {deadline:g} s, {tries} tries")


async def open_conversation(http: aiohttp.ClientSession, base: str) -> tuple[str, str]:
    """A new visitor: the credential and the conversation's id."""
    async with http.post(f"{base}/api/v1/conversations", json={}) as answer:
        said = await answer.json(content_type=None)
        assert answer.status == 201, said
        return said["credential"], said["conversation"]["id"]


class Technician:
    """Somebody of the staff at the API."""

    def __init__(self, bases: list[str], cookie: str, csrf: str, name: str) -> None:
        self.name = name
        self.headers = {"Cookie": f"staff_session={cookie}", "X-CSRF-Token": csrf}
        self._bases = bases
        self._way = 0

    @classmethod
    def hire(cls, stack: "Stack", name: str, role: str) -> "Technician":
        """Take somebody on, with a session as a sign-in gives it."""
        cookie, csrf = asyncio.run(_sign_in(stack, name, role))
        return cls(stack.bases, cookie, csrf, name)

    async def request(
        self,
        http: aiohttp.ClientSession,
        method: str,
        path: str,
        body: dict[str, Any] | None = None,
        *,
        base: str | None = None,
        patience: float = 5,
    ) -> tuple[int, Any]:
        """One request; network faults go up."""
        address = (base or self._bases[self._way % len(self._bases)]) + path
        options: dict[str, Any] = {"json": body} if body is not None else {}
        async with http.request(method, address, headers=self.headers, timeout=aiohttp.ClientTimeout(total=patience), **options) as answer:
            text = await answer.text()
            return answer.status, await answer.json(content_type=None) if text else None

    async def insist(
        self, http: aiohttp.ClientSession, method: str, path: str, body: dict[str, Any] | None = None, *, deadline: float = 60
    ) -> tuple[int, Any]:
        """The same request at one process after the other until one answers it."""
        end = time.monotonic() + deadline
        while True:
            try:
                status, said = await self.request(http, method, path, body)
                if status < 500 and status != 429:
                    return status, said
            except HTTP_FAULTS:
                pass
            self._way += 1
            if time.monotonic() > end:
                raise Lost(f"{method} {path}: no answer in {deadline:g} s")
            await asyncio.sleep(0.2)

    async def take(self, http: aiohttp.ClientSession, conversation: str, *, deadline: float = 60) -> int:
        """Take a conversation over, whatever its epoch is by then; returns the new epoch."""
        end = time.monotonic() + deadline
        while time.monotonic() < end:
            _, seen = await self.insist(http, "GET", f"/api/v1/conversations/{conversation}", deadline=deadline)
            if seen["owner"] == "technician":
                return int(seen["epoch"])
            path, body = f"/api/v1/conversations/{conversation}/take", {"epoch": seen["epoch"]}
            status, taken = await self.insist(http, "POST", path, body, deadline=deadline)
            if status == 200:
                return int(taken["epoch"])
            assert status == 409, taken
        raise Lost(f"conversation {conversation} could not be taken in {deadline:g} s")


async def _sign_in(stack: "Stack", name: str, role: str) -> tuple[str, str]:
    # By the verbs behind the sign-in page: its limits for strangers would make a crowd of technicians wait.
    from backend.core.ids import token
    from backend.identity import sessions
    from backend.identity.staff import create_staff
    from tests.seed import shop

    async with shop(stack.database) as site, site.work() as session:
        staff = await create_staff(session, email=f"{uuid4().hex}@staff.example", name=name, role=role, password=token())  # type: ignore[arg-type]
        signed_in, secret = await sessions.begin(session, staff)
        return secret, signed_in.session.csrf
