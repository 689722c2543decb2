"""A repair without a ready price: asked once, answered once by staff, told in the same chat and by mail."""

import asyncio
import contextlib
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from backend.capacity.hours import worked
from backend.capacity.rules import Calendar
from backend.core.site import Site
from backend.pricing import rules
from backend.pricing.basis import Basis
from backend.pricing.queries import list_quotes
from revivatech.sandbox.smtp import Mailbox
from tests.conftest import Client, MovableClock

PATH = "/api/v1/price-requests"
WISH = {"device": "sony-playstation-3", "faults": ["disc_drive"]}
PRICE = {
    "lines": [{"label": "Laser unit, refurbished", "amount_minor": 4500}, {"label": "Labour, 60 min", "amount_minor": 5400}],
    "reason": "We found one from a trusted dismantler.",
    "duration_minutes": 60,
    "warranty_months": 3,
}


async def ask(client: Client, **more: Any) -> dict[str, Any]:
    made: dict[str, Any] = await client.json("POST", PATH, status=201, json={**WISH, **more})
    return made


async def said(client: Client) -> list[dict[str, Any]]:
    opened = await client.json("POST", "/api/v1/conversations", json={}, status=201)
    found = await client.json("GET", f"/api/v1/conversations/{opened['conversation']['id']}/messages", params={"after_rev": "0"})
    messages: list[dict[str, Any]] = found["messages"]
    return messages


async def test_the_customer_hears_by_when_and_staff_see_who_wants_what_since_when(visitor: Client, shop: Any, staff: Any) -> None:
    told = await ask(visitor, name="Ada", email="ada@example.com")
    assert "PlayStation 3" in told["device"]["name"]
    assert told["label"] == "Tue 24 Nov, 14:00"
    assert (await ask(visitor))["id"] == told["id"], "the same question is one question"
    technician = await staff("technician")
    (row,) = (await technician.json("GET", PATH))["requests"]
    assert row["id"] == told["id"] and row["missing"] == ["disc_drive"] and row["name"] == "Ada" and row["email"] == "ada@example.com"
    assert [fault["code"] for fault in row["faults"]] == ["disc_drive"] and row["state"] == "open" and not row["late"]
    wait = datetime.fromisoformat(row["due_at"]) - datetime.fromisoformat(row["asked_at"])
    assert abs(wait - timedelta(hours=4)) < timedelta(seconds=5)


async def test_the_answer_comes_in_the_same_chat_and_by_mail_once(
    visitor: Client, shop: Any, staff: Any, site: Site, mailbox: Mailbox, drain: Any
) -> None:
    told = await ask(visitor, email="ada@example.com")
    technician = await staff("technician")
    quote = await technician.json("POST", f"{PATH}/{told['id']}/answer", status=201, json=PRICE)
    assert quote["total"]["minor"] == 9900 and quote["vat"]["minor"] == 1650 and quote["warranty_months"] == 3
    assert [line["kind"] for line in quote["lines"]] == ["by_hand", "by_hand", "vat"] and quote["other_grades"] == []
    await drain()
    (message,) = await said(visitor)
    assert message["parts"][0]["type"] == "quote" and message["parts"][0]["id"] == quote["id"]
    assert "£99.00" in message["text"] and PRICE["reason"] in message["text"]
    assert message["parts"][1]["choices"][0]["title"] == "Find a time"
    (mail,) = mailbox.messages("ada@example.com")
    assert "£99.00" in mail.text and PRICE["reason"] in mail.text and "Laser unit" in mail.html
    # It is the customer's own quote: they see it, get times for it, and it comes out of its basis again.
    assert (await visitor.json("GET", f"/api/v1/quotes/{quote['id']}"))["total"] == quote["total"]
    assert (await visitor.json("GET", "/api/v1/slots", params={"quote": quote["id"]}))["slots"]
    async with site.work() as session:
        stored = (await list_quotes(session, [UUID(quote["id"])]))[UUID(quote["id"])]
        again = rules.price(Basis.model_validate(stored.basis))
    assert [(line.label, line.amount.minor) for line in again.lines] == [
        (line["label"], line["amount"]["minor"]) for line in quote["lines"]
    ]
    assert (await technician.json("GET", PATH))["requests"] == []
    (done,) = (await technician.json("GET", PATH, params={"state": "priced"}))["requests"]
    assert done["quote_id"] == quote["id"] and done["reason"] == PRICE["reason"]


async def test_a_conversation_with_a_technician_stays_theirs(visitor: Client, shop: Any, staff: Any, drain: Any) -> None:
    opened = await visitor.json("POST", "/api/v1/conversations", json={}, status=201)
    told, technician = await ask(visitor), await staff("technician")
    conversation = opened["conversation"]["id"]
    taken = await technician.json("POST", f"/api/v1/conversations/{conversation}/take", json={"epoch": opened["conversation"]["epoch"]})
    await technician.json("POST", f"{PATH}/{told['id']}/answer", status=201, json=PRICE)
    await drain()
    now = await visitor.json("GET", f"/api/v1/conversations/{conversation}")
    assert now["owner"] == "technician" and now["epoch"] == taken["epoch"]
    assert [part["type"] for message in await said(visitor) for part in message["parts"]] == ["quote", "choices"]


async def test_of_two_colleagues_who_answer_one_is_told(visitor: Client, shop: Any, staff: Any, drain: Any) -> None:
    told, first, second = await ask(visitor), await staff("technician"), await staff("manager")

    async def answer(client: Client) -> tuple[int, dict[str, Any]]:
        async with client.post(f"{PATH}/{told['id']}/answer", json=PRICE) as response:
            return response.status, await response.json()

    answers = sorted(await asyncio.gather(answer(first), answer(second)), key=lambda one: one[0])
    assert [status for status, _ in answers] == [201, 409] and answers[1][1]["code"] == "price_request_answered"
    await drain()
    assert len(await said(visitor)) == 1


async def test_what_cannot_be_done_is_said_kindly(visitor: Client, shop: Any, staff: Any, drain: Any, mailbox: Mailbox) -> None:
    told, technician = await ask(visitor, email="ada@example.com"), await staff("technician")
    declined = await technician.json("POST", f"{PATH}/{told['id']}/decline", json={"reason": "Nobody makes the laser any more."})
    assert declined["state"] == "declined"
    await drain()
    (message,) = await said(visitor)
    assert "Nobody makes the laser any more." in message["text"] and message["parts"] == []
    assert "Nobody makes the laser any more." in mailbox.messages("ada@example.com")[0].text


REFUSED: list[tuple[dict[str, Any], int, str]] = [
    ({"device": "apple-iphone-13", "faults": ["screen_cracked"]}, 409, "price_known"),
    ({"device": "nokia-3310", "faults": ["screen_cracked"]}, 404, "device_unknown"),
    ({**WISH, "faults": []}, 422, "nothing_to_quote"),
    ({**WISH, "email": "nobody"}, 422, "email_invalid"),
    ({**WISH, "name": "http://spam.example"}, 422, "name_invalid"),
    ({**WISH, "faults": ["disc_drive"] * 13}, 422, "invalid"),
    ({**WISH, "price": 1}, 422, "invalid"),
]


async def test_what_need_not_or_cannot_be_asked_says_why(visitor: Client, client: Client, shop: Any) -> None:
    for body, status, code in REFUSED:
        assert (await visitor.json("POST", PATH, status=status, json=body))["code"] == code, body
    for service in ("housing", "usb_port", "hdmi_port", "power_supply", "buttons"):
        await ask(visitor, faults=[], services=[service])
    refused = await visitor.json("POST", PATH, status=409, json={**WISH, "faults": [], "services": ["antenna_wifi"]})
    assert refused["code"] == "too_many_price_requests"
    await client.json("POST", PATH, status=401, json=WISH)
    await visitor.json("GET", PATH, status=403)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"lines": []}, "invalid"),
        ({"lines": [{"label": "Nothing", "amount_minor": 0}]}, "total_invalid"),
        ({"lines": [{"label": "Too much", "amount_minor": 2_000_000}] * 2}, "total_invalid"),
        ({"reason": " "}, "invalid"),
        ({"duration_minutes": 0}, "invalid"),
    ],
)
async def test_a_price_by_hand_makes_sense(visitor: Client, shop: Any, staff: Any, change: dict[str, Any], code: str) -> None:
    told, technician = await ask(visitor), await staff("technician")
    refused = await technician.json("POST", f"{PATH}/{told['id']}/answer", status=422, json={**PRICE, **change})
    assert refused["code"] == code
    assert len((await technician.json("GET", PATH))["requests"]) == 1


async def test_an_evening_question_is_promised_for_opening_hours(visitor: Client, shop: Any, staff: Any, clock: MovableClock) -> None:
    clock.set(datetime(2026, 11, 24, 17, 0, tzinfo=UTC))
    assert (await ask(visitor))["label"] == "Wed 25 Nov, 12:00"
    clock.set(datetime(2026, 11, 25, 12, 1, tzinfo=UTC))
    technician = await staff("technician")
    assert (await technician.json("GET", PATH))["requests"][0]["late"]


def test_worked_time_skips_what_is_closed() -> None:
    noon = datetime(2026, 11, 27, 12, tzinfo=UTC)  # a Friday
    calendar = Calendar(ZoneInfo("Europe/London"), {day: [(time(9), time(13)), (time(14), time(18))] for day in range(5)}, {})
    assert worked(calendar, noon, timedelta(hours=4)) == noon + timedelta(hours=5)
    assert worked(calendar, noon, timedelta(hours=6)) == datetime(2026, 11, 30, 10, tzinfo=UTC)
    assert worked(Calendar(calendar.zone, {}, {}), noon, timedelta(hours=1)) is None


async def test_staff_see_all_of_a_long_list_page_by_page(client: Client, shop: Any, staff: Any, site: Site) -> None:
    people = []
    async with contextlib.AsyncExitStack() as doors:
        for _ in range(5):
            opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
            who = await doors.enter_async_context(Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}))
            people.append((await ask(who))["id"])
    technician = await staff("technician")

    async def pages(**query: str) -> list[str]:
        found, cursor = [], None
        while True:
            more = {"cursor": cursor} if cursor else {}
            page = await technician.json("GET", PATH, params={"limit": "2", **query, **more})
            assert len(page["requests"]) <= 2
            found += [row["id"] for row in page["requests"]]
            if (cursor := page["next_cursor"]) is None:
                return found

    assert await pages() == people
    for one in people[:3]:
        await technician.json("POST", f"{PATH}/{one}/decline", json={"reason": "Nobody makes it any more."})
    assert await pages() == people[3:] and await pages(state="declined") == people[2::-1]
    await technician.json("GET", PATH, params={"limit": "101"}, status=422)
    await technician.json("GET", PATH, params={"cursor": str(UUID(int=7))}, status=404)
