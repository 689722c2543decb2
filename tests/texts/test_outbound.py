"""What the shop says goes out once, in order, as the channel and the customer allow; what becomes of it comes back."""

import itertools
from datetime import timedelta
from uuid import UUID

import pytest
from aiohttp import web
from sqlalchemy import select

from backend.core.site import Site
from backend.messaging import text_delivery, text_jobs, text_rules
from backend.messaging.models import OutboundMessage
from backend.messaging.text_models import TextAddress
from channels import words
from revivatech.sandbox.telephone.faults import Fault
from tests.channels.assistant import FakeAssistant, says
from tests.conftest import SignIn
from tests.texts.conftest import Texting

ADA = "+447700900111"


async def rows(site: Site) -> list[OutboundMessage]:
    async with site.work() as session:
        return list(await session.scalars(select(OutboundMessage).order_by(OutboundMessage.created_at, OutboundMessage.id)))


async def conversation_of(site: Site, channel: str = "sms") -> UUID:
    async with site.work() as session:
        address = await session.get_one(TextAddress, (channel, ADA))
        assert address.conversation_id is not None
        return address.conversation_id


@pytest.mark.parametrize("pick", ["2", "2.", "Option 2", "cracked screen"])
async def test_choices_are_numbered_and_a_typed_number_chooses(texting: Texting, assistant: FakeAssistant, pick: str) -> None:
    choices = [
        {"title": title, "payload": f"/choose_{number}"} for number, title in enumerate(("Battery", "Cracked screen", "Something else"), 1)
    ]

    async def ask(turn: dict[str, object]) -> web.Response:
        return says("What is wrong?", parts=[{"type": "choices", "choices": choices}])

    assistant.behaviour = ask
    texting.exchange.write(ADA, "sms", "Hello")
    await texting.answer()
    assert texting.received(ADA) == [f"What is wrong?\n\n1. Battery\n2. Cracked screen\n3. Something else\n\n{words.NUMBER_TO_CHOOSE}"]
    texting.exchange.write(ADA, "sms", pick)
    await texting.answer()
    assert (assistant.turns[-1]["payload"], assistant.turns[-1]["text"]) == (True, "/choose_2")
    texting.exchange.write(ADA, "sms", "7")
    await texting.answer()
    assert (assistant.turns[-1]["payload"], assistant.turns[-1]["text"]) == (False, "7")


async def test_a_technician_reaches_the_phone_and_receipts_come_back(texting: Texting, staff: SignIn) -> None:
    texting.exchange.write(ADA, "whatsapp", "Hello")
    await texting.answer()
    maya, conversation = await staff("technician"), await conversation_of(texting.site, "whatsapp")
    path = f"/api/v1/conversations/{conversation}"
    epoch = (await maya.json("GET", path))["epoch"]
    epoch = (await maya.json("POST", f"{path}/take", json={"epoch": epoch}))["epoch"]
    said = {"client_id": "client-0001", "epoch": epoch, "text": "Bring it in at noon."}
    for _ in range(2):
        await maya.json("POST", f"{path}/replies", status=201, json=said)
        await texting.speak()
    assert texting.received(ADA, "whatsapp")[-1] == "Bring it in at noon." and len(texting.received(ADA, "whatsapp")) == 3
    assert {row.receipt for row in await rows(texting.site)} == {"delivered"}
    texting.exchange.read(ADA)
    await texting.exchange.settled()
    assert {row.receipt for row in await rows(texting.site)} == {"read"}
    view = await maya.json("GET", path)
    assert view["read_seq"] == view["seq"]


async def test_whatsapp_past_a_day_gets_a_template_and_free_text_never(texting: Texting, staff: SignIn) -> None:
    texting.site.clock.set(texting.exchange.now())  # type: ignore[attr-defined]
    texting.exchange.write(ADA, "whatsapp", "Hello")
    await texting.answer()
    texting.site.clock.move(hours=24, minutes=-4)  # type: ignore[attr-defined]
    texting.exchange.later = timedelta(hours=24, minutes=-4)
    maya, conversation = await staff("technician"), await conversation_of(texting.site, "whatsapp")
    path = f"/api/v1/conversations/{conversation}"
    epoch = (await maya.json("GET", path))["epoch"]
    epoch = (await maya.json("POST", f"{path}/take", json={"epoch": epoch}))["epoch"]
    await maya.json("POST", f"{path}/replies", status=201, json={"client_id": "client-0001", "epoch": epoch, "text": "It is\nready."})
    await texting.speak()
    late = [text for text in texting.exchange.store.listed() if not text.inbound][1:]
    assert late and all(text.content_sid for text in late) and late[-1].body.endswith("read it: It is ready.")
    assert {text.status for text in late} == {"delivered"}


async def test_a_window_we_misjudged_ends_in_an_sms(texting: Texting) -> None:
    texting.exchange.write(ADA, "whatsapp", "Hello")
    await texting.hear()
    texting.exchange.later = timedelta(hours=25)
    await texting.answer()
    await texting.speak()
    assert texting.received(ADA) == ["You said: Hello"]
    assert [(row.channel, row.error_code) for row in await rows(texting.site)] == [("whatsapp", "twilio_63016"), ("sms", None)]


async def test_a_lost_answer_sends_nothing_twice_and_a_callback_settles_it(texting: Texting) -> None:
    texting.exchange.faults.add(Fault("lost_reply", times=1))
    texting.exchange.write(ADA, "sms", "Hello")
    await texting.answer()
    (row,) = await rows(texting.site)
    assert (row.state, row.receipt) == ("sent", "delivered") and texting.received(ADA) == ["You said: Hello"]


@pytest.mark.parametrize(("fault", "state"), [("lost_reply", "sent"), ("drop", "queued")])
async def test_without_a_callback_the_providers_books_settle_it(texting: Texting, fault: str, state: str) -> None:
    texting.site.clock.set(texting.exchange.now())  # type: ignore[attr-defined]
    texting.exchange.faults.add(Fault("silent"))
    texting.exchange.faults.add(Fault(fault, times=1))  # type: ignore[arg-type]
    texting.exchange.write(ADA, "sms", "Hello")
    await texting.answer()
    assert [row.state for row in await rows(texting.site)] == ["unknown"]
    texting.site.clock.move(minutes=6)  # type: ignore[attr-defined]
    await text_jobs.look_up_unknown.work(texting.site)
    assert [row.state for row in await rows(texting.site)] == [state]
    await texting.speak()
    assert texting.received(ADA) == ["You said: Hello"]


async def test_what_surely_was_not_sent_is_sent_again(texting: Texting) -> None:
    texting.exchange.faults.add(Fault("busy", times=1))
    texting.exchange.write(ADA, "sms", "Hello")
    await texting.answer()
    (row,) = await rows(texting.site)
    assert row.state == "queued" and row.due_at > texting.site.clock.now()
    texting.site.clock.move(minutes=1)  # type: ignore[attr-defined]
    await text_jobs.deliver.work(texting.site, str(row.id))
    assert texting.received(ADA) == ["You said: Hello"]


async def test_an_opt_out_the_provider_knows_of_is_learned(texting: Texting) -> None:
    texting.exchange.write(ADA, "sms", "Hello")
    await texting.hear()
    texting.exchange.faults.add(Fault("no_webhook", times=1))
    texting.exchange.write(ADA, "sms", "STOP")
    await texting.answer()
    async with texting.site.work() as session:
        assert (await session.get_one(TextAddress, ("sms", ADA))).opted_out_at is not None
    assert [(row.state, row.error_code) for row in await rows(texting.site)] == [("failed", "twilio_21610")]


async def test_every_order_of_callbacks_ends_alike(texting: Texting) -> None:
    texting.exchange.faults.add(Fault("silent"))
    texting.exchange.write(ADA, "sms", "Hello")
    await texting.answer()
    (row,) = await rows(texting.site)
    assert row.provider_id is not None
    states = ("queued", "sending", "sent", "undelivered", "delivered", "read")
    for order in itertools.permutations(states):
        at: str | None = None
        for told in order:
            at = text_rules.further(at, told) or at
        assert at == "read"
    for told in ("read", "delivered", "sent", "failed", "nonsense"):
        async with texting.site.work() as session:
            await text_delivery.tell(session, row.id, row.provider_id, told, None)
    assert [row.receipt for row in await rows(texting.site)] == ["read"]
    async with texting.site.work() as session:
        assert await text_delivery.tell(session, row.id, "SM" + "0" * 32, "failed", None) is None


@pytest.mark.parametrize("length", [10, 320, 321, 900, 5000])
def test_texts_are_cut_by_sense_and_nothing_is_lost(length: int) -> None:
    text = ("A sentence of a few words. Another one?\n\nA paragraph, " * 200)[:length].strip()
    for sms, limit in ((True, 1600), (False, 1600)):
        cut = text_rules.pieces(text, sms=sms)
        assert "".join("".join(cut).split()) == "".join(text.split()) and all(0 < len(piece) <= limit for piece in cut)
    assert text_rules.pieces("x" * 4000, sms=False) == ["x" * 1600, "x" * 1600, "x" * 800]
    assert all(len(piece) <= 320 for piece in text_rules.pieces("word " * 150, sms=True))
