"""Into the staff room and out of it, with forms only."""

from typing import Any

import pytest
from sqlalchemy import select

from backend.core.audit import AuditRow
from backend.core.site import Site
from backend.identity import staff as people
from tests.conftest import PASSWORD, Client, MovableClock, SignIn

from .conftest import PAYLOADS, Page, look

SAM = "sam@example.com"


@pytest.fixture
async def sam(site: Site, shop: Any) -> Any:
    async with site.work() as session:
        return await people.create_staff(session, email=SAM, name="Sam Lee", role="technician", password=PASSWORD)


async def enter(client: Client, password: str = PASSWORD, email: str = SAM, follow: bool = True, **more: str) -> Page:
    return await look(client, "/staff/login", form={"email": email, "password": password, **more}, follow=follow)


async def test_somebody_signs_in_looks_around_and_signs_out(client: Client, sam: Any) -> None:
    asked = await look(client, "/staff/orders?stage=ready")
    assert asked.url.startswith("/staff/login?next=") and "Sign in" in asked.text
    inside = await enter(client, next=asked.field("next"))
    assert inside.url == "/staff/orders?stage=ready" and "Sam Lee" in inside.text
    again = await look(client, "/staff/login")
    assert again.url == "/staff/orders", "who is in need not sign in"
    out = await look(client, "/staff/logout", form={"csrf": inside.field("csrf")})
    assert out.url == "/staff/login"
    assert (await look(client, "/staff/orders")).url.startswith("/staff/login")


async def test_the_cookie_is_for_this_site_alone(client: Client, sam: Any) -> None:
    page = await enter(client, follow=False)
    cookie = page.headers["Set-Cookie"]
    assert page.status == 303
    assert cookie.startswith("staff_session=") and "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Path=/" in cookie
    assert "Max-Age=43200" in cookie and "Domain" not in cookie


class TestOverHttps:
    @pytest.fixture
    def options(self) -> dict[str, Any]:
        return {"public_url": "https://shop.example"}

    async def test_the_browser_guards_the_cookie_too(self, base: str, settings: Any, sam: Any) -> None:
        async with Client(f"http://127.0.0.1:{settings.port}") as local:
            cookie = (await enter(local, follow=False)).headers["Set-Cookie"]
        assert cookie.startswith("__Host-staff_session=") and "Secure" in cookie and "Path=/" in cookie


async def test_wrong_and_unknown_get_the_same_page(client: Client, sam: Any) -> None:
    wrong = await enter(client, "another password")
    unknown = await enter(client, "another password", email="bob@example.com")
    assert wrong.status == unknown.status == 401
    assert "do not belong together" in wrong.text
    assert wrong.field("email") == SAM and "another password" not in wrong.html
    assert wrong.text == unknown.text


@pytest.mark.parametrize(
    "form",
    [
        {},
        {"email": SAM},
        {"password": PASSWORD},
        {"email": SAM, "password": "x" * 10_000},
        {"email": SAM, "password": PASSWORD, "role": "admin"},
        {"email": "\x00", "password": "\x00"},
    ],
)
async def test_a_form_that_lacks_something_lets_nobody_in(client: Client, sam: Any, form: dict[str, str]) -> None:
    page = await look(client, "/staff/login", form=form)
    assert page.status == 401 and "Set-Cookie" not in page.headers


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "application/x-www-form-urlencoded; charset=klingon"},
        {"Content-Type": "multipart/form-data"},
        {"Content-Type": "multipart/form-data; boundary=a"},
        {"Content-Type": "application/x-www-form-urlencoded", "Content-Encoding": "gzip"},
    ],
)
async def test_a_form_that_cannot_be_read_is_no_fault_of_ours(client: Client, sam: Any, headers: dict[str, str]) -> None:
    async with client.http.post(f"{client.base}/staff/login", data=b"email=sam&password=x", headers=headers) as answer:
        assert answer.status == 400


async def test_after_ten_tries_even_the_right_one_has_to_wait(client: Client, sam: Any, clock: MovableClock) -> None:
    for number in range(10):
        assert (await enter(client, f"guess number {number}")).status == 401
    page = await enter(client)
    assert page.status == 429 and "Too many attempts" in page.text
    clock.move(minutes=15)
    assert (await enter(client)).url == "/staff/orders"


async def test_a_failed_try_stays_written_down(client: Client, site: Site, sam: Any) -> None:
    await enter(client, "another password")
    async with site.work() as session:
        row = (await session.scalars(select(AuditRow).where(AuditRow.action == "staff.sign_in_failed"))).one()
    assert row.subject == sam.id and row.data["address"] == "127.0.0.1" and SAM not in str(row.data)


@pytest.mark.parametrize(
    "wanted",
    [
        "https://evil.example/",
        "//evil.example/staff/orders",
        "/\\evil.example",
        "/staff/../../x//y",
        "/staff/logout",
        "/staff/login",
        "/",
        "javascript:alert(1)",
        "/staff/\r\nX: y",
        "/staff/é",
    ],
)
async def test_a_link_to_the_sign_in_leads_nowhere_else(client: Client, sam: Any, wanted: str) -> None:
    page = await enter(client, follow=False, next=wanted)
    assert page.status == 303 and page.headers["Location"] == "/staff/orders"


@pytest.mark.parametrize("payload", PAYLOADS)
async def test_what_was_typed_comes_back_as_text(client: Client, sam: Any, payload: str) -> None:
    page = await look(client, "/staff/login", form={"email": payload, "password": "x", "next": f"/staff/{payload}"})
    assert page.field("email") == payload
    assert len(list(page.tags("script"))) == 0 and not list(page.tags("img"))


async def test_a_session_that_ended_is_forgotten_kindly(client: Client, sam: Any, clock: MovableClock) -> None:
    await enter(client)
    clock.move(minutes=61)
    page = await look(client, "/staff/orders?q=iphone")
    assert "You were signed out after a while" in page.text and page.field("next") == "/staff/orders?q=iphone"
    back = await enter(client, next=page.field("next"))
    assert back.url == "/staff/orders?q=iphone"


async def test_a_session_that_ended_does_not_bar_the_shop(client: Client, sam: Any, clock: MovableClock) -> None:
    await enter(client)
    clock.move(hours=13)
    page = await look(client, "/")
    assert page.status == 200 and page.url == "/"


async def test_an_ended_session_is_refused_by_the_api_not_taken_for_nobody(client: Client, sam: Any, clock: MovableClock) -> None:
    await enter(client)
    assert (await look(client, "/api/v1/shop")).status == 200
    clock.move(hours=13)
    problem = await client.json("GET", "/api/v1/shop", status=401)
    assert problem["code"] == "session_ended"


async def test_a_page_that_refreshes_itself_keeps_nobody_signed_in(client: Client, sam: Any, clock: MovableClock) -> None:
    await enter(client)
    for _ in range(3):
        clock.move(minutes=25)
        page = await look(client, "/staff/orders", headers={"Sec-Fetch-Dest": "empty"})
    assert page.url.startswith("/staff/login")


async def test_signing_out_needs_a_session(client: Client, shop: Any) -> None:
    page = await look(client, "/staff/logout", form={})
    assert page.url.startswith("/staff/login")


async def test_leaving_the_shop_takes_effect_at_the_next_request(site: Site, client: Client, sam: Any) -> None:
    await enter(client)
    async with site.work() as session:
        await people.disable(session, sam.id)
    assert (await look(client, "/staff/orders")).url.startswith("/staff/login")
    assert (await enter(client)).status == 401


FOREIGN: list[dict[str, str]] = [
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
]


class TestForgedRequests:
    """What another site can make a signed-in browser send changes nothing."""

    @pytest.mark.parametrize("headers", [{}, {"X-CSRF-Token": "wrong"}, {"X-CSRF-Token": ""}])
    async def test_without_the_sessions_token(self, client: Client, sam: Any, headers: dict[str, str]) -> None:
        await enter(client)
        page = await look(client, "/staff/logout", form={"csrf": "wrong"} if not headers else {}, headers=headers)
        assert page.status == 403 and "That came from an old page" in page.text
        assert (await look(client, "/staff/orders")).url == "/staff/orders", "still signed in"

    @pytest.mark.parametrize("headers", FOREIGN)
    async def test_from_elsewhere_even_with_the_token(self, client: Client, sam: Any, headers: dict[str, str]) -> None:
        token = (await enter(client)).field("csrf")
        page = await look(client, "/staff/logout", form={"csrf": token}, headers=headers)
        assert page.status == 403
        assert (await look(client, "/staff/orders")).url == "/staff/orders", "still signed in"

    async def test_with_the_token_of_somebody_else(self, client: Client, sam: Any, staff: SignIn) -> None:
        await enter(client)
        theirs = (await look(await staff("admin"), "/staff/orders")).field("csrf")
        assert (await look(client, "/staff/logout", form={"csrf": theirs})).status == 403

    async def test_with_the_token_in_the_address(self, client: Client, sam: Any) -> None:
        token = (await enter(client)).field("csrf")
        assert (await look(client, f"/staff/logout?csrf={token}", form={})).status == 403

    async def test_as_json_to_the_api(self, client: Client, sam: Any, staff: SignIn) -> None:
        await enter(client)
        answer = await client.json("POST", "/api/v1/quotes", status=403, json={})
        assert answer["code"] == "csrf_failed"
        answer = await client.json("POST", "/api/v1/quotes", status=403, data="{}", headers={"Content-Type": "text/plain"})
        assert answer["code"] == "csrf_failed"

    @pytest.mark.parametrize("headers", FOREIGN)
    async def test_nobody_is_signed_in_from_elsewhere(self, client: Client, sam: Any, headers: dict[str, str]) -> None:
        page = await look(client, "/staff/login", form={"email": SAM, "password": PASSWORD}, headers=headers)
        assert page.status == 403 and "Set-Cookie" not in page.headers

    async def test_our_own_pages_may(self, client: Client, sam: Any) -> None:
        token = (await enter(client)).field("csrf")
        own = {"Origin": client.base, "Sec-Fetch-Site": "same-origin"}
        assert (await look(client, "/staff/logout", form={"csrf": token}, headers=own)).url == "/staff/login"

    async def test_the_token_may_be_a_header(self, client: Client, sam: Any) -> None:
        token = (await enter(client)).field("csrf")
        assert (await look(client, "/staff/logout", form={}, headers={"X-CSRF-Token": token})).url == "/staff/login"
