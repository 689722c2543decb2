"""Photos kept with an order: which ones, who sees them, and live."""

import asyncio
import re
from typing import Any

from backend.core import race
from backend.core.site import Site
from tests.backend.files.doors import send, upload
from tests.backend.files.pictures import jpeg
from tests.backend.files.test_links import another
from tests.conftest import Client, MovableClock, SignIn


async def photo(who: Client, width: int = 64, *, alt: str | None = None) -> str:
    """Bring a photo, send it, and return its id."""
    file_id = str((await upload(who, jpeg(width, 48)))["file_id"])
    await send(who, file_ids=[file_id], alts={file_id: alt} if alt else {})
    return file_id


async def tracked(client: Client, booked: dict[str, Any]) -> list[str]:
    """The photos the follower of an order's link is shown."""
    token = booked["tracking_url"].rpartition("/")[2]
    return [shown["file_id"] for shown in (await client.json("GET", f"/api/v1/tracking/{token}"))["photos"]]


async def test_photos_before_and_after_the_booking_are_kept_with_it(visitor: Client, client: Client, book: Any, drain: Any) -> None:
    before = await photo(visitor)
    booked = await book(visitor)
    assert await tracked(client, booked) == [before]
    after = await photo(visitor, 80)
    await drain()
    assert await tracked(client, booked) == [before, after]
    unsent = await upload(visitor, jpeg(90, 90))
    await drain()
    assert unsent["file_id"] not in await tracked(client, booked)


async def test_the_followers_links_open_and_another_visitors_photos_are_not_there(visitor: Client, client: Client, book: Any) -> None:
    async with await another(client) as stranger:
        await photo(stranger)
    await photo(visitor)
    booked = await book(visitor)
    token = booked["tracking_url"].rpartition("/")[2]
    (shown,) = (await client.json("GET", f"/api/v1/tracking/{token}"))["photos"]
    for url in (shown["url"], shown["thumbnail"]["url"]):
        async with client.get(url) as response:
            assert response.status == 200 and response.content_type == "image/jpeg"


async def test_what_is_old_belongs_to_another_story(visitor: Client, client: Client, book: Any, clock: MovableClock) -> None:
    await photo(visitor)
    clock.move(days=-31)
    old = await photo(visitor, 80)
    clock.move(days=31)
    booked = await book(visitor)
    assert old not in await tracked(client, booked) and len(await tracked(client, booked)) == 1


async def test_an_order_that_is_over_keeps_nothing_more(visitor: Client, client: Client, book: Any, drain: Any) -> None:
    booked = await book(visitor)
    await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel")
    await photo(visitor)
    await drain()
    assert await tracked(client, booked) == []


async def test_a_photo_sent_at_the_very_moment_of_booking_is_kept(visitor: Client, client: Client, book: Any, drain: Any) -> None:
    """The booking is held back just before it is written; the photo and its event come in between."""

    async def send_meanwhile() -> None:
        race.clear()
        await photo(visitor)

    race.place("booking.insert", send_meanwhile)
    working = asyncio.create_task(drain())
    booked = await book(visitor)
    await working
    await drain()
    assert len(await tracked(client, booked)) == 1


async def test_staff_see_all_and_choose_what_the_follower_sees(visitor: Client, client: Client, book: Any, staff: SignIn) -> None:
    file_id = await photo(visitor, alt="my <b>passcode</b>")
    booked = await book(visitor)
    technician = await staff("technician")
    order = f"/staff/orders/{booked['reference']}"
    async with technician.get(order) as response:
        page = await response.text()
    assert "my &lt;b&gt;passcode&lt;/b&gt;" in page and "Hide from customer" in page
    (thumbnail,) = re.findall(r'<img src="(/files/[^"]+)"', page)
    async with technician.get(thumbnail.replace("&amp;", "&")) as response:
        assert response.status == 200
    for public, shown in (("false", []), ("true", [file_id])):
        async with technician.post(f"{order}/photos/{file_id}", data={"public": public}) as response:
            assert response.status == 303
        assert await tracked(client, booked) == shown
        answer = await technician.json("GET", f"/api/v1/orders/{booked['reference']}")
        assert [kept["public"] for kept in answer["photos"]] == [public == "true"]
    async with technician.post(f"{order}/photos/{booked_elsewhere}", data={"public": "false"}) as response:
        assert response.status == 404
    async with technician.post(f"{order}/photos/{file_id}", data={"public": "perhaps"}) as response:
        assert response.status == 422


booked_elsewhere = "00000000-0000-7000-8000-000000000000"


async def test_the_page_shows_them_and_hears_of_new_ones(visitor: Client, client: Client, book: Any, drain: Any, site: Site) -> None:
    await photo(visitor, alt="the cracked corner")
    booked = await book(visitor)
    token = booked["tracking_url"].rpartition("/")[2]
    async with client.get(f"/track/{token}") as response:
        page = await response.text()
        assert "img-src 'self'" in response.headers["Content-Security-Policy"]
    assert "Your photos" in page and 'alt="the cracked corner"' in page
    before = (await client.json("GET", f"/api/v1/tracking/{token}"))["rev"]
    await photo(visitor, 80)
    await drain()
    assert (await client.json("GET", f"/api/v1/tracking/{token}"))["rev"] == before + 1
