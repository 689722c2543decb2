"""A repair's own page, for whoever holds its link."""

from typing import Any

import pytest

from tests.conftest import Client, SignIn

from .conftest import PAYLOADS, look


@pytest.fixture
async def booked(visitor: Client, book: Any) -> Any:
    return await book(visitor)


def _path(booked: Any) -> str:
    return str(booked["tracking_url"]).split("/", 3)[3].join(["/", ""])


async def _move(technician: Client, reference: str, to: str, **more: Any) -> None:
    order = await technician.json("GET", f"/api/v1/orders/{reference}")
    repair = order["repairs"][0]
    await technician.json("POST", f"/api/v1/repairs/{repair['id']}/moves", json={"to": to, "version": repair["version"], **more})


async def test_it_shows_stage_appointment_address_and_price(client: Client, booked: Any) -> None:
    page = await look(client, _path(booked))
    assert page.status == 200
    for words in (
        booked["reference"],
        "iPhone 13",
        booked["label"],
        "12 Mill Street, Leeds LS1 5AB",
        booked["total"]["text"],
        "Screen replacement: premium part",
    ):
        assert words in page.text
    states = [tag["data-state"] for tag in page.tags("li") if "data-state" in tag]
    assert states == ["current", "todo", "todo", "todo", "todo"]
    assert any(tag.get("aria-current") == "step" for tag in page.tags("li"))


async def test_it_says_nothing_that_only_the_customer_knows(client: Client, booked: Any) -> None:
    page = await look(client, _path(booked))
    assert "Haddad" not in page.html and "amira@" not in page.html and "07700" not in page.html and "7700 900123" not in page.html


async def test_it_names_where_its_changes_come_from(client: Client, booked: Any) -> None:
    page = await look(client, _path(booked))
    island = next(tag for tag in page.tags("div") if tag.get("data-island") == "tracking")
    token = _path(booked).rsplit("/", 1)[1]
    assert island["data-events"] == f"/api/v1/tracking/{token}/events"


async def test_a_move_and_a_public_note_show_at_once_and_a_private_one_never(client: Client, booked: Any, staff: SignIn) -> None:
    technician = await staff("technician")
    await _move(technician, booked["reference"], "received", note="scratches on the back", public=False)
    await _move(technician, booked["reference"], "diagnosing", note="We are looking at it now", public=True)
    page = await look(client, _path(booked))
    assert "Being checked" in page.text and "We are looking at it now" in page.text
    assert "scratches" not in page.html
    assert page.text.index("Being checked") < page.text.rindex("Booked"), "the newest comes first"


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_a_note_is_text_whatever_it_says(client: Client, booked: Any, staff: SignIn, payload: str) -> None:
    await _move(await staff("technician"), booked["reference"], "received", note=payload, public=True)
    page = await look(client, _path(booked))
    assert "49" not in page.text.replace("15:49", "")
    if "<" in payload:
        assert payload not in page.html
    assert not any("onerror" in tag or "onload" in tag for kind in ("img", "svg") for tag in page.tags(kind))


async def test_a_cancelled_booking_is_crossed_out(client: Client, visitor: Client, booked: Any) -> None:
    await visitor.json("POST", f"/api/v1/bookings/{booked['reference']}/cancel")
    page = await look(client, _path(booked))
    assert "This appointment was cancelled." in page.text and "track__when--off" in page.html
    assert "Add to your calendar" not in page.text


async def test_the_calendar_file_is_offered(client: Client, booked: Any) -> None:
    page = await look(client, _path(booked))
    assert any(tag.get("href") == f"{_path(booked)}/calendar.ics" for tag in page.tags("a"))


@pytest.mark.parametrize("token", ["x", "A" * 32, "A" * 2_000, "..%2f..%2fetc", "%00", "<script>", "é"])
async def test_an_unknown_link_is_kindly_refused(client: Client, shop: Any, token: str) -> None:
    page = await look(client, f"/track/{token}")
    assert page.status == 404 and "A tracking link works only exactly as it stands in your e-mail." in page.text


async def test_crawlers_are_asked_to_forget_it(client: Client, booked: Any) -> None:
    page = await look(client, _path(booked))
    assert any(tag.get("name") == "robots" and tag["content"] == "noindex, nofollow" for tag in page.tags("meta"))
    assert page.headers["Cache-Control"] == "private, no-store"
