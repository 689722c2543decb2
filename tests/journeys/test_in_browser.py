"""Five journeys as people live them: in Chromium, judged on a phone and on a desk, light and dark, with pictures kept."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from PIL import Image
from playwright.async_api import Browser, Page

from tests.browser import PICTURES, chrome, open_page
from tests.journeys import held
from tests.journeys.visit import WAIT, Visit
from tests.stack import Stack

pytestmark = pytest.mark.timeout(240)
__all__ = ["chrome"]


@pytest.fixture
def email() -> str:
    return f"browser.{uuid4().hex[:10]}@example.com"


async def bookings(stack: Stack, visit: Visit) -> list[tuple[str, str, list[str]]]:
    """What the shop holds of this browser: address, state, devices."""
    rows = held.rows(stack.database, held.BOOKINGS, await visit.conversation(stack))
    return [(row["email"], row["state"], row["devices"]) for row in rows]


async def test_from_a_price_to_a_time_with_second_thoughts(stack: Stack, chrome: Browser, email: str) -> None:
    visit = await Visit.begin(chrome, stack, PICTURES / "journeys" / "second-thoughts", "desk", "dark")
    await visit.say("need a new battery for my iphone 13", "Battery")
    await visit.say("no sorry, the 13 mini", "iPhone 13 mini")
    await visit.choose("time", "name a day")
    assert await visit.log.get_by_role("tab").count() > 1, "the picker shows days to leaf through"
    await visit.look("week")
    first = await visit.pick(1, 2, "Name")
    await visit.log.locator("form button[type=submit]").last.click()
    await visit.sees("Please fill this in.")
    await visit.look("form-with-errors")
    await visit.say("actually can i have a different time", "name a day")
    second = await visit.pick(2, 1, "Name")
    assert first != second
    await visit.fill(f"{second}", name="Aoife O'Brien", email=email)
    await visit.choose("book it", "Booked")
    await visit.log.get_by_role("heading", name=second).wait_for(timeout=WAIT)
    await visit.log.get_by_text("Booked, RT-").wait_for(timeout=WAIT)  # the price's own card knows
    await visit.look("booked")
    await visit.survives_a_reload()
    assert await bookings(stack, visit) == [(email, "confirmed", ["iPhone 13 mini"])]
    await visit.end()


async def test_several_devices_in_one_visit(stack: Stack, chrome: Browser, email: str) -> None:
    visit = await Visit.begin(chrome, stack, PICTURES / "journeys" / "several-devices", "phone", "light")
    await visit.say("my iphone 13 screen is smashed and also my daughter's ipad won't charge", "Which iPad")
    await visit.say("ipad 9th gen i think", "iPad (9th generation)")
    await visit.say("yes please find me a time", "name a day")
    await visit.pick(1, 0, "Name")
    await visit.fill("iPad (9th generation)", name="Hannah Price", email=email)
    await visit.choose("book it", "Booked")
    card = visit.cards("Booked")
    assert await card.get_by_role("listitem").count() == 2, "each device stands on the card with its own price"
    await visit.look("booked")
    assert await bookings(stack, visit) == [(email, "confirmed", ["iPhone 13", "iPad (9th generation)"])]
    await visit.end()


async def test_a_photo_and_a_parcel(stack: Stack, chrome: Browser, email: str, tmp_path: Path) -> None:
    shots = [tmp_path / f"{name}.jpg" for name in ("front", "corner")]
    for number, shot in enumerate(shots):
        Image.linear_gradient("L").resize((900, 1200)).rotate(90 * number).convert("RGB").save(shot)
    visit = await Visit.begin(chrome, stack, PICTURES / "journeys" / "parcel", "phone", "dark")
    await visit.say("hi, cracked screen on an iphone 12", "iPhone 12", photos=shots)
    await visit.look("photos")
    await visit.say("i live miles away, i'd rather post it to you", "Postcode")
    await visit.fill("no parcels", name="Elin Parry", email=email, line1="3 Castle Street", city="St Helier", postcode="JE2 3AB")
    await visit.fill("which day", city="Cardiff", postcode="cf10 1bh")
    await visit.say("the second one", "CF10 1BH")
    await visit.say("yes please, book it", "by post")
    await visit.look("packing")
    # The tracking page tells how to pack, and shows the photos.
    link = await visit.log.get_by_role("link", name="Track repair").get_attribute("href")
    track = await visit.tab(str(link))
    await track.page.get_by_role("heading", name="Before you post it").wait_for()
    assert await track.page.locator(".photo img").count() == 2
    await track.look("tracking", "main")
    rows = held.rows(stack.database, held.PHOTOS, await visit.conversation(stack))
    assert (await bookings(stack, visit), rows[0]["n"]) == ([(email, "confirmed", ["iPhone 12"])], 2)
    await visit.end(track)


async def test_moved_in_the_chat_and_cancelled_by_the_link(stack: Stack, chrome: Browser, email: str) -> None:
    visit = await Visit.begin(chrome, stack, PICTURES / "journeys" / "moved", "desk", "light")
    await visit.say("screen on my iphone 13 is cracked, can i book it in", "iPhone 13")
    await visit.say("yes", "name a day")
    was = await visit.pick(1, 0, "Name")
    await visit.fill("iPhone 13", name="Noor Aziz", email=email)
    await visit.choose("book it", "Booked")
    link = str(await visit.log.get_by_role("link", name="Track repair").get_attribute("href"))
    track = await visit.tab(link, "phone")
    await track.page.locator("[data-live]").wait_for()
    # Moved in the chat: the card above and the page in the other tab change by themselves.
    await visit.say("can we move my appointment to another day", "RT-")
    to = await visit.pick(2, 1, "Shall I move")
    await visit.say("yes please move it", "now")
    card = visit.cards("Booked").first
    await card.get_by_text(f"Moved from {was}").wait_for(timeout=WAIT)
    assert await card.get_by_role("heading").inner_text() == to
    await track.page.locator(".track__when", has_text=to.split(", ")[1]).wait_for(timeout=WAIT)
    await visit.look("moved")
    await track.look("tracking-moved", "main")
    # Cancelled by the link: the cards in the chat are crossed out, whoever looks.
    await track.page.get_by_role("link", name="Cancel", exact=True).click()
    await track.look("cancel", "main")
    await track.page.get_by_role("button", name="Cancel").click()
    await track.page.get_by_text("This appointment was cancelled.").wait_for()
    await visit.cards("Cancelled").nth(1).wait_for(timeout=WAIT)
    assert await visit.cards("Booked").count() == 0
    await visit.look("cancelled")
    assert await bookings(stack, visit) == [(email, "cancelled", ["iPhone 13"])]
    await visit.end(track)


async def test_a_price_from_a_person_taken_up_tomorrow_in_another_tab(stack: Stack, chrome: Browser, email: str) -> None:
    visit = await Visit.begin(chrome, stack, PICTURES / "journeys" / "asked-price", "phone", "light")
    await visit.say("hi, the disc drive of my playstation 3 is broken", "no ready price")
    await visit.choose("Yes, ask a technician", "here")
    await visit.page.get_by_role("dialog").get_by_role("button", name="Close chat").click()
    staff = await at_the_bench(chrome, stack)
    await staff.goto(f"{stack.base}/staff/prices")
    await staff.get_by_role("link", name="PlayStation 3").last.click()
    await staff.get_by_label("Line 1").fill("Laser unit, refurbished")
    await staff.get_by_label("£").first.fill("45.00")
    await staff.get_by_label("Why this price, for the customer").fill("We found one from a trusted dismantler.")
    await staff.get_by_role("button", name="Send the price").click()
    # The closed chat says that there is something new, and the answer stands in the same conversation.
    await visit.page.get_by_role("button", name="Chat with us, 1 new message").wait_for(timeout=WAIT)
    await visit.look("unread", "body")
    await visit.page.get_by_role("button", name="Chat with us, 1 new message").click()
    await visit.sees("Your price for")
    await visit.look("answered")
    # Tomorrow, in another tab; what is said in one stands in the other.
    desk = await visit.tab(stack.base, "desk")
    await desk.open_chat()
    await desk.choose("Find a time", "name a day")
    await visit.log.get_by_role("tab").first.wait_for(timeout=WAIT)
    await visit.pick(1, 0, "Name")
    await desk.log.locator("input[name=email]").wait_for(timeout=WAIT)
    await desk.fill("PlayStation 3", name="Ivy Brooks", email=email)
    await desk.choose("book it", "Booked")
    await visit.cards("Booked").wait_for(timeout=WAIT)
    both = [await each.log.get_by_role("article").all_inner_texts() for each in (visit, desk)]
    assert [text.split("\n")[0] for text in both[0]] == [text.split("\n")[0] for text in both[1]], "two tabs tell the same story"
    await desk.look("booked")
    assert [row[:2] for row in await bookings(stack, visit)] == [(email, "confirmed")]
    await staff.context.close()
    await visit.end(desk)


async def at_the_bench(chrome: Browser, stack: Stack) -> Page:
    """A technician's page, signed in."""
    maya = await asyncio.to_thread(stack.technician)
    page = await open_page(chrome, "desk", "light")
    cookie = maya.headers["Cookie"].partition("=")[2]
    await page.context.add_cookies([{"name": "staff_session", "value": cookie, "url": stack.base}])
    return page
