"""Photos from the bench with forms only: taken in, shown or kept for us, described, taken off and brought back."""

import asyncio
from typing import Any
from uuid import uuid4

import aiohttp
import pytest
from sqlalchemy import select

from backend.core.audit import AuditRow
from backend.core.site import Site
from backend.files import jobs
from backend.files.models import File
from backend.repairs import bench_photos
from tests.backend.files.doors import upload
from tests.backend.files.pictures import jpeg
from tests.conftest import Client, MovableClock, SignIn

from .conftest import Page, look


@pytest.fixture
async def technician(staff: SignIn) -> Client:
    return await staff("technician")


@pytest.fixture
async def booked(visitor: Client, book: Any) -> Any:
    return await book(visitor)


def order_of(booked: Any) -> str:
    return f"/staff/orders/{booked['reference']}"


def track_of(booked: Any) -> str:
    return "/" + str(booked["tracking_url"]).split("/", 3)[3]


async def shoot(
    who: Client, booked: Any, *pictures: tuple[str, bytes], csrf: str | None = None, upload: str | None = None, **fields: str
) -> Page:
    """Send the form as a browser does, field by field; fields come before the pictures they are about."""
    async with who.get(order_of(booked)) as response:
        shown = Page(200, "", {}, await response.text())
    form = aiohttp.FormData()
    form.add_field("csrf", shown.field("csrf") if csrf is None else csrf)
    form.add_field("upload", upload or shown.field("upload"))
    for name, value in {"caption": "", "public": "false", **fields}.items():
        form.add_field(name, value)
    for name, body in pictures:
        form.add_field("photos", body, filename=name, content_type="image/jpeg")
    form.add_field("photos", b"", filename="", content_type="application/octet-stream")  # nothing was taken with the camera
    # The token comes with the form, not by header as elsewhere in tests.
    plain = aiohttp.ClientSession(base_url=who.base, cookie_jar=who.http.cookie_jar)
    async with plain, plain.post(f"{order_of(booked)}/photos", data=form) as answer:
        return Page(answer.status, answer.url.path_qs, answer.headers.copy(), await answer.text())


async def kept(who: Client, booked: Any) -> list[Any]:
    return list((await who.json("GET", f"/api/v1/orders/{booked['reference']}"))["photos"])


async def seen(client: Client, booked: Any) -> list[tuple[str | None, int]]:
    """Of the customer's timeline: captions and how many pictures stand together."""
    answer = await client.json("GET", f"/api/v1/tracking{track_of(booked).removeprefix('/track')}")
    assert answer["photos"] == []
    return [(entry["photos"][0]["alt"], len(entry["photos"])) for entry in answer["repairs"][0]["timeline"] if entry["photos"]]


async def test_pictures_of_a_plain_form_are_kept_and_only_public_ones_shown(technician: Client, client: Client, booked: Any) -> None:
    page = await shoot(technician, booked, ("a.jpg", jpeg(64, 48)), ("b.jpg", jpeg(80, 48)), caption="Water <b>inside</b>", public="true")
    assert page.status == 200 and "The photos are kept with the order" in page.text and page.text.count("Customer sees it") == 2
    await shoot(technician, booked, ("c.jpg", jpeg(96, 48)), caption="Serial number")
    answers = await kept(technician, booked)
    assert [(one["alt"], one["public"]) for one in answers] == [("Water <b>inside</b>", True)] * 2 + [("Serial number", False)]
    assert await seen(client, booked) == [("Water <b>inside</b>", 2)]
    tracking = await look(client, track_of(booked))
    assert "From the bench" in tracking.text and "Water &lt;b&gt;inside&lt;/b&gt;" in tracking.html and "Serial number" not in tracking.html
    async with client.get(answers[0]["thumbnail"]["url"]) as picture:
        assert picture.status == 200
    async with client.get(answers[0]["url"].replace("key=", "key=x")) as picture:
        assert picture.status == 404


async def test_the_same_form_twice_keeps_pictures_once(technician: Client, booked: Any) -> None:
    key = uuid4().hex
    await asyncio.gather(*(shoot(technician, booked, ("a.jpg", jpeg(64, 48)), upload=key) for _ in range(2)))
    assert len(await kept(technician, booked)) == 1


async def test_what_is_no_picture_is_told_and_the_others_stay(technician: Client, booked: Any) -> None:
    page = await shoot(technician, booked, ("a.jpg", jpeg(64, 48)), ("evil.jpg", b"<script>alert(1)</script>" * 9), ("c.jpg", jpeg(80, 48)))
    assert page.status == 422 and "Picture 2: Only pictures can be sent here" in page.text
    assert len(await kept(technician, booked)) == 2
    assert "Choose one or more pictures first" in (await shoot(technician, booked)).text
    many = [(f"{number}.jpg", jpeg(64 + number, 48)) for number in range(14)]
    page = await shoot(technician, booked, *many)
    assert "Only the first 12 pictures were taken" in page.text and len(await kept(technician, booked)) == 14


async def test_a_form_from_elsewhere_takes_in_nothing(technician: Client, visitor: Client, client: Client, site: Site, booked: Any) -> None:
    for token in ("", "A" * 32, "A" * 9000):
        assert (await shoot(technician, booked, ("a.jpg", jpeg(64, 48)), csrf=token)).status in (400, 403)
    for nobody in (visitor, client):
        async with nobody.post(f"{order_of(booked)}/photos", data={"photos": "x"}) as response:
            assert response.status in (303, 403)
    async with site.work() as session:
        assert (await session.scalars(select(File))).all() == []
    odd = [("caption", "x" * 301), ("public", "perhaps"), ("repair", "x"), ("repair", str(uuid4())), ("upload", "../../etc")]
    for name, value in odd:
        page = await shoot(technician, booked, ("a.jpg", jpeg(64, 48)), **{name: value})
        assert page.status in (404, 422), name
    assert await kept(technician, booked) == []


async def test_taken_off_brought_back_and_in_the_end_forgotten(
    staff: SignIn, client: Client, site: Site, booked: Any, clock: MovableClock
) -> None:
    technician = await staff("technician")

    await shoot(technician, booked, ("a.jpg", jpeg(64, 48)), caption="Before", public="true")
    (photo,) = await kept(technician, booked)
    path = f"{order_of(booked)}/photos/{photo['file_id']}"

    async def press(what: str, **form: str) -> Page:
        return await look(technician, f"{path}{what}", form=form)

    assert "Corrosion at the port" in (await press("/caption", caption=" Corrosion at  the port ")).text
    assert await seen(client, booked) == [("Corrosion at the port", 1)]
    gone = await press("/remove")
    assert "Taken off (1)" in gone.text and "Bring back" in gone.text
    assert await seen(client, booked) == [] and await kept(technician, booked) == []
    assert (await press("/caption", caption="x")).status == 404
    clock.move(hours=23)
    technician = await staff("technician")
    await jobs.sweep.work(site)
    await press("/restore")
    assert await seen(client, booked) == [("Corrosion at the port", 1)]
    clock.move(days=3)
    technician = await staff("technician")
    await jobs.sweep.work(site)
    assert len(await kept(technician, booked)) == 1, "what an order has is never swept"
    await press("", public="false")
    assert await seen(client, booked) == []
    await press("/remove")
    clock.move(hours=25)
    technician = await staff("technician")
    await jobs.sweep.work(site)
    assert (await press("/restore")).status == 404
    async with site.work() as session:
        deeds = (await session.scalars(select(AuditRow.action).where(AuditRow.action.like("photo.%")).order_by(AuditRow.at))).all()
    assert deeds == [
        *("photo.added", "photo.described", "photo.removed", "photo.restored", "photo.hidden", "photo.removed"),
    ]


async def test_what_the_customer_sent_is_theirs(technician: Client, visitor: Client, booked: Any, drain: Any) -> None:
    from tests.backend.files.doors import send

    file_id = (await upload(visitor, jpeg(64, 48)))["file_id"]
    await send(visitor, file_ids=[file_id])
    await drain()
    for what in ("remove", "restore", "caption"):
        assert (await look(technician, f"{order_of(booked)}/photos/{file_id}/{what}", form={})).status == 404
    assert len(await kept(technician, booked)) == 1


async def test_by_api_with_pictures_brought_before(
    technician: Client, staff: SignIn, client: Client, booked: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = [(await upload(technician, jpeg(64 + number, 48)))["file_id"] for number in range(2)]
    repair = (await technician.json("GET", f"/api/v1/orders/{booked['reference']}"))["repairs"][0]["id"]
    path, shots = f"/api/v1/orders/{booked['reference']}/photos", [{"file_id": first, "caption": "Cleaned", "public": True}]
    colleague = await staff("manager")
    body = {"repair_id": repair, "photos": shots}
    assert (await colleague.json("POST", path, status=404, json=body))["code"] == "file_unknown", "somebody else brought it"
    for _ in range(2):
        answer = await technician.json("POST", path, status=201, json=body)
        assert [one["file_id"] for one in answer["photos"]] == [first]
    assert await seen(client, booked) == [("Cleaned", 1)]
    monkeypatch.setattr(bench_photos, "PER_ORDER", 1)
    more = {"repair_id": repair, "photos": [{"file_id": second}]}
    assert (await technician.json("POST", path, status=422, json=more))["code"] == "photos_too_many"


async def test_the_customers_page_hears_of_public_ones_only(technician: Client, client: Client, booked: Any) -> None:
    async def rev() -> int:
        return int((await client.json("GET", f"/api/v1/tracking{track_of(booked).removeprefix('/track')}"))["rev"])

    before = await rev()
    await shoot(technician, booked, ("a.jpg", jpeg(64, 48)))
    assert await rev() == before
    await shoot(technician, booked, ("b.jpg", jpeg(80, 48)), public="true")
    assert await rev() == before + 1
