"""What visitors may ask how often: each for themselves, and all of one address together; turns and staff are not counted."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from backend.bookings import allowances
from backend.conversations.models import Conversation
from backend.core.api import Operation
from backend.core.limits import Allowance, RateWindow, Windows
from backend.core.site import Site
from backend.identity.tokens import Turn, issue_turn
from backend.pricing.routes import QUOTES
from backend.pricing.unpriced_routes import ASKED
from revivatech.site import operations
from tests.backend.conftest import WHO
from tests.conftest import TUESDAY, Client, MovableClock

#: Every route that costs more than a look, and what it allows.
LIMITED = {
    "POST /api/v1/quotes": QUOTES,
    "POST /api/v1/price-requests": ASKED,
    "GET /api/v1/slots": allowances.TIMES,
    "GET /api/v1/arrival-days": allowances.TIMES,
    "GET /api/v1/bookings/{reference}/slots": allowances.TIMES,
    "POST /api/v1/holds": allowances.HOLDS,
    "POST /api/v1/bookings": allowances.CHANGES,
    "POST /api/v1/bookings/{reference}/reschedule": allowances.CHANGES,
    "POST /api/v1/bookings/{reference}/cancel": allowances.CHANGES,
    "PUT /api/v1/bookings/{reference}/checklist": allowances.CHECKS,
    "POST /api/v1/orders/proofs": allowances.PROOFS,
    "POST /api/v1/tracking/{token}/conversation": allowances.FOLLOWS,
}
IDS = {"reference": "RT-22222", "token": "A" * 32}


def operation(row: str) -> Operation:
    return next(one for one in operations() if one.key == row)


@pytest.fixture
def scarce(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes a route allow next to nothing, so that a test need not ask a thousand times."""

    def make(row: str, *, visitor: int, address: int) -> Allowance:
        was = operation(row).allowance
        assert was is not None
        made = Allowance(was.name, visitor, address, was.seconds, was.reading)
        monkeypatch.setattr(operation(row), "allowance", made)
        return made

    return make


async def another(client: Client, **headers: str) -> Client:
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={}, headers=headers)
    return Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}", **headers})


async def ask(client: Client, row: str) -> tuple[int, str | None]:
    """Status and Retry-After of the answer to an almost empty request."""
    method, path = row.split(" ")
    async with client.request(method, path.format(**IDS), **({} if method == "GET" else {"json": {}})) as response:
        if response.status == 429:
            assert (await response.json())["code"] == "too_many_requests"
        return response.status, response.headers.get("Retry-After")


def test_these_routes_are_limited_and_described() -> None:
    assert {one.key: one.allowance for one in operations() if one.allowance is not None} == LIMITED
    for allowance in LIMITED.values():
        # A street behind one router is many visitors.
        assert allowance.address >= 3 * allowance.visitor


@pytest.mark.parametrize("row", LIMITED)
async def test_each_visitor_has_a_limit_and_is_told_how_long_to_wait(client: Client, visitor: Client, scarce: Any, row: str) -> None:
    allowance = scarce(row, visitor=2, address=50)
    assert [(await ask(visitor, row))[0] == 429 for _ in range(3)] == [False, False, True]
    status, wait = await ask(visitor, row)
    assert status == 429 and wait is not None and 0 < int(wait) <= allowance.seconds
    async with await another(client) as other:
        assert (await ask(other, row))[0] != 429


@pytest.mark.parametrize("row", ["POST /api/v1/quotes", "GET /api/v1/slots", "POST /api/v1/holds", "POST /api/v1/bookings"])
async def test_new_visitors_do_not_help_against_the_limit_of_an_address(client: Client, scarce: Any, row: str) -> None:
    scarce(row, visitor=50, address=3)
    statuses = []
    for _ in range(5):
        async with await another(client) as one:
            statuses.append((await ask(one, row))[0] == 429)
    assert statuses == [False, False, False, True, True]
    # A credential nobody has is counted where it comes from, before anybody looks it up.
    async with Client(client.base, headers={"Authorization": "Bearer rv_nobody"}) as stranger:
        assert (await ask(stranger, row))[0] == 429


async def test_a_flood_of_invented_visitors_leaves_few_rows(client: Client, scarce: Any, site: Site) -> None:
    scarce("POST /api/v1/holds", visitor=50, address=3)
    for _ in range(8):
        async with Client(client.base, headers={"Authorization": f"Bearer rv_{uuid4().hex}"}) as stranger:
            await ask(stranger, "POST /api/v1/holds")
    async with site.work() as session:
        keys = list(await session.scalars(select(RateWindow.key).where(RateWindow.key.like("holds:%"))))
    assert len(keys) == 4 and not any("rv_" in key for key in keys)


async def test_the_window_ends(visitor: Client, scarce: Any, clock: MovableClock) -> None:
    clock.set(TUESDAY)
    for row in ("GET /api/v1/slots", "POST /api/v1/holds"):
        allowance = scarce(row, visitor=1, address=50)
        assert [(await ask(visitor, row))[0] == 429 for _ in range(2)] == [False, True]
        clock.move(seconds=allowance.seconds)
        assert (await ask(visitor, row))[0] != 429


async def test_turns_and_staff_are_not_counted(visitor: Client, staff: Any, site: Site, scarce: Any, shop: Any) -> None:
    opened = await visitor.json("POST", "/api/v1/conversations", status=201, json={})
    async with site.work() as session:
        conversation = await session.get_one(Conversation, UUID(opened["conversation"]["id"]))
        conversation.turn_id = uuid4()
    turn = Turn(conversation.id, conversation.epoch, conversation.turn_id, conversation.visitor_id)
    token = issue_turn(site.settings, site.clock.now(), turn)
    for row in LIMITED:
        scarce(row, visitor=0, address=0)
    technician = await staff("technician")
    async with Client(visitor.base, headers={"Authorization": f"Bearer {token}"}) as assistant:
        for who in (assistant, technician):
            offer = await _quoted(who)
            found = (await who.json("GET", "/api/v1/slots", params={"quote": offer["id"]}))["slots"]
            body = {"quote_id": offer["id"], "starts_at": found[0]["starts_at"], "customer": WHO}
            await who.json("POST", "/api/v1/bookings", status=201, json=body, headers={"Idempotency-Key": str(uuid4())})
    assert (await ask(visitor, "GET /api/v1/slots"))[0] == 429


async def _quoted(who: Client) -> dict[str, Any]:
    body = {"device": "apple-iphone-13", "faults": ["screen_cracked"]}
    made: dict[str, Any] = await who.json("POST", "/api/v1/quotes", status=201, json=body, headers={"Idempotency-Key": str(uuid4())})
    return made


def test_a_process_forgets_windows_that_are_over(monkeypatch: pytest.MonkeyPatch, clock: MovableClock) -> None:
    monkeypatch.setattr(Windows, "ROOM", 4)
    counted, now = Windows(), clock.now()
    later = clock.now().replace(year=2030)
    assert [counted.count("a", now, later) for _ in range(3)] == [1, 2, 3]
    for name in "bcdefgh":
        assert counted.count(name, now, later) == 1
    assert len(counted._counts) <= 4
    assert counted.count("new", later, later.replace(year=2031)) == 1 and list(counted._counts) == ["new"]


async def test_the_description_says_so(client: Client) -> None:
    document = await client.json("GET", "/api/v1/openapi.json")
    told = document["paths"]["/api/v1/slots"]["get"]["responses"]["429"]
    assert "240" in told["description"] and "Retry-After" in told["headers"]
    assert "429" not in document["paths"]["/api/v1/shop"]["get"]["responses"]
