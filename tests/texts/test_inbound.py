"""What people text reaches the one conversation of their number, once, whatever the network does; what is forged reaches nothing."""

import asyncio
import hashlib
import json

import aiohttp
import pytest
from sqlalchemy import func, select
from twilio.request_validator import RequestValidator

from backend.conversations.models import Conversation, Message
from backend.core import race
from backend.core.settings import SANDBOX_TOKEN
from backend.messaging.text_models import InboundText, TextAddress
from channels import words
from channels.texts import reading, upkeep
from revivatech.sandbox.telephone.faults import Fault
from tests.backend.files.pictures import HEIC, encoded, jpeg, scene
from tests.texts.conftest import Texting

ADA, BEN = "+447700900111", "+447700900222"
SIGNER = RequestValidator(SANDBOX_TOKEN)


async def count(texting: Texting, table: type) -> int:
    async with texting.site.work() as session:
        return await session.scalar(select(func.count()).select_from(table)) or 0


async def test_a_text_is_answered_and_a_second_number_is_somebody_else(texting: Texting) -> None:
    texting.exchange.write(ADA, "sms", "Hello")
    texting.exchange.write(BEN, "whatsapp", "Hi")
    await texting.answer()
    assert texting.received(ADA) == ["You said: Hello"] and texting.received(BEN, "whatsapp") == ["You said: Hi"]
    assert all(
        answer[1:] == (200, '<?xml version="1.0" encoding="UTF-8"?><Response></Response>')
        for answer in texting.exchange.webhooks.answers[:2]
    )
    assert await count(texting, Conversation) == 2
    texting.exchange.write(ADA, "sms", "Again")
    await texting.answer()
    assert [message.text for message in await texting.messages(ADA)] == ["Hello", "You said: Hello", "Again", "You said: Again"]
    assert texting.received(ADA)[-1] == "You said: Again"


@pytest.mark.parametrize("change", ["token", "body", "url", "account", "signature", "none"])
async def test_what_is_not_signed_changes_nothing(texting: Texting, base: str, change: str) -> None:
    text = texting.exchange.write(ADA, "sms", "Hello")
    texting.exchange._going.pop().cancel()
    form = texting.exchange.form_of(text)
    url = f"{base}/webhooks/twilio/messages"
    if change == "account":
        form["AccountSid"] = "AC" + "f" * 32
    signed = RequestValidator("other").compute_signature(url, form) if change == "token" else SIGNER.compute_signature(url, form)
    if change == "body":
        form["Body"] = "Hello!"
    if change == "url":
        url += "?a=b"
    headers = {"X-Twilio-Signature": "x" if change == "signature" else signed} if change != "none" else {}
    async with aiohttp.ClientSession() as http, http.post(url, data=form, headers=headers) as answer:
        assert answer.status == 403
    assert await count(texting, InboundText) == 0


async def test_json_and_a_proxy_are_signed_by_hash_and_public_address(texting: Texting, base: str) -> None:
    text = texting.exchange.write(ADA, "sms", "By JSON")
    texting.exchange._going.pop().cancel()
    body = json.dumps(texting.exchange.form_of(text)).encode()
    url = f"{base}/webhooks/twilio/messages?bodySHA256={hashlib.sha256(body).hexdigest()}"
    headers = {"X-Twilio-Signature": SIGNER.compute_signature(url, {}), "Content-Type": "application/json", "Host": "inside.proxy:1234"}
    async with aiohttp.ClientSession() as http:
        async with http.post(url, data=body + b" ", headers=headers) as answer:
            assert answer.status == 403
        async with http.post(url, data=body, headers=headers) as answer:
            assert answer.status == 200
    await texting.answer()
    assert texting.received(ADA) == ["You said: By JSON"]


async def test_the_same_message_twice_at_once_and_again_later_is_one(texting: Texting) -> None:
    both = asyncio.Barrier(2)
    race.place("text.keep", both.wait)  # type: ignore[arg-type]
    texting.exchange.faults.add(Fault("twice", times=1))
    text = texting.exchange.write(ADA, "sms", "Hello")
    await texting.exchange.settled()
    race.clear()
    url = f"{texting.exchange.line.webhook}/messages"
    assert await texting.exchange.webhooks.post_once(url, texting.exchange.form_of(text))
    await texting.answer()
    assert await texting.exchange.webhooks.post_once(url, texting.exchange.form_of(text))
    await texting.answer()
    assert [message.text for message in await texting.messages(ADA)] == ["Hello", "You said: Hello"]
    assert texting.received(ADA) == ["You said: Hello"]


async def test_four_photos_at_once_open_one_conversation(texting: Texting) -> None:
    for _ in range(4):
        texting.exchange.write(ADA, "whatsapp", "", [("image/jpeg", jpeg())])
    await texting.answer()
    assert await count(texting, Conversation) == 1 == await count(texting, TextAddress)
    said = [message for message in await texting.messages(ADA, "whatsapp") if message.author_kind == "customer"]
    assert len(said) == 4 and all(message.text == "1 photo" and message.parts[0]["type"] == "image" for message in said)


async def test_two_photos_read_at_the_very_same_moment_open_one_conversation(texting: Texting) -> None:
    both = asyncio.Barrier(2)
    first, second = (texting.exchange.write(ADA, "sms", "", [("image/jpeg", jpeg())]) for _ in range(2))
    await texting.exchange.settled()
    race.place("conversation.insert", both.wait)  # type: ignore[arg-type]
    reads = [asyncio.create_task(reading.read.work(texting.site, text.sid)) for text in (first, second, first)]
    # Whoever makes the conversation holds the number: nobody else ever comes to this point.
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(asyncio.gather(*map(asyncio.shield, reads)), 0.5)
    assert both.n_waiting == 1
    race.clear()
    await both.abort()
    await asyncio.gather(*reads, return_exceptions=True)
    await asyncio.gather(*(reading.read.work(texting.site, text.sid) for text in (first, second, second)))
    assert await count(texting, Conversation) == 1 == await count(texting, TextAddress)
    said = [message for message in await texting.messages(ADA) if message.author_kind == "customer"]
    assert [message.text for message in said] == ["1 photo", "1 photo"]


async def test_photos_of_every_kind_are_kept_and_what_is_none_is_said(texting: Texting) -> None:
    good = [("image/heic", HEIC), ("image/webp", encoded(scene(), "WEBP")), ("application/octet-stream", encoded(scene(), "PNG"))]
    texting.exchange.write(ADA, "whatsapp", "My screen", [*good, ("text/vcard", b"BEGIN:VCARD"), ("image/jpeg", b"no picture")])
    await texting.answer()
    first, *rest = await texting.messages(ADA, "whatsapp")
    assert first.text.startswith("My screen") and len(first.parts) == 3
    assert words.unopened(2) in [message.text for message in rest] and words.unopened(2) in texting.received(ADA, "whatsapp")
    texting.exchange.write(BEN, "whatsapp", "", [("audio/ogg", b"OggS")])
    await texting.answer()
    assert [message.author_kind for message in await texting.messages(BEN, "whatsapp")] == ["system"]
    assert texting.received(BEN, "whatsapp") == [words.unopened(1)]


async def test_long_texts_arrive_whole_and_reactions_disturb_nobody(texting: Texting) -> None:
    long = "word " * 1000
    texting.exchange.write(ADA, "whatsapp", long)
    texting.exchange.write(BEN, "sms", "Liked “Your repair is ready”")
    texting.exchange.write(BEN, "whatsapp", "👍", extra={"MessageType": "reaction"})
    await texting.hear()
    said = [message.text for message in await texting.messages(ADA, "whatsapp") if message.author_kind == "customer"]
    assert sum(text.count("word") for text in said) == 1000 and len(said) == 2
    assert await texting.messages(BEN) == [] == await texting.messages(BEN, "whatsapp")


async def test_stop_start_and_help(texting: Texting) -> None:
    texting.exchange.write(ADA, "whatsapp", "Stop")
    await texting.hear()
    await texting.speak()
    texting.exchange.write(ADA, "whatsapp", "Are you there?")
    await texting.answer()
    assert texting.received(ADA, "whatsapp") == [words.TEXTS_STOPPED]
    assert [message.text for message in await texting.messages(ADA, "whatsapp")][:2] == [words.CUSTOMER_STOPPED, "Are you there?"]
    for word in ("HELP", "start"):
        texting.exchange.write(ADA, "whatsapp", word)
        await texting.hear()
        await texting.speak()
    texting.exchange.write(ADA, "whatsapp", "And now?")
    await texting.answer()
    told = [words.TEXTS_STOPPED, words.TEXTS_HELP, words.TEXTS_STARTED, "You said: And now?"]
    assert texting.received(ADA, "whatsapp") == told
    texting.exchange.write(BEN, "sms", "STOP")
    texting.exchange.write(BEN, "sms", "Hello?")
    await texting.answer()
    assert texting.received(BEN) == [] and len(await texting.messages(BEN)) == 3


async def test_what_was_missed_during_an_outage_is_found_in_the_providers_list(texting: Texting) -> None:
    texting.site.clock.set(texting.exchange.now())  # type: ignore[attr-defined]
    texting.exchange.faults.add(Fault("no_webhook", times=12))
    for number in range(11):
        texting.exchange.write(ADA, "sms", f"number {number}")
    texting.exchange.write(BEN, "whatsapp", "Look", [("image/jpeg", jpeg())])
    for _ in range(2):
        await upkeep.reconcile.work(texting.site)
        await texting.answer()
    said = [message.text for message in await texting.messages(ADA) if message.author_kind == "customer"]
    assert said == [f"number {number}" for number in range(11)]
    assert len((await texting.messages(BEN, "whatsapp"))[0].parts) == 1


async def test_a_reader_that_dies_half_way_leaves_one_message(texting: Texting) -> None:
    async def die() -> None:
        race.clear()
        raise RuntimeError

    race.place("text.accept", die)
    texting.exchange.write(ADA, "whatsapp", "Look", [("image/jpeg", jpeg())])
    await texting.hear()
    assert await texting.messages(ADA, "whatsapp") == []
    texting.site.clock.move(minutes=5)  # type: ignore[attr-defined]
    await upkeep._begin_again(texting.site)
    await texting.answer()
    assert [message.author_kind for message in await texting.messages(ADA, "whatsapp")] == ["customer", "bot"]
    assert await count(texting, Message) == 2
