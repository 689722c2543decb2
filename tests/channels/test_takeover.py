"""Whose conversation it is: after a takeover no word and no deed of the assistant, and nobody is left in silence."""

import asyncio
import random
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from backend.conversations import turns as fence
from backend.conversations import words as lines
from backend.conversations.errors import ConversationTaken
from backend.conversations.models import Conversation, Deed, Message
from backend.core.ids import reference
from backend.core.site import Site
from backend.identity import tokens
from channels import words
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant, after, echo, raw, says
from tests.channels.chat import Chat, Refused
from tests.channels.conftest import OpenChat


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"action_timeout": 0.3, "turn_typing_after": 0.05, "turn_timeout": 2.5, "turn_lease": 5.0, "turn_sweep": 0.2}


def booking(site: Site, *, before: float, behind: float, spread: bool = True) -> Any:
    """An assistant that books during its turn, as the API layer lets it: fence, deed and record in one unit of work."""

    async def book(turn: dict[str, Any]) -> Any:
        await asyncio.sleep(random.uniform(0, before) if spread else before)
        number = reference("RT")
        try:
            async with site.work(tokens.read_turn(site.settings, site.clock.now(), turn["token"])) as session:
                await fence.fence_deed(session, session.principal)
                await asyncio.sleep(0.01)
                await fence.record_deed(session, session.principal, "create_booking", {"reference": number})
        except ConversationTaken:
            return await raw(b'{"messages": [], "state": null, "asks": []}')(turn)
        await asyncio.sleep(random.uniform(0, behind) if spread else behind)
        return says(f"Booked: {number}.", state={"version": 1, "booked": number})

    return book


def technician(client: Any, chat: Chat) -> Any:
    async def act(verb: str, *, status: int = 200, epoch: int | None = None, **body: Any) -> Any:
        path = f"/api/v1/conversations/{chat.conversation['id']}/{verb}"
        return await client.json(
            "POST", path, status=status, json={"epoch": chat.conversation["epoch"] if epoch is None else epoch, **body}
        )

    return act


async def test_after_sixty_takeovers_no_word_and_no_deed(
    open_chat: OpenChat, turns: Turns, assistant: FakeAssistant, site: Site, worker_site: Site, staff
) -> None:
    person = await staff("technician")
    assistant.behaviour = booking(worker_site, before=0.25, behind=0.25)

    async def take_at_random(number: int) -> Chat:
        chat = await open_chat()
        await chat.send(f"book it please {number}")
        await asyncio.sleep(random.uniform(0, 0.6))
        await technician(person, chat)("take")
        return chat

    for _ in range(6):
        chats = await asyncio.gather(*(take_at_random(number) for number in range(10)))
        # The slowest turn and a sweep are over; whatever is not there now never comes.
        await asyncio.sleep(0.8)
        for chat in chats:
            await check_fence(site, UUID(chat.conversation["id"]))
            await chat.close()


async def check_fence(site: Site, conversation_id: UUID) -> None:
    async with site.work() as session:
        said = (await session.scalars(select(Message).where(Message.conversation_id == conversation_id).order_by(Message.seq))).all()
        deeds = (await session.scalars(select(Deed).where(Deed.conversation_id == conversation_id))).all()
    joined = next(message.seq for message in said if "has joined" in message.text)
    assert [m.text for m in said if m.seq > joined] == [], "words after the takeover"
    told = [m.text for m in said if m.author_kind in ("bot", "system")]
    assert len(deeds) <= 1
    for deed in deeds:
        assert deed.told and sum(str(deed.reference) in text for text in told) == 1, "a deed before the takeover is shown, once"
    assert sum("RT-" in text for text in told) == len(deeds)


async def test_a_deed_after_the_takeover_is_refused_and_one_before_is_shown(
    chat: Chat, turns: Turns, assistant: FakeAssistant, site: Site, worker_site: Site, staff
) -> None:
    assistant.behaviour = booking(worker_site, before=0.0, behind=1.0, spread=False)
    await chat.send("book it")
    person = technician(await staff("technician"), chat)
    while not await deeds_of(site, chat):
        await asyncio.sleep(0.01)
    token = assistant.turns[0]["token"]
    await person("take")
    await chat.until(lambda: len(chat.said("system")) == 2)
    (deed,) = await deeds_of(site, chat)
    name = chat.conversation["technician"]["name"]
    assert chat.said("system") == [lines.deed("create_booking", deed.reference), lines.taken(name)]
    with pytest.raises(ConversationTaken):
        async with site.work(tokens.read_turn(site.settings, site.clock.now(), token)) as session:
            await fence.fence_deed(session, session.principal)


async def test_a_deed_of_an_aborted_turn_is_refused_too(chat: Chat, turns: Turns, assistant: FakeAssistant, site: Site) -> None:
    assistant.behaviour = raw(b"{}", 500)
    await chat.send("book it")
    await chat.hear("bot")
    with pytest.raises(ConversationTaken):
        async with site.work(tokens.read_turn(site.settings, site.clock.now(), assistant.turns[0]["token"])) as session:
            await fence.fence_deed(session, session.principal)


async def test_a_deed_before_a_failure_is_told(chat: Chat, turns: Turns, assistant: FakeAssistant, site: Site, worker_site: Site) -> None:
    assistant.behaviour = booking(worker_site, before=0.0, behind=30.0, spread=False)
    await chat.send("book it")
    assert await chat.hear("bot") == [words.TOO_SLOW]
    (deed,) = await deeds_of(site, chat)
    assert chat.said("system") == [lines.deed("create_booking", deed.reference)]


async def deeds_of(site: Site, chat: Chat) -> list[Deed]:
    async with site.work() as session:
        return list((await session.scalars(select(Deed).where(Deed.conversation_id == UUID(chat.conversation["id"])))).all())


async def test_of_two_takers_one_wins(open_chat: OpenChat, staff) -> None:
    people = [await staff("technician"), await staff("manager")]
    for _ in range(10):
        chat = await open_chat()
        await chat.send("hello")
        path = f"/api/v1/conversations/{chat.conversation['id']}/take"
        answers = await asyncio.gather(*(person.post(path, json={"epoch": 1}) for person in people))
        assert sorted(answer.status for answer in answers) == [200, 409]
        refused = next(answer for answer in answers if answer.status == 409)
        assert (await refused.json())["code"] == "conversation_taken"
        await chat.until(lambda c=chat: c.conversation["owner"] == "technician")


async def test_a_person_takes_over_talks_and_hands_back(chat: Chat, turns: Turns, assistant: FakeAssistant, staff) -> None:
    act = technician(await staff("technician"), chat)
    assistant.behaviour = after(0.6)
    await chat.send("my dog ate my phone")
    await chat.until(lambda: any(event == "typing" and data["on"] for event, data in chat.events))
    await act("take")
    await chat.until(lambda: chat.conversation["owner"] == "technician" and len(chat.said("system")) == 1)
    name = chat.conversation["technician"]["name"]
    sent = await act("replies", status=201, client_id="from-maya-1", text=f"Hi, {name} here.")
    assert sent == await act("replies", status=201, client_id="from-maya-1", text=f"Hi, {name} here.")
    again = await act("replies", status=409, client_id="from-maya-1", text="Something else")
    assert again["code"] == "client_id_reused"
    await chat.hear("technician")
    assert chat.shown[-1]["author"] == {"kind": "technician", "name": name}
    asked = len(assistant.turns)
    await chat.send("it is an iphone 13")
    await chat.until(lambda: len(chat.said("customer")) == 2)
    await act("replies", status=201, client_id="from-maya-2", text="And the dog?")
    await chat.send("it was a labrador")
    await chat.until(lambda: len(chat.said("customer")) == 3)
    await act("release")
    await chat.until(lambda: chat.conversation["owner"] == "bot")
    assistant.behaviour = echo
    # What the technician left unanswered the assistant answers, and it is told that it was away.
    assert await chat.hear("bot") == ["You said: it was a labrador"]
    assert len(assistant.turns) == asked + 1
    told = assistant.turns[-1]["context"]["handed_back"]
    assert told["by"] == name and told["heard"] == ["my dog ate my phone", "it is an iphone 13"], "learnt from, not answered"
    assert chat.said("system") == [lines.taken(name), lines.RELEASED.format(name=name)]
    await chat.send("thanks")
    await chat.hear("bot", 2)
    assert "handed_back" not in assistant.turns[-1]["context"]


async def test_an_interrupted_assistant_speaks_first_when_it_is_given_back(
    chat: Chat, turns: Turns, assistant: FakeAssistant, staff
) -> None:
    async def ask(turn: dict[str, Any]) -> Any:
        return says("Which one?", parts=[{"type": "choices", "choices": [{"title": "This", "payload": "/affirm"}]}])

    act = technician(await staff("technician"), chat)
    assistant.behaviour = ask
    await chat.send("book it")
    await chat.hear("bot")
    old = chat.choice("This")
    await act("take")
    await chat.until(lambda: chat.conversation["owner"] == "technician")
    with pytest.raises(Refused) as refused:
        await chat.send(choice=old)
    assert refused.value.code == "choice_closed"
    await act("replies", status=201, client_id="from-maya-1", text="All clear now.")
    await act("release")
    await chat.hear("bot", 2)
    assert (assistant.turns[-1]["text"], assistant.turns[-1]["payload"]) == ("/recall", True)
    assert "handed_back" in assistant.turns[-1]["context"]
    # With nothing open it waits to be spoken to, also when it could not answer.
    await chat.until(lambda: chat.conversation["owner"] == "bot")
    await act("take")
    await chat.until(lambda: chat.conversation["owner"] == "technician")
    assistant.behaviour = raw(b"{}", 500)
    await act("release")
    await chat.until(lambda: chat.conversation["owner"] == "bot")
    while len(assistant.turns) < 3:
        await asyncio.sleep(0.01)
    await chat.send("hello")
    await chat.hear("bot", 3)
    assert chat.said("bot")[-1] == words.FAILED and len(chat.said("bot")) == 3


async def test_replies_and_moves_need_the_right_hands_and_epoch(chat: Chat, turns: Turns, staff) -> None:
    await chat.send("hello")
    mine, other = technician(await staff("technician"), chat), technician(await staff("technician"), chat)
    assert (await mine("replies", status=409, client_id="too-early-1", text="hi"))["code"] == "conversation_taken"
    assert (await mine("take", status=409, epoch=7))["code"] == "conversation_taken"
    await mine("take")
    await chat.until(lambda: chat.conversation["owner"] == "technician")
    for verb, body in (("replies", {"client_id": "not-mine-1", "text": "hi"}), ("release", {}), ("resolve", {}), ("take", {})):
        assert (await other(verb, status=409, **body))["code"] == "conversation_taken"
    assert (await mine("replies", status=409, epoch=1, client_id="old-epoch-1", text="hi"))["code"] == "conversation_taken"
    assert (await mine("replies", status=422, client_id="empty-0001", text=" "))["code"] == "text_empty"


async def test_a_closed_conversation_opens_a_new_episode(chat: Chat, turns: Turns, assistant: FakeAssistant, site: Site, staff) -> None:
    act = technician(await staff("technician"), chat)
    await chat.send("hello")
    await chat.hear("bot")
    await act("resolve")
    await chat.until(lambda: chat.conversation["owner"] == "closed")
    assert chat.said("system") == [lines.RESOLVED]
    await chat.send("one more thing")
    assert (await chat.hear("bot", 2))[-1] == "You said: one more thing"
    async with site.work() as session:
        kept = await session.get_one(Conversation, UUID(chat.conversation["id"]))
        episodes = (await session.scalars(select(Message.episode).where(Message.conversation_id == kept.id).order_by(Message.seq))).all()
    assert (kept.owner, kept.episode, list(episodes)) == ("bot", 2, [1, 1, 1, 2, 2])


def wants_person(turn: dict[str, Any]) -> Any:
    async def answer() -> Any:
        return says("I will ask a colleague.", asks=[{"type": "handoff", "reason": "complaint", "summary": "Angry about a scratch"}])

    return answer()


async def test_a_handoff_is_acknowledged_and_the_assistant_falls_silent(
    chat: Chat, turns: Turns, assistant: FakeAssistant, site: Site
) -> None:
    assistant.behaviour = wants_person
    await chat.send("this is outrageous")
    await chat.until(lambda: chat.conversation["owner"] == "waiting")
    assert await chat.hear("bot", 2) == ["I will ask a colleague.", lines.waiting(1, opens=None, away=True)]
    assistant.behaviour = echo
    await chat.send("hello??")
    await chat.send("/restart")
    await asyncio.sleep(0.3)  # two sweeps
    assert len(assistant.turns) == 1
    async with site.work() as session:
        kept = await session.get_one(Conversation, UUID(chat.conversation["id"]))
    assert kept.handoff and (kept.handoff["reason"], kept.handoff["summary"]) == ("complaint", "Angry about a scratch")


@pytest.mark.parametrize("said", ["never mind", "No, forget it.", "Ok never mind thanks", None])
async def test_never_mind_gives_the_conversation_back(chat: Chat, turns: Turns, assistant: FakeAssistant, said: str | None) -> None:
    assistant.behaviour = wants_person
    await chat.send("person please")
    await chat.hear("bot", 2)
    assistant.behaviour = echo
    await (chat.send(said) if said else chat.send(choice=chat.choice(lines.CARRY_ON)))
    await chat.until(lambda: chat.conversation["owner"] == "bot" and chat.said("system") == [lines.NEVER_MIND])
    await chat.send("how much is a battery?")
    assert (await chat.hear("bot", 3))[-1] == "You said: how much is a battery?"
    # A second handoff in the same conversation works like the first.
    assistant.behaviour = wants_person
    await chat.send("person please")
    await chat.until(lambda: chat.conversation["owner"] == "waiting")


async def test_places_in_the_queue_are_told(open_chat: OpenChat, turns: Turns, assistant: FakeAssistant) -> None:
    assistant.behaviour = wants_person
    for place in (1, 2, 3):
        chat = await open_chat()
        await chat.send("person please")
        await chat.until(lambda c=chat: c.conversation["owner"] == "waiting")
        assert chat.conversation["place"] == place
        assert (await chat.hear("bot", 2))[-1] == lines.waiting(place, opens=None, away=True)


async def test_a_number_left_after_a_failure_brings_a_call_back(chat: Chat, turns: Turns, assistant: FakeAssistant, site: Site) -> None:
    assistant.behaviour = raw(b"{}", 500)
    await chat.send("hello")
    await chat.hear("bot")
    await chat.send(choice=chat.choice(words.LEAVE_NUMBER))
    await chat.hear("bot", 2)
    form = chat.open_part("form")
    with pytest.raises(Refused) as refused:
        await chat.send(form={"id": form["id"], "values": {"phone": "maybe"}})
    assert refused.value.error["codes"] == {"phone": "tel_invalid"}
    await chat.send(form={"id": form["id"], "values": {"phone": "07700 900123"}})
    assert (await chat.hear("bot", 3))[-1] == lines.number_kept("+447700900123", opens=None)
    await chat.until(lambda: chat.conversation["owner"] == "waiting")
    async with site.work() as session:
        kept = await session.get_one(Conversation, UUID(chat.conversation["id"]))
    assert kept.handoff and (kept.handoff["reason"], kept.handoff["call_back"]) == ("call_back", "+447700900123")


async def test_a_person_asked_for_after_a_failure(chat: Chat, turns: Turns, assistant: FakeAssistant) -> None:
    assistant.behaviour = raw(b"{}", 500)
    await chat.send("hello")
    await chat.hear("bot")
    await chat.send(choice=chat.choice(words.A_PERSON))
    await chat.until(lambda: chat.conversation["owner"] == "waiting")
    assert (await chat.hear("bot", 2))[-1] == lines.waiting(1, opens=None, away=True)
    assert len(assistant.turns) == 1
