"""The staff room with forms only: finding orders, looking at one, moving its repair on."""

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select

from backend.core.site import Site
from backend.repairs.models import RepairMove
from tests.conftest import Client, MovableClock, SignIn, eventually

from .conftest import PAYLOADS, Page, look


@pytest.fixture
async def technician(staff: SignIn) -> Client:
    return await staff("technician")


@pytest.fixture
async def booked(visitor: Client, book: Any) -> Any:
    return await book(visitor)


async def move(client: Client, page: Page, to: str, **changes: str) -> Page:
    action = next(str(tag["action"]) for tag in page.tags("form") if tag.get("class") == "move")
    form = {"csrf": page.field("csrf"), "version": page.field("version"), "to": to} | changes
    return await look(client, action, form=form)


async def open_order(client: Client, booked: Any) -> Page:
    return await look(client, f"/staff/orders/{booked['reference']}")


def buttons(page: Page) -> list[str]:
    return [str(tag["value"]) for tag in page.tags("button") if tag.get("name") == "to"]


async def test_an_empty_shop_says_what_will_come(technician: Client, shop: Any) -> None:
    page = await look(technician, "/staff/orders")
    assert "No orders yet" in page.text and "appears here" in page.text


async def test_an_order_is_listed_with_what_matters(technician: Client, booked: Any) -> None:
    page = await look(technician, "/staff/orders")
    for words in (booked["reference"], "Amira Haddad", "+44 7700 900123", "iPhone 13", booked["label"], "Booked", booked["total"]["text"]):
        assert words in page.text
    assert any(tag.get("href") == f"/staff/orders/{booked['reference']}" for tag in page.tags("a"))


@pytest.mark.parametrize("q", ["", "amira", "HADDAD", "iphone 13", "amira@mail", "7700900123"])
async def test_it_is_found_by_what_people_remember(technician: Client, booked: Any, q: str) -> None:
    assert booked["reference"] in (await look(technician, "/staff/orders", params={"q": q})).text


@pytest.mark.parametrize("q", ["zebra", "%", "_", "' OR 1=1 --", *PAYLOADS])
async def test_what_is_not_there_is_not_found(technician: Client, booked: Any, q: str) -> None:
    page = await look(technician, "/staff/orders", params={"q": q})
    assert "Nothing matches" in page.text and booked["reference"] not in page.text
    assert page.field("q") == q and not list(page.tags("img")) and len([tag for tag in page.tags("script") if "src" not in tag]) == 0


async def test_stages_are_filters_with_counts(technician: Client, booked: Any) -> None:
    page = await look(technician, "/staff/orders")
    assert "Booked 1" in page.text
    assert booked["reference"] in (await look(technician, "/staff/orders?stage=booked")).text
    assert "Nothing matches" in (await look(technician, "/staff/orders?stage=ready")).text


async def test_a_form_that_leaves_a_filter_empty_means_all(technician: Client, booked: Any) -> None:
    assert booked["reference"] in (await look(technician, "/staff/orders?stage=&q=")).text


@pytest.mark.parametrize("query", ["stage=flying", "cursor=x", "cursor=019ab000-0000-7000-8000-000000000000", "q=" + "x" * 101, "page=2"])
async def test_a_mistyped_address_is_told_so(technician: Client, shop: Any, query: str) -> None:
    assert (await look(technician, f"/staff/orders?{query}")).status in (404, 422)


async def test_today_shows_who_is_expected_and_what_is_in_the_workshop(technician: Client, booked: Any) -> None:
    page = await look(technician, "/staff/orders")
    assert "Expected today 1" in page.text and "In the workshop" not in page.text
    page = await move(technician, await open_order(technician, booked), "received")
    page = await look(technician, "/staff/orders")
    assert "Expected" not in page.text and "In the workshop 1" in page.text and "Since Tue 24 Nov" in page.text
    for to in ("diagnosing", "cancelled"):  # it is given up, and still has to be fetched
        await move(technician, await open_order(technician, booked), to)
    assert booked["reference"] in (await look(technician, "/staff/orders")).text
    await move(technician, await open_order(technician, booked), "collected")
    page = await look(technician, "/staff/orders")
    assert "Nothing to do today" in page.text and booked["reference"] not in page.text
    assert booked["reference"] in (await look(technician, "/staff/orders?view=all")).text


async def test_on_a_closed_day_the_next_one_is_prepared(staff: SignIn, visitor: Client, book: Any, clock: MovableClock) -> None:
    clock.set(datetime(2026, 11, 28, 18, 0, tzinfo=UTC))  # a Saturday evening
    booked = await book(visitor)
    page = await look(await staff("technician"), "/staff/orders")
    assert "Expected on Monday 30 Nov 1" in page.text and booked["reference"] in page.text
    clock.move(days=1, hours=20)
    page = await look(await staff("technician"), "/staff/orders")
    assert "Expected today 1" in page.text


async def test_many_orders_come_in_pages(technician: Client, visitor: Client, book: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("backend.portal.staff_orders.PER_PAGE", 2)
    references = [(await book(visitor))["reference"] for _ in range(3)]
    first = await look(technician, "/staff/orders?view=all")
    assert [reference in first.text for reference in references] == [False, True, True]
    older = next(str(tag["href"]) for tag in first.tags("a") if "cursor" in str(tag.get("href")))
    second = await look(technician, older)
    assert [reference in second.text for reference in references] == [True, False, False] and "Newest orders" in second.text


async def test_an_order_shows_customer_price_history_and_the_ways_on(technician: Client, booked: Any) -> None:
    page = await open_order(technician, booked)
    for words in ("Amira Haddad", "amira@mail.example", "+44 7700 900123", "Screen replacement", booked["total"]["text"], booked["label"]):
        assert words in page.text
    assert buttons(page) == ["received", "cancelled"]


async def test_a_repair_goes_all_the_way(technician: Client, booked: Any) -> None:
    page = await open_order(technician, booked)
    for to, words in [
        ("received", "Moved to received."),
        ("diagnosing", "Moved to diagnosing."),
        ("repairing", "Moved to repairing."),
        ("quality_check", "Moved to quality check."),
        ("ready", "Moved to ready."),
        ("collected", "Moved to collected."),
        ("closed", "Moved to closed."),
    ]:
        page = await move(technician, page, to)
        assert page.status == 200 and words in page.text and page.url.startswith(f"/staff/orders/{booked['reference']}")
    assert buttons(page) == [] and "nothing left to move" in page.text


async def test_the_usual_way_is_the_strong_button_and_the_grave_one_comes_last(technician: Client, booked: Any) -> None:
    page = await move(technician, await open_order(technician, booked), "received")
    page = await move(technician, page, "diagnosing")
    assert buttons(page) == ["repairing", "awaiting_approval", "awaiting_parts", "on_hold", "cancelled", "unrepairable"]
    held = await move(technician, page, "on_hold")
    assert "Resume: diagnosing" in held.text and buttons(held)[0] == "diagnosing"


async def test_a_note_is_kept_with_who_wrote_it_and_who_sees_it(technician: Client, visitor: Client, booked: Any) -> None:
    page = await move(technician, await open_order(technician, booked), "received", note="Scratch on the back", public="")
    page = await move(technician, page, "diagnosing", note="We look at it now", public="true")
    assert "Scratch on the back" in page.text and "Only staff see this note" in page.text
    assert "We look at it now" in page.text and "Shown to the customer" in page.text and "technician-" in page.text
    tracking = await look(visitor, "/" + booked["tracking_url"].split("/", 3)[3])
    assert "We look at it now" in tracking.text and "Scratch" not in tracking.html


async def test_somebody_who_looked_too_long_is_told_and_loses_no_note(technician: Client, staff: SignIn, booked: Any) -> None:
    page = await open_order(technician, booked)
    colleague = await staff("manager")
    await move(colleague, await open_order(colleague, booked), "received")
    late = await move(technician, page, "cancelled", note="Customer rang to cancel")
    assert late.status == 409 and "Somebody else moved this repair to received" in late.text
    assert "Customer rang to cancel" in late.html and buttons(late)[0] == "diagnosing"
    assert "Moved to diagnosing" in (await move(technician, late, "diagnosing")).text


async def test_of_two_at_once_one_moves_it(technician: Client, staff: SignIn, site: Site, booked: Any) -> None:
    other = await staff("technician")
    pages = [(client, await open_order(client, booked)) for client in (technician, other)]
    answers = await asyncio.gather(*[move(client, page, "received") for client, page in pages])
    assert sorted(answer.status for answer in answers) == [200, 409]
    async with site.work() as session:
        assert len((await session.scalars(select(RepairMove).where(RepairMove.to_stage == "received"))).all()) == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"to": "ready"}, 422),
        ({"to": "flying"}, 422),
        ({"to": ""}, 422),
        ({"version": "x"}, 422),
        ({"version": "0"}, 422),
        ({"version": "99999999999999999999"}, 422),
        ({"note": "x" * 2_001}, 422),
        ({"note": "a\x00b"}, 422),
        ({"surprise": "1"}, 422),
    ],
)
async def test_what_cannot_be_done_changes_nothing_and_says_why(
    technician: Client, booked: Any, changes: dict[str, str], status: int
) -> None:
    page = await move(technician, await open_order(technician, booked), **({"to": "received"} | changes))
    assert page.status == status
    assert buttons(await open_order(technician, booked)) == ["received", "cancelled"]


async def test_a_note_too_long_is_named_beside_its_field_and_kept(technician: Client, booked: Any) -> None:
    page = await move(technician, await open_order(technician, booked), "received", note="x" * 2_001)
    assert "Use at most 2000 characters." in page.text and "x" * 2_001 in page.html


@pytest.mark.parametrize("repair", ["019ab000-0000-7000-8000-000000000000", "x"])
async def test_a_repair_that_is_not_there_cannot_be_moved(technician: Client, shop: Any, repair: str) -> None:
    page = await look(technician, f"/staff/repairs/{repair}/moves", form={"to": "received", "version": "1"})
    assert page.status == 404


@pytest.mark.parametrize("reference", ["RT-22222", "nonsense", "%3Cscript%3E", "RT-"])
async def test_an_order_that_is_not_there_is_not_shown(technician: Client, shop: Any, reference: str) -> None:
    assert (await look(technician, f"/staff/orders/{reference}")).status == 404


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_names_and_notes_are_text_whatever_they_say(
    technician: Client, visitor: Client, quote: Any, slots: Any, payload: str
) -> None:
    offer = await quote(visitor)
    start = (await slots(visitor, offer))[0]["starts_at"]
    customer = {"name": payload, "email": "amira@mail.example"}
    async with visitor.post("/api/v1/bookings", json={"quote_id": offer["id"], "starts_at": start, "customer": customer}) as response:
        answer = await response.json()
    name = payload
    if response.status != 201:  # the customers' rules refuse some of these as names; then a plain one books
        name = "Amira Haddad"
        body = {"quote_id": offer["id"], "starts_at": start, "customer": customer | {"name": name}}
        answer = await visitor.json("POST", "/api/v1/bookings", status=201, json=body)
    page = await move(technician, await open_order(technician, answer), "received", note=payload)
    for shown in (page, await look(technician, "/staff/orders")):
        assert not list(shown.tags("img")) and not any("onload" in tag for tag in shown.tags("svg"))
        assert all("src" in tag for tag in shown.tags("script"))
        assert " 49" not in shown.text


async def test_a_customers_page_hears_of_a_move(technician: Client, client: Client, booked: Any) -> None:
    token = booked["tracking_url"].rsplit("/", 1)[1]
    heard: list[bytes] = []
    async with client.get(f"/api/v1/tracking/{token}/events") as stream:

        async def listen() -> None:
            async for line in stream.content:
                heard.append(line)

        listener = asyncio.create_task(listen())
        await eventually(_times(heard, 1))
        await move(technician, await open_order(technician, booked), "received")
        await eventually(_times(heard, 2))
        listener.cancel()


def _times(heard: list[bytes], count: int) -> Any:
    async def check() -> bool:
        return heard.count(b"event: changed\n") >= count

    return check


async def test_outsiders_see_nothing_of_it(client: Client, visitor: Client, booked: Any) -> None:
    for path in ("/staff", "/staff/orders", f"/staff/orders/{booked['reference']}"):
        page = await look(client, path)
        assert page.url.startswith("/staff/login") and "Haddad" not in page.html
        barred = await look(visitor, path, follow=False)
        assert barred.status == 403 and "Haddad" not in barred.html


async def test_links_that_reached_the_wrong_hands_are_ended(technician: Client, client: Client, booked: Any) -> None:
    page, path = await open_order(technician, booked), booked["tracking_url"].removeprefix(client.base)
    assert (await look(client, path)).status == 200
    done = await look(technician, f"/staff/orders/{booked['reference']}/links/end", form={"csrf": page.field("csrf")})
    assert done.status == 200 and "No link sent so far opens this order" in done.text
    assert (await look(client, path)).status == 404
