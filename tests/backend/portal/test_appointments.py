"""Moving an appointment and giving it up by the link, and in the staff room, as a browser without scripts does."""

import html
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import Range
from yarl import URL

from backend.bookings.config import BookingConfig
from backend.bookings.models import Booking
from backend.capacity.models import Bench, Occupancy
from backend.core import config, race
from backend.core.site import Site
from tests.conftest import Client, MovableClock, SignIn

from .conftest import Page, look


@pytest.fixture
async def booked(visitor: Client, book: Any) -> Any:
    return await book(visitor)


def path_of(booked: Any) -> str:
    return urlsplit(booked["tracking_url"]).path


def times(page: Page) -> list[str]:
    """The addresses behind the times on a page."""
    return [html.unescape(tag["href"] or "") for tag in page.tags("a") if "/move?to=" in (tag.get("href") or "")]


def hidden(page: Page) -> dict[str, str]:
    return {str(tag["name"]): html.unescape(tag["value"] or "") for tag in page.tags("input") if tag.get("type") == "hidden"}


async def state(site: Site) -> tuple[str, datetime, int]:
    async with site.work() as session:
        booking = (await session.scalars(select(Booking))).one()
        places = await session.scalar(select(func.count()).select_from(Occupancy).where(Occupancy.holder_id == booking.id)) or 0
        return booking.state, booking.starts_at, places


async def choose(client: Client, path: str, number: int = 4) -> dict[str, str]:
    page = await look(client, times(await look(client, f"{path}/move"))[number])
    assert page.status == 200 and "Move it" in page.text
    return hidden(page)


async def test_a_time_is_chosen_confirmed_and_taken_back(client: Client, booked: Any, site: Site) -> None:
    path = path_of(booked)
    first = await look(client, path)
    assert f'href="{path}/move"' in first.html and f'href="{path}/cancel"' in first.html
    picker = await look(client, f"{path}/move")
    assert picker.status == 200 and "Tuesday 24 Nov" in picker.text and f"Now {booked['label']}" in picker.text
    assert not any("11%3A30" in address and "2026-11-24" in address for address in times(picker)), "its own time is not on offer"
    wish = await choose(client, path)
    moved = await look(client, f"{path}/move", form=wish)
    assert moved.url == f"{path}?done=moved" and "Your appointment has moved." in moved.text
    _, starts_at, places = await state(site)
    assert starts_at == datetime.fromisoformat(wish["to"]) and places == 1
    back = hidden(moved)
    again = await look(client, f"{path}/move", form=back)
    assert again.status == 200
    assert (await state(site))[1] == datetime.fromisoformat(booked["starts_at"])
    assert "Back to" not in again.text, "a move is taken back once"
    async with site.work() as session:
        assert (await session.scalars(select(Booking.moves))).one() == 0, "and then it has not counted"


async def test_an_appointment_is_given_up_after_a_word(client: Client, booked: Any, site: Site) -> None:
    path = path_of(booked)
    asked = await look(client, f"{path}/cancel")
    assert asked.status == 200 and booked["label"] in asked.text
    assert (await state(site))[0] == "confirmed", "looking changes nothing"
    gone = await look(client, f"{path}/cancel", form=hidden(asked))
    assert "Your appointment is cancelled." in gone.text and "This appointment was cancelled." in gone.text
    assert (await state(site))[::2] == ("cancelled", 0)
    twice = await look(client, f"{path}/cancel", form=hidden(asked))
    assert twice.status == 409 and (await state(site))[0] == "cancelled"
    refused = await look(client, f"{path}/move")
    assert "This booking was cancelled. Please make a new one." in refused.text and times(refused) == []


async def test_a_time_that_went_meanwhile_leaves_the_old_one_in_place(
    client: Client, visitor: Client, booked: Any, book: Any, site: Site
) -> None:
    """Somebody takes the last bench between the look and the insert: the refusal must not have given the old time back."""
    path = path_of(booked)
    async with site.work() as session:
        for bench in await session.scalars(select(Bench)):
            bench.active = bench.number == 1
    wish = await choose(client, path)

    async def snatch() -> None:
        race.clear()
        async with site.work() as other:
            start = datetime.fromisoformat(wish["to"])
            other.add(Occupancy(bench=1, during=Range(start, start + timedelta(hours=1)), holder_id=uuid4(), created_at=start))

    race.place("occupancy.insert", snatch)
    page = await look(client, f"{path}/move", form=wish)
    assert page.status == 409 and "This time has just been taken." in page.text and times(page)
    assert await state(site) == ("confirmed", datetime.fromisoformat(booked["starts_at"]), 1)


async def test_two_tabs_do_not_overtake_each_other(client: Client, booked: Any, site: Site) -> None:
    path = path_of(booked)
    one, other = await choose(client, path, 2), await choose(client, path, 5)
    assert (await look(client, f"{path}/move", form=one)).url.endswith("?done=moved")
    assert (await look(client, f"{path}/move", form=one)).url.endswith("?done=moved"), "the same button twice is one move"
    stale = await look(client, f"{path}/move", form=other)
    assert stale.status == 409 and "changed in the meantime" in stale.text
    assert (await state(site))[1] == datetime.fromisoformat(one["to"])


async def test_the_shop_s_rules_are_told_in_words(client: Client, booked: Any, site: Site, clock: MovableClock, staff: SignIn) -> None:
    path = path_of(booked)
    async with site.work() as session:
        await config.put(session, BookingConfig(moves=1, move_notice=60, cancel_notice=30))
    wish = await choose(client, path, 9)
    await look(client, f"{path}/move", form=wish)
    clock.move(minutes=20)
    often = await look(client, f"{path}/move")
    assert "moved several times already" in often.text and "+44 113 496 0123" in often.text
    start = datetime.fromisoformat(wish["to"])
    clock.set(start - timedelta(minutes=29))
    late = await look(client, f"{path}/cancel")
    assert "too close to change it here" in late.text
    forced = await look(client, f"{path}/cancel", form={"version": "2"})
    assert forced.status == 409 and (await state(site))[0] == "confirmed"
    assert "/cancel" not in (await look(client, path)).html
    # The staff room is not bound by them.
    technician = await staff("technician")
    room = f"/staff/orders/{booked['reference']}"
    moved = await look(technician, f"{room}/move", form=await choose(technician, room, 3))
    assert "The appointment has moved." in moved.text
    gone = await look(technician, f"{room}/cancel", form=hidden(await look(technician, f"{room}/cancel")))
    assert "The appointment is cancelled." in gone.text


@pytest.mark.parametrize(
    "to",
    ["", "tomorrow", "2026-11-24T12:00:00", "1999-01-01T10:00:00Z", "2026-11-25T03:00:00Z", "2026-11-29T12:00:00Z", "9999-12-31T23:59:59Z"],
)
async def test_a_time_nobody_offered_is_refused(client: Client, booked: Any, site: Site, to: str) -> None:
    path = path_of(booked)
    page = await look(client, f"{path}/move", form={"to": to, "version": "1"})
    assert page.status == 422 and (await state(site))[1] == datetime.fromisoformat(booked["starts_at"])


async def test_the_times_go_on_week_by_week_and_a_closed_day_is_not_among_them(client: Client, booked: Any) -> None:
    path = path_of(booked)
    christmas = await look(client, f"{path}/move?from=2026-12-24")
    assert "Thursday 24 Dec" in christmas.text and "25 Dec" not in re.sub(r"Now .*?\.", "", christmas.text)
    assert (await look(client, f"{path}/move?from=2050-01-01")).status == 200
    assert (await look(client, f"{path}/move?from=yesterday")).status == 422


@pytest.mark.parametrize("what", ["move", "cancel"])
async def test_another_site_cannot_press_the_button(client: Client, booked: Any, site: Site, what: str) -> None:
    path, form = path_of(booked), {"to": "2026-11-25T12:00:00+00:00", "version": "1"}
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}):
        page = await look(client, f"{path}/{what}", form=form, headers=headers)
        assert page.status == 403
    assert (await state(site))[:2] == ("confirmed", datetime.fromisoformat(booked["starts_at"]))


@pytest.mark.parametrize("token", ["x", "A" * 32, "A" * 2_000, "%00", "é"])
@pytest.mark.parametrize("what", ["move", "cancel"])
async def test_a_wrong_link_changes_nothing(client: Client, shop: Any, token: str, what: str) -> None:
    assert (await look(client, f"/track/{token}/{what}")).status == 404
    assert (await look(client, f"/track/{token}/{what}", form={"to": "2026-11-25T12:00:00Z", "version": "1"})).status == 404


async def test_an_old_link_says_that_it_has_expired(client: Client, booked: Any, site: Site, clock: MovableClock) -> None:
    async with site.work() as session:
        await config.put(session, BookingConfig(link_days=30))
    path = path_of(booked)
    clock.move(days=29)
    assert (await look(client, path)).status == 200
    clock.move(days=1)
    for address in (path, f"{path}/move", f"{path}/cancel", f"{path}/calendar.ics"):
        page = await look(client, address)
        assert page.status == 410, address
    assert (await look(client, f"{path}/cancel", form={"version": "1"})).status == 410
    assert (await state(site))[0] == "confirmed"


async def test_a_technician_who_looks_at_the_customer_s_page_can_press_its_buttons(staff: SignIn, booked: Any, site: Site) -> None:
    """The browser sends the staff cookie along, so the form must carry the session's token."""
    known = await staff("technician")
    async with Client(known.base) as browser:
        browser.http.cookie_jar.update_cookies(known.http.cookie_jar.filter_cookies(URL(known.base)))
        path = path_of(booked)
        assert "csrf" in (wish := await choose(browser, path))
        assert (await look(browser, f"{path}/move", form=wish)).url == f"{path}?done=moved"
        assert (await look(browser, f"{path}/cancel", form={"version": "2"})).status == 403
    assert (await state(site))[0] == "confirmed"
