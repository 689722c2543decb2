"""The telephone exchange over its wire: what it takes, refuses, tells the shop, and shows."""

import base64
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from twilio.request_validator import RequestValidator

from backend.messaging.contents import CONTENTS
from revivatech.sandbox.app import create_app
from revivatech.sandbox.telephone.exchange import Exchange, Line
from revivatech.sandbox.telephone.section import PHONES, TelephoneSection
from revivatech.sandbox.telephone.store import TextStore
from tests.contract.twilio import Description

ACCOUNT, TOKEN = "AC" + "a" * 32, "t" * 32
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
SMS, WHATSAPP, ADA = "+447700900000", "+447700900001", PHONES[0]
Page = TestClient[Any, Any]


class Shop:
    """Hears what it is told, and answers as it is set to."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, str], str]] = []
        self.answers = [200]

    async def hear(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        self.heard.append((str(request.url), form, request.headers["X-Twilio-Signature"]))
        return web.Response(status=self.answers.pop(0) if len(self.answers) > 1 else self.answers[0], text="<Response/>")

    def states(self) -> list[str]:
        return [form["MessageStatus"] for _, form, _ in self.heard if "MessageStatus" in form]


@pytest.fixture
async def shop() -> AsyncIterator[tuple[Shop, str]]:
    heard = Shop()
    app = web.Application()
    app.router.add_post("/{tail:.*}", heard.hear)
    async with TestServer(app) as server:
        yield heard, str(server.make_url("")).rstrip("/")


@pytest.fixture
async def exchange(shop: tuple[Shop, str]) -> AsyncIterator[Exchange]:
    line = Line(ACCOUNT, TOKEN, SMS, WHATSAPP, webhook=f"{shop[1]}/webhooks", address="http://127.0.0.1:1")
    made = Exchange(line, pace=0)
    yield made
    await made.close()


@pytest.fixture
async def page(exchange: Exchange) -> AsyncIterator[Page]:
    async with TestClient(TestServer(create_app([TelephoneSection(exchange)]))) as client:
        yield client


async def call(page: Page, method: str, path: str, *, status: int = 200, auth: tuple[str, str] = (ACCOUNT, TOKEN), **more: Any) -> Any:
    async with page.request(method, path, headers={"Authorization": aiohttp.encode_basic_auth(*auth)}, **more) as response:
        assert response.status == status, await response.text()
        return await response.json()


async def test_a_message_travels_and_its_states_are_told_in_order_and_signed(
    page: Page, exchange: Exchange, shop: tuple[Shop, str]
) -> None:
    heard, url = shop
    form = {"To": ADA, "From": SMS, "Body": "Hello", "StatusCallback": f"{url}/status?m=1"}
    made = await call(page, "POST", f"{MESSAGES}.json", status=201, data=form)
    Description().check("message", made)
    assert made["status"] == "queued" and made["sid"].startswith("SM")
    await exchange.settled()
    assert heard.states() == ["sent", "delivered"]
    for address, told, signature in heard.heard:
        assert told["MessageSid"] == made["sid"] and RequestValidator(TOKEN).validate(address, told, signature)
    fetched = await call(page, "GET", f"{MESSAGES}/{made['sid']}.json")
    Description().check("message", fetched)
    assert fetched["status"] == "delivered" and fetched["date_sent"]


@pytest.mark.parametrize(
    ("form", "code"),
    [
        ({"From": SMS, "Body": "x"}, 21604),
        ({"To": ADA, "Body": "x"}, 21603),
        ({"To": "12", "From": SMS, "Body": "x"}, 21211),
        ({"To": ADA, "From": "+447700900999", "Body": "x"}, 21606),
        ({"To": f"whatsapp:{ADA}", "From": "whatsapp:+447700900999", "Body": "x"}, 63007),
        ({"To": f"whatsapp:{ADA}", "From": SMS, "Body": "x"}, 21910),
        ({"To": ADA, "From": SMS}, 21602),
        ({"To": ADA, "From": SMS, "Body": "x" * 1601}, 21617),
        ({"To": ADA, "From": SMS, "ContentSid": "HX" + "0" * 32}, 21655),
        ({"To": ADA, "From": SMS, "ContentSid": CONTENTS["repair_ready"].sandbox_sid, "ContentVariables": "[]"}, 21656),
    ],
)
async def test_what_is_wrong_is_refused_with_its_code(page: Page, exchange: Exchange, form: dict[str, str], code: int) -> None:
    refused = await call(page, "POST", f"{MESSAGES}.json", status=400, data=form)
    assert (refused["code"], refused["status"]) == (code, 400) and str(code) in refused["more_info"]
    assert exchange.store.listed() == []


async def test_strangers_and_other_accounts_get_nothing(page: Page) -> None:
    assert (await call(page, "GET", f"{MESSAGES}.json", status=401, auth=(ACCOUNT, "wrong")))["code"] == 20003
    other = MESSAGES.replace(ACCOUNT, "AC" + "b" * 32)
    assert (await call(page, "GET", f"{other}.json", status=404))["code"] == 20404
    assert (await call(page, "GET", f"{MESSAGES}/SM{'0' * 32}.json", status=404))["code"] == 20404


async def test_whoever_said_stop_gets_no_sms_until_start(page: Page, exchange: Exchange, shop: tuple[Shop, str]) -> None:
    exchange.write(ADA, "sms", " stop ")
    refused = await call(page, "POST", f"{MESSAGES}.json", status=400, data={"To": ADA, "From": SMS, "Body": "x"})
    assert refused["code"] == 21610
    await exchange.settled()
    assert shop[0].heard[0][1]["OptOutType"] == "STOP"
    exchange.write(ADA, "sms", "HELP")
    assert exchange.has_opted_out(ADA)
    exchange.write(ADA, "sms", "Start")
    await call(page, "POST", f"{MESSAGES}.json", status=201, data={"To": ADA, "From": SMS, "Body": "x"})


async def test_whatsapp_carries_free_text_for_a_day_and_templates_always(page: Page, exchange: Exchange, shop: tuple[Shop, str]) -> None:
    free = {"To": f"whatsapp:{ADA}", "From": f"whatsapp:{WHATSAPP}", "Body": "x", "StatusCallback": f"{shop[1]}/status"}
    sid = (await call(page, "POST", f"{MESSAGES}.json", status=201, data=free))["sid"]
    await exchange.settled()
    assert shop[0].heard[-1][1]["ErrorCode"] == "63016"
    failed = await call(page, "GET", f"{MESSAGES}/{sid}.json")
    Description().check("message", failed)
    assert (failed["status"], failed["error_code"]) == ("failed", 63016)
    content = {"ContentSid": CONTENTS["repair_ready"].sandbox_sid, "ContentVariables": json.dumps({"1": "RT-ABCDE"})}
    made = await call(page, "POST", f"{MESSAGES}.json", status=201, data={**free, "Body": "", **content})
    assert "RT-ABCDE is ready" in made["body"]
    exchange.write(ADA, "whatsapp", "Hi")
    sid = (await call(page, "POST", f"{MESSAGES}.json", status=201, data=free))["sid"]
    await exchange.settled()
    exchange.read(ADA)
    await exchange.settled()
    assert (await call(page, "GET", f"{MESSAGES}/{sid}.json"))["status"] == "read"


async def test_what_a_person_writes_is_told_signed_retried_once_and_listed(page: Page, exchange: Exchange, shop: tuple[Shop, str]) -> None:
    heard, _ = shop
    heard.answers = [500, 200]
    photo = {"content_type": "image/png", "content": base64.b64encode(b"\x89PNG").decode()}
    body = {"phone": ADA, "channel": "whatsapp", "body": "Look ☂", "media": [photo]}
    async with page.post("/api/telephone/messages", json=body) as response:
        assert response.status == 201
    await exchange.settled()
    assert len(heard.heard) == 2 and heard.heard[0][1] == heard.heard[1][1]
    url, form, signature = heard.heard[0]
    assert url.endswith("/webhooks/messages") and RequestValidator(TOKEN).validate(url, form, signature)
    assert (form["Body"], form["From"], form["NumMedia"], form["MediaContentType0"]) == ("Look ☂", f"whatsapp:{ADA}", "1", "image/png")
    async with page.get(form["MediaUrl0"].removeprefix("http://127.0.0.1:1"), allow_redirects=False) as refused:
        assert refused.status == 401
    path = form["MediaUrl0"].removeprefix("http://127.0.0.1:1")
    async with page.get(path, headers={"Authorization": aiohttp.encode_basic_auth(ACCOUNT, TOKEN)}, allow_redirects=False) as sent_on:
        assert sent_on.status == 307
    async with page.get(sent_on.headers["Location"].removeprefix("http://127.0.0.1:1")) as content:
        assert (content.status, await content.read(), content.content_type) == (200, b"\x89PNG", "image/png")
    media = await call(page, "GET", f"{MESSAGES}/{form['MessageSid']}/Media.json")
    Description().check("media", media["media_list"][0])
    listed = await call(page, "GET", f"{MESSAGES}.json", params={"To": f"whatsapp:{WHATSAPP}"})
    Description().check("message", listed["messages"][0])
    assert listed["messages"][0]["direction"] == "inbound" and listed["next_page_uri"] is None


async def test_the_list_comes_in_pages_and_by_time(page: Page, exchange: Exchange) -> None:
    for number in range(5):
        exchange.write(ADA, "sms", f"number {number}")
    uri, found = f"{MESSAGES}.json?PageSize=2", []
    while uri:
        answer = await call(page, "GET", uri)
        found += [one["body"] for one in answer["messages"]]
        uri = answer["next_page_uri"]
    assert found == [f"number {number}" for number in range(4, -1, -1)]
    assert (await call(page, "GET", f"{MESSAGES}.json", params={"DateSent>": "2100-01-01T00:00:00Z"}))["messages"] == []


async def test_faults_strike_as_said(page: Page, exchange: Exchange, shop: tuple[Shop, str]) -> None:
    form = {"To": ADA, "From": SMS, "Body": "x", "StatusCallback": f"{shop[1]}/status"}
    for kind, status in (("busy", 429), ("unavailable", 503)):
        async with page.post("/api/telephone/faults", json={"kind": kind, "times": 1}) as added:
            assert added.status == 201
        await call(page, "POST", f"{MESSAGES}.json", status=status, data=form)
    for kind, kept in (("drop", 0), ("lost_reply", 1)):
        async with page.post("/api/telephone/faults", json={"kind": kind, "times": 1}) as added:
            assert added.status == 201
        with pytest.raises(aiohttp.ClientConnectionError):
            await call(page, "POST", f"{MESSAGES}.json", data=form)
        assert len(exchange.store.listed()) == kept
    await exchange.settled()
    shop[0].heard.clear()
    async with page.post("/api/telephone/faults", json={"kind": "undelivered", "phone": "*111"}):
        await call(page, "POST", f"{MESSAGES}.json", status=201, data=form)
    await exchange.settled()
    assert shop[0].states() == ["sent", "undelivered"] and shop[0].heard[-1][1]["ErrorCode"] == "30003"
    async with page.post("/api/telephone/faults", json={"kind": "rain"}) as wrong:
        assert wrong.status == 422


async def test_the_page_shows_both_phones_and_sends_by_form(page: Page, exchange: Exchange, shop: tuple[Shop, str]) -> None:
    form = aiohttp.FormData({"phone": ADA, "channel": "sms", "body": "<b>Hello</b>", "view": "on0=sms"})
    form.add_field("photos", b"\x89PNG", filename="a.png", content_type="image/png")
    async with page.post("/telephone/messages", data=form, allow_redirects=False) as sent:
        assert sent.status == 303 and sent.headers["Location"] == "/telephone?on0=sms"
    await exchange.settled()
    assert shop[0].heard[0][1]["Body"] == "<b>Hello</b>"
    async with page.get("/telephone") as shown:
        html = await shown.text()
    assert all(phone in html for phone in PHONES) and "&lt;b&gt;Hello" in html and "<img" in html
    async with page.get("/telephone?on0=whatsapp") as other:
        assert "Hello" not in await other.text()


async def test_messages_survive_a_restart(tmp_path: Path, exchange: Exchange) -> None:
    first = Exchange(exchange.line, TextStore(tmp_path), pace=0)
    sid = first.write(ADA, "sms", "Hello", [("image/png", b"\x89PNG")]).sid
    (tmp_path / "half.json").write_text("{")
    await first.close()
    again = TextStore(tmp_path).find(sid)
    assert again is not None and (again.body, again.media[0].content) == ("Hello", b"\x89PNG")
