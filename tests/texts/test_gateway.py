"""The adapter against the provider's wire: what it sends, and what it makes of every answer and of none."""

from collections import Counter
from datetime import timedelta
from uuid import uuid4

import pytest
from aiohttp import web

from backend.core.site import Site
from backend.messaging.contents import CONTENTS
from backend.messaging.gateway import NotSent, Outcome, Sent, Unknown
from backend.messaging.gateways import text_gateway
from backend.messaging.text_gateway import Gone, Text, Unreachable
from revivatech.sandbox.telephone.exchange import Exchange
from revivatech.sandbox.telephone.faults import Fault
from tests.contract.twilio import Description

ADA = "+447700900111"


async def handed_over() -> bool:
    return True


async def send(site: Site, **more: object) -> Outcome:
    fields: dict[str, object] = {"id": uuid4(), "channel": "sms", "to": ADA, "body": "Hello ☂", **more}
    return await text_gateway(site).send_text(Text(**fields), handed_over)  # type: ignore[arg-type]


async def test_a_text_goes_out_as_the_provider_describes_it(site: Site, exchange: Exchange, monkeypatch: pytest.MonkeyPatch) -> None:
    forms: list[dict[str, list[str]]] = []
    take = exchange.send

    def watch(form: dict[str, str], urls: list[str]) -> object:
        forms.append({name: [value] for name, value in form.items() if name != "MediaUrl"} | ({"MediaUrl": urls} if urls else {}))
        return take(form, urls)

    monkeypatch.setattr(exchange, "send", watch)
    exchange.write(ADA, "whatsapp", "Hi")
    photos = ("https://shop.example/a.jpg", "https://shop.example/b.jpg")
    first, second = await send(site), await send(site, channel="whatsapp", media=photos)
    third = await send(site, channel="whatsapp", body="", content_sid=CONTENTS["repair_ready"].sandbox_sid, variables={"1": "RT-ABCDE"})
    assert all(isinstance(outcome, Sent) for outcome in (first, second, third))
    for form in forms:
        Description().check_form(form)
    assert forms[0]["Body"] == ["Hello ☂"] and "?m=" in forms[0]["StatusCallback"][0]
    assert forms[1]["MediaUrl"] == list(photos) and forms[1]["To"] == [f"whatsapp:{ADA}"]
    assert exchange.store.listed()[-1].body.startswith("Your repair RT-ABCDE is ready")


@pytest.mark.parametrize(
    ("fault", "outcome", "kept"),
    [
        ("busy", NotSent("twilio_20429", again=True), 0),
        ("unavailable", NotSent("twilio_20503", again=True), 0),
        ("drop", Unknown("twilio_answer_lost"), 0),
        ("lost_reply", Unknown("twilio_answer_lost"), 1),
    ],
)
async def test_only_what_surely_was_not_sent_may_be_sent_again(
    site: Site, exchange: Exchange, fault: str, outcome: Outcome, kept: int
) -> None:
    exchange.faults.add(Fault(fault, times=1))  # type: ignore[arg-type]
    assert await send(site) == outcome
    assert len(exchange.store.listed()) == kept
    assert isinstance(await send(site), Sent)


async def test_refusals_are_final_and_carry_the_code(site: Site, exchange: Exchange) -> None:
    exchange.write(ADA, "sms", "STOP")
    assert await send(site) == NotSent("twilio_21610", again=False)
    assert await send(site, to="+4") == NotSent("twilio_21211", again=False)
    assert await send(site, body="x" * 1601) == NotSent("twilio_21617", again=False)


@pytest.mark.parametrize("status", [500, 502])
async def test_a_broken_answer_leaves_open_whether_it_was_sent(
    site: Site, exchange: Exchange, monkeypatch: pytest.MonkeyPatch, status: int
) -> None:
    def broken(form: object, urls: object) -> object:
        raise web.HTTPInternalServerError if status == 500 else web.HTTPBadGateway

    monkeypatch.setattr(exchange, "send", broken)
    assert isinstance(await send(site), Unknown)


async def test_nobody_there_is_surely_not_sent_and_a_claim_that_is_gone_sends_nothing(site: Site, exchange: Exchange) -> None:
    async def superseded() -> bool:
        return False

    text = Text(uuid4(), "sms", ADA, "x")
    assert await text_gateway(site).send_text(text, superseded) == NotSent("superseded", again=False)
    assert exchange.store.listed() == []
    nowhere = Site(site.settings.model_copy(update={"sandbox_url": "http://127.0.0.1:9"}), clock=site.clock)
    assert await text_gateway(nowhere).send_text(text, handed_over) == NotSent("twilio_unreachable", again=True)
    with pytest.raises(Unreachable):
        _ = [one async for one in text_gateway(nowhere).list_seen(to=ADA, since=exchange.now())]
    await nowhere.close()
    off = Site(site.settings.model_copy(update={"twilio_account_sid": "off"}), clock=site.clock)
    assert await text_gateway(off).send_text(text, handed_over) == NotSent("texts_off", again=False)
    await off.close()


async def test_production_sends_nothing_to_the_sandbox(site: Site) -> None:
    production = Site(site.settings.model_copy(update={"env": "production"}), clock=site.clock)
    with pytest.raises(ValueError):
        text_gateway(production)
    await production.close()


async def test_the_books_are_read_page_by_page_and_photos_from_where_they_lie(site: Site, exchange: Exchange) -> None:
    exchange.faults.add(Fault("no_webhook"))
    written = exchange.write(ADA, "sms", "one", [("image/png", b"\x89PNG"), ("text/vcard", b"x")])
    for number in range(250):
        exchange.write(ADA, "sms", f"{number}")
    gateway = text_gateway(site)
    since = exchange.now() - timedelta(minutes=5)
    seen = [one async for one in gateway.list_seen(to=exchange.line.sms, since=since)]
    assert len(seen) == 251 and not [body for body, count in Counter(one.body for one in seen).items() if count > 1]
    assert (seen[-1].body, seen[-1].media, seen[-1].sender, seen[-1].status) == ("one", 2, ADA, "received")
    ids = await gateway.list_media(written.sid)
    assert list(ids) == [one.sid for one in written.media]
    async with gateway.fetch_media(written.sid, ids[0]) as pieces:
        assert b"".join([piece async for piece in pieces]) == b"\x89PNG"
    with pytest.raises(Gone):
        async with gateway.fetch_media(written.sid, "ME" + "0" * 32):
            pass
