"""A code to the address on file proves an order: once, for ten minutes, five tries; and nobody learns which orders exist."""

import asyncio
import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from backend.bookings import proof, tries
from revivatech.sandbox.smtp import Mailbox
from tests.backend.conftest import WHO
from tests.conftest import TUESDAY, Client, MovableClock

CODES, PROOFS = "/api/v1/orders/codes", "/api/v1/orders/proofs"


@pytest.fixture
async def stranger(client: Client) -> Any:
    """A browser that did not book."""
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as other:
        yield other


def _code(mailbox: Mailbox) -> str:
    mails = [mail for mail in mailbox.messages(WHO["email"]) if mail.subject.startswith("Your code")]
    found = re.search(r"^(\d{3} \d{3})$", mails[-1].text, re.MULTILINE)
    assert found and found.group(1) in mails[-1].html and found.group(1) not in mails[-1].subject
    return found.group(1)


async def test_the_code_opens_the_order_to_another_browser(
    visitor: Client, stranger: Client, book: Any, mailbox: Mailbox, drain: Any
) -> None:
    booked = await book(visitor)
    reference, path = booked["reference"], f"/api/v1/bookings/{booked['reference']}"
    for closed in (path, f"{path}/repairs", f"{path}/checklist"):
        assert (await stranger.json("GET", closed, status=404))["code"] == "reference_unknown"
    asked = await stranger.json("POST", CODES, status=202, json={"reference": reference.lower()})
    assert asked == {"reference": reference, "valid_minutes": 10}
    await drain()
    code = _code(mailbox)
    assert (await stranger.json("POST", PROOFS, json={"reference": reference, "code": code}))["reference"] == reference
    assert (await stranger.json("GET", path))["label"] == booked["label"]
    detail = await stranger.json("GET", f"{path}/repairs")
    assert detail["repairs"][0]["detail_label"] == "Booked" and detail["repairs"][0]["timeline"]
    times = (await stranger.json("GET", f"{path}/slots"))["slots"]
    await stranger.json("POST", f"{path}/reschedule", json={"starts_at": times[3]["starts_at"]})
    assert (await stranger.json("POST", f"{path}/cancel"))["state"] == "cancelled"
    # A code is used once.
    assert (await stranger.json("POST", PROOFS, status=410, json={"reference": reference, "code": code}))["code"] == "code_expired"


async def test_a_reference_that_exists_looks_like_one_that_does_not(
    visitor: Client, stranger: Client, book: Any, mailbox: Mailbox, drain: Any
) -> None:
    real = (await book(visitor))["reference"]
    seen = []
    for reference in (real, "RT-22222"):
        asked = await stranger.json("POST", CODES, status=202, json={"reference": reference})
        told: list[Any] = [asked | {"reference": "x"}]
        for number in range(tries.TRIES + 1):
            async with stranger.post(PROOFS, json={"reference": reference, "code": f"00000{number}"}) as answer:
                told.append({**await answer.json(), "retry_after": 0})
        async with stranger.post(CODES, json={"reference": reference}) as answer:
            told.append({**await answer.json(), "retry_after": 0})
        seen.append(told)
    assert seen[0] == seen[1]
    assert [one.get("code") for one in seen[0]] == [None, *["code_wrong"] * 4, *["code_locked"] * 3]
    assert [one.get("left") for one in seen[0][1:5]] == [4, 3, 2, 1]


async def test_after_five_wrong_tries_even_the_right_code_waits(
    visitor: Client, stranger: Client, book: Any, mailbox: Mailbox, drain: Any, clock: MovableClock
) -> None:
    reference = (await book(visitor))["reference"]
    await stranger.json("POST", CODES, status=202, json={"reference": reference})
    await drain()
    code = _code(mailbox)
    wrong = f"{(int(code.replace(' ', '')) + 1) % 10**6:06}"
    tries = [stranger.json("POST", PROOFS, status=422, json={"reference": reference, "code": wrong}) for _ in range(4)]
    assert sorted(one["left"] for one in await asyncio.gather(*tries)) == [1, 2, 3, 4], "tries at once all count"
    await stranger.json("POST", PROOFS, status=429, json={"reference": reference, "code": wrong})
    refused = await stranger.json("POST", PROOFS, status=429, json={"reference": reference, "code": code})
    assert refused["code"] == "code_locked" and 0 < refused["retry_after"] <= 1800
    await stranger.json("POST", CODES, status=429, json={"reference": reference})
    clock.move(minutes=31)
    assert (await stranger.json("POST", PROOFS, status=410, json={"reference": reference, "code": code}))["code"] == "code_expired"
    await stranger.json("POST", CODES, status=202, json={"reference": reference})
    await drain()
    await stranger.json("POST", PROOFS, json={"reference": reference, "code": _code(mailbox)})


async def test_a_code_lapses_is_replaced_and_is_its_askers_alone(
    visitor: Client, stranger: Client, client: Client, book: Any, mailbox: Mailbox, drain: Any, clock: MovableClock
) -> None:
    reference = (await book(visitor))["reference"]
    await stranger.json("POST", CODES, status=202, json={"reference": reference})
    await drain()
    first = _code(mailbox)
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as third:
        assert (await third.json("POST", PROOFS, status=410, json={"reference": reference, "code": first}))["code"] == "code_expired"
    await stranger.json("POST", CODES, status=202, json={"reference": reference})
    await drain()
    second = _code(mailbox)
    if first != second:
        await stranger.json("POST", PROOFS, status=422, json={"reference": reference, "code": first})
    clock.move(minutes=10, seconds=1)
    assert (await stranger.json("POST", PROOFS, status=410, json={"reference": reference, "code": second}))["code"] == "code_expired"


async def test_one_code_typed_many_times_at_once_is_used_once(
    visitor: Client, stranger: Client, book: Any, mailbox: Mailbox, drain: Any
) -> None:
    reference = (await book(visitor))["reference"]
    await stranger.json("POST", CODES, status=202, json={"reference": reference})
    await drain()
    body = {"reference": reference, "code": _code(mailbox)}

    async def use() -> int:
        async with stranger.post(PROOFS, json=body) as answer:
            return answer.status

    assert Counter(await asyncio.gather(*(use() for _ in range(8)))) == {200: 1, 410: 7}


async def test_asking_has_limits(visitor: Client, stranger: Client, book: Any, mailbox: Mailbox, drain: Any) -> None:
    reference = (await book(visitor))["reference"]
    answers = []
    for _ in range(proof.ASKS_AN_HOUR + 1):
        async with stranger.post(CODES, json={"reference": reference}) as answer:
            answers.append(answer.status)
    assert answers == [202] * proof.ASKS_AN_HOUR + [429]
    await drain()
    codes = [mail for mail in mailbox.messages(WHO["email"]) if mail.subject.startswith("Your code")]
    assert len(codes) == 1, "only the newest of several asked for at once is worth a mail"


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "１２３４５６", "12 34 5x"])
async def test_what_cannot_be_a_code_is_no_try(visitor: Client, stranger: Client, book: Any, code: str) -> None:
    reference = (await book(visitor))["reference"]
    await stranger.json("POST", CODES, status=202, json={"reference": reference})
    assert (await stranger.json("POST", PROOFS, status=422, json={"reference": reference, "code": code}))["code"] == "invalid"
    assert (await stranger.json("POST", PROOFS, status=422, json={"reference": reference, "code": "000000"}))["left"] == 4


async def test_nobody_in_particular_asks_for_codes(client: Client, shop: Any) -> None:
    await client.json("POST", CODES, status=401, json={"reference": "RT-22222"})
    await client.json("POST", PROOFS, status=401, json={"reference": "RT-22222", "code": "123456"})


class TestStrangers:
    """Browsers from elsewhere than where the order was booked."""

    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"trusted_proxies": "127.0.0.0/8"}

    async def person(self, client: Client, address: str) -> Client:
        headers = {"X-Forwarded-For": address}
        opened = await client.json("POST", "/api/v1/conversations", status=201, json={}, headers=headers)
        return Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}", **headers})

    async def ask(self, client: Client, address: str, reference: str) -> int:
        async with await self.person(client, address) as who, who.post(CODES, json={"reference": reference}) as answer:
            return int(answer.status)

    async def test_they_cannot_use_up_the_codes_of_an_order(
        self, client: Client, book: Any, mailbox: Mailbox, drain: Any, clock: MovableClock
    ) -> None:
        clock.set(TUESDAY)
        async with await self.person(client, "192.0.2.1") as customer:
            reference = (await book(customer))["reference"]
        for wanted in (reference, "RT-22222"):
            # Of one network three an hour, whoever asks there; of all together six.
            assert [await self.ask(client, "198.51.100.1", wanted) for _ in range(4)] == [202, 202, 202, 429]
            assert [await self.ask(client, f"198.51.100.{number}", wanted) for number in range(2, 6)] == [202, 202, 202, 429]
        # The customer's telephone at home gets one nevertheless, and gets in.
        await drain()
        async with await self.person(client, "192.0.2.1") as telephone:
            await telephone.json("POST", CODES, status=202, json={"reference": reference})
            await drain()
            await telephone.json("POST", PROOFS, json={"reference": reference, "code": _code(mailbox)})

    async def test_all_together_they_guess_only_so_often_a_day(
        self, client: Client, book: Any, mailbox: Mailbox, drain: Any, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tries, "WRONG", 7)
        async with await self.person(client, "192.0.2.1") as customer:
            reference = (await book(customer))["reference"]
        outcomes = []
        for number in range(3):
            async with await self.person(client, f"198.51.100.{number}") as stranger:
                async with stranger.post(CODES, json={"reference": reference}) as answer:
                    outcomes.append(answer.status)
                for _ in range(4):
                    async with stranger.post(PROOFS, json={"reference": reference, "code": "000 000"}) as answer:
                        outcomes.append(answer.status)
                        wait = answer.headers.get("Retry-After")
        assert outcomes == [202, 422, 422, 422, 422, 202, 422, 422, 429, 429, 429, 429, 429, 429, 429]
        assert wait is not None and 80_000 < int(wait) <= 86_400
        await drain()
        async with await self.person(client, "192.0.2.1") as telephone:
            await telephone.json("POST", CODES, status=202, json={"reference": reference})
            await drain()
            await telephone.json("POST", PROOFS, json={"reference": reference, "code": _code(mailbox)})


async def test_what_a_code_gave_has_its_own_time(
    visitor: Client, stranger: Client, book: Any, mailbox: Mailbox, drain: Any, clock: MovableClock
) -> None:
    reference = (await book(visitor))["reference"]
    await stranger.json("POST", CODES, status=202, json={"reference": reference})
    await drain()
    await stranger.json("POST", PROOFS, json={"reference": reference, "code": _code(mailbox)})
    clock.move(days=29)
    await stranger.json("GET", f"/api/v1/bookings/{reference}")
    clock.move(days=1, minutes=1)
    assert (await stranger.json("GET", f"/api/v1/bookings/{reference}", status=404))["code"] == "reference_unknown"


def test_each_wasted_code_makes_the_next_wait_longer() -> None:
    def wait(*spent: float, near: bool = True) -> float | None:
        asked = [tries.Asked(TUESDAY - timedelta(hours=hours), tries.TRIES, own=False, near=near, home=False) for hours in spent]
        until = tries.next_try_at(asked, TUESDAY, home=False)
        return None if until is None else (until - TUESDAY) / timedelta(hours=1)

    assert wait(0) == 0.5 and wait(0.6) is None
    assert wait(0, 1) == 24 - 1, "ten wrong ones of one network are all it has for a day"
    assert wait(0, near=False) is None, "what others wasted elsewhere is theirs"
    assert wait(*[0.0] * 5, near=False) is None and wait(*[0.0] * 6, near=False) == 24
