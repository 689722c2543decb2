"""Prices made by hand in the staff room, with forms only."""

from typing import Any

import pytest

from tests.conftest import Client, SignIn

from .conftest import look

HOME = "/staff/prices"
FORM = {
    "label_1": "Laser unit, refurbished",
    "amount_1": "£45",
    "label_2": "Labour",
    "amount_2": "54.5",
    "reason": "We found one.",
    "duration_minutes": "60",
    "warranty_months": "3",
}


@pytest.fixture
async def technician(staff: SignIn, shop: Any) -> Client:
    return await staff("technician")


async def asked(visitor: Client, **more: Any) -> str:
    body = {"device": "sony-playstation-3", "faults": ["disc_drive"], **more}
    made: dict[str, str] = await visitor.json("POST", "/api/v1/price-requests", status=201, json=body)
    return f"{HOME}/{made['id']}"


async def test_a_request_is_listed_opened_and_priced(technician: Client, visitor: Client) -> None:
    assert "Nobody waits for a price" in (await look(technician, HOME)).text
    path = await asked(visitor, name="Ada", email="ada@example.com")
    listed = await look(technician, HOME)
    for words in ("Waiting (1)", "PlayStation 3", "Disc drive or card slot repair", "Ada", "Tue 24 Nov, 10:00", "Tue 24 Nov, 14:00"):
        assert words in listed.text
    shown = await look(technician, path)
    assert "ada@example.com" in shown.text and "Price it" in shown.text
    done = await look(technician, f"{path}/answer", form={"csrf": shown.field("csrf"), **FORM})
    assert done.url == f"{HOME}?done=priced" and "the price in the chat" in done.text and "Waiting (0)" in done.text
    priced = await look(technician, f"{HOME}?state=priced")
    assert "PlayStation 3" in priced.text
    closed = await look(technician, path)
    assert "We found one." in closed.text and "Price it" not in closed.text
    late = await look(technician, f"{path}/answer", form={"csrf": shown.field("csrf"), **FORM})
    assert late.status == 409 and "answered already" in late.text


async def test_what_is_wrong_is_marked_and_what_was_typed_stays(technician: Client, visitor: Client) -> None:
    path = await asked(visitor)
    shown = await look(technician, path)
    for change in (
        {"amount_1": "4,5,x"},
        {"label_1": ""},
        {"reason": ""},
        {"duration_minutes": "ages"},
        {"amount_1": "-45", "amount_2": "1"},
    ):
        page = await look(technician, f"{path}/answer", form={"csrf": shown.field("csrf"), **FORM, **change})
        assert page.status == 422 and "Price it" in page.text, change
        assert page.field("label_2") == "Labour"
    markup = "<img src=x onerror=alert(1)>"
    page = await look(technician, f"{path}/answer", form={"csrf": shown.field("csrf"), **FORM, "label_1": markup, "amount_1": "x"})
    assert page.status == 422 and markup not in page.html and page.field("label_1") == markup
    assert "Waiting (1)" in (await look(technician, HOME)).text


async def test_a_request_is_declined_with_a_reason(technician: Client, visitor: Client) -> None:
    path = await asked(visitor)
    shown = await look(technician, path)
    assert (await look(technician, f"{path}/decline", form={"csrf": shown.field("csrf")})).status == 422
    done = await look(technician, f"{path}/decline", form={"csrf": shown.field("csrf"), "declined": "Nobody makes it."})
    assert "we cannot do it" in done.text
    assert "Nobody makes it." in (await look(technician, path)).text


async def test_what_the_book_leaves_out_is_listed(technician: Client) -> None:
    page = await look(technician, HOME)
    assert "Repairs without a price in the book" in page.text and "Face or fingerprint sensor repair (" in page.text
    assert (await look(technician, f"{HOME}/00000000-0000-7000-8000-000000000000")).status == 404
