"""The technician's socket: who may sit down, what the desk is shown, and what each event does and refuses."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
import socketio
from sqlalchemy import select

from backend.conversations import words
from backend.conversations.models import Conversation, Message, Note
from backend.core.site import Site
from backend.identity import sessions
from backend.identity.models import StaffSession
from channels import events, watch
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant, says
from tests.channels.chat import Chat, Refused
from tests.channels.conftest import OpenDesk
from tests.channels.desk import NAMESPACE, Desk
from tests.conftest import MovableClock, SignIn


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"action_timeout": 0.3, "turn_typing_after": 0.05, "turn_timeout": 2.5, "turn_lease": 5.0, "turn_sweep": 0.2}


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch, "EVERY", 0.1)


async def wants_person(turn: dict[str, Any]) -> Any:
    return says("I will ask a colleague.", asks=[{"type": "handoff", "reason": "complaint", "wanted": "A refund"}])


@pytest.fixture
async def queued(chat: Chat, turns: Turns, assistant: FakeAssistant) -> Chat:
    assistant.behaviour = wants_person
    await chat.send("a person please")
    await chat.until(lambda: chat.conversation["owner"] == "waiting")
    return chat


async def refused(desk: Desk, event: str, conversation: str, **more: Any) -> str:
    with pytest.raises(Refused) as answer:
        await desk.move(event, conversation, **more)
    return answer.value.code


async def connect(base: str, auth: Any) -> str:
    """The code of a refused connection."""
    client, refusals = socketio.AsyncClient(reconnection=False), []
    client.on("connect_error", refusals.append, namespace=NAMESPACE)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(base, namespaces=[NAMESPACE], auth=auth, transports=["websocket"], wait_timeout=5)
    code: str = refusals[0]["message"] if isinstance(refusals[0], dict) else refusals[0]
    return code


async def test_a_ticket_opens_one_socket_for_half_a_minute(base: str, site: Site, staff: SignIn, clock: MovableClock) -> None:
    person = await staff("technician")
    desk = Desk(base, person)
    used = await desk.ticket()
    await desk.connect(used)
    assert await connect(base, {"ticket": used}) == "ticket_unknown"
    late = await desk.ticket()
    clock.move(seconds=31)
    assert await connect(base, {"ticket": late}) == "ticket_unknown"
    ended = await desk.ticket()
    async with site.work() as session:
        for one in await session.scalars(select(StaffSession)):
            await sessions.end(session, one.id)
    assert await connect(base, {"ticket": ended}) == "ticket_unknown"
    for auth, code in (({}, "invalid"), (None, "invalid"), ({"ticket": 7}, "invalid"), ({"ticket": "st_made-up"}, "ticket_unknown")):
        assert await connect(base, auth) == code
    await desk.until(lambda: desk.closed)  # the session it came from is over
    await person.json("POST", "/api/v1/socket-tickets", status=401)


async def test_the_queue_is_live_and_a_conversation_is_talked_through(queued: Chat, open_desk: OpenDesk) -> None:
    mine, other = await open_desk(), await open_desk()
    here = queued.conversation["id"]
    assert mine.waiting() == [here]
    row = mine.rows[here]
    assert (row["reason"], row["priority"], row["awaiting"]) == ("complaint", 2, True)
    view = await mine.follow(here)
    assert view["handoff"]["wanted"] == "A refund" and view["place"] == 1
    assert mine.said(here)[0] == "a person please"
    await mine.move("take", here)
    await queued.until(lambda: queued.conversation["owner"] == "technician")
    await other.until(lambda: other.rows[here]["technician"] is not None and other.waiting() == [])
    assert other.rows[here]["technician"]["id"] == mine.staff["id"]
    await other.until(lambda: {one["id"]: one["chats"] for one in other.team}[mine.staff["id"]] == 1)

    await mine.move("typing", here, on=True)
    await queued.until(lambda: any(event == "typing" and data["on"] for event, data in queued.events))
    await queued.call("typing", {"on": True})
    await mine.until(lambda: any(event == "typing" and data["author"]["kind"] == "customer" for event, data in mine.events))
    sent = await mine.say(here, "Hello, what happened?", client_id="hello-0001")
    assert sent == await mine.say(here, "Hello, what happened?", client_id="hello-0001")
    assert await refused(mine, "message", here, client_id="hello-0001", text="Another") == "client_id_reused"
    assert await queued.hear("technician") == ["Hello, what happened?"]
    await queued.call("read", {"seq": sent["seq"]})
    await mine.until(lambda: ("receipt", {"conversation": here, "by": "customer", "seq": sent["seq"]}) in mine.events)
    asked = await queued.send("It fell into the bath")
    await mine.until(lambda: "It fell into the bath" in mine.said(here))
    await mine.until(lambda: mine.rows[here]["unread"] >= 1 and mine.rows[here]["awaiting"])
    await mine.move("read", here, seq=asked["seq"])
    await queued.until(lambda: ("receipt", {"by": "technician", "seq": asked["seq"]}) in queued.events)
    await mine.until(lambda: mine.rows[here]["unread"] == 0)
    await mine.say(here, "Bring it in.")
    await mine.until(lambda: not mine.rows[here]["awaiting"])
    await mine.move("resolve", here)
    await queued.until(lambda: queued.conversation["owner"] == "closed")
    await mine.until(lambda: here not in mine.rows)
    # Reopened by whoever takes it again.
    await mine.move("take", here)
    await queued.until(lambda: queued.conversation["owner"] == "technician")


async def test_two_take_at_once_and_one_has_it(queued: Chat, open_desk: OpenDesk) -> None:
    desks = [await open_desk(), await open_desk()]
    here = queued.conversation["id"]
    answers = await asyncio.gather(*(desk.move("take", here) for desk in desks), return_exceptions=True)
    lost = [answer for answer in answers if isinstance(answer, Refused)]
    assert len(lost) == 1 and lost[0].code == "conversation_taken"
    winner = next(desk for desk, answer in zip(desks, answers, strict=True) if not isinstance(answer, Refused))
    assert (lost[0].error["owner"], lost[0].error["technician"]) == ("technician", winner.staff["id"])
    await queued.sync()
    assert sum("has joined" in text for text in queued.said("system")) == 1


async def test_what_is_not_mine_or_not_as_i_believe_is_refused_and_changes_nothing(
    queued: Chat, open_desk: OpenDesk, site: Site, visitor: Any
) -> None:
    mine, other = await open_desk(), await open_desk()
    here = queued.conversation["id"]
    await other.follow(here)
    await mine.move("take", here)
    await other.until(lambda: other.views[here]["owner"] == "technician")

    async def kept() -> list[Any]:
        async with site.work() as session:
            one = (await session.scalars(select(Conversation))).all()
            return [[(c.rev, c.note, c.epoch, c.snoozed_until) for c in one], len((await session.scalars(select(Message))).all())]

    before = await kept()
    soon = (site.clock.now() + timedelta(hours=1)).isoformat()
    events: list[tuple[str, dict[str, Any]]] = [
        ("take", {}),
        ("message", {"client_id": "not-mine-1", "text": "hi"}),
        ("transfer", {"to": mine.staff["id"]}),
        ("release", {}),
        ("resolve", {}),
        ("snooze", {"until": soon}),
        ("typing", {"on": True}),
    ]
    for event, more in events:
        assert await refused(other, event, here, **more) == "conversation_taken", event
    for event, more in [*events[1:], ("note", {"client_id": "old-note-1", "text": "hi"}), ("read", {"seq": 1})]:
        assert await refused(mine, event, here, epoch=1, **more) == "conversation_taken", event
    nowhere = str(uuid4())
    for event, more in [*events, ("note", {"client_id": "no-note-01", "text": "hi"}), ("read", {"seq": 1})]:
        assert await refused(mine, event, nowhere, epoch=1, **more) == "conversation_unknown", event
    with pytest.raises(Refused) as unknown:
        await mine.call("subscribe", conversation=nowhere)
    assert unknown.value.code == "conversation_unknown"
    with pytest.raises(Refused) as unfollowed:
        await mine.call("sync", conversation=here, after_rev=0, after_note=0)
    assert unfollowed.value.code == "not_subscribed"
    for event, data in (
        ("take", {"conversation": here}),
        ("take", {"conversation": here, "epoch": "2"}),
        ("message", {"conversation": here, "epoch": 3, "client_id": "x", "text": "hi"}),
        ("transfer", {"conversation": here, "epoch": 3}),
        ("transfer", {"conversation": here, "epoch": 3, "to": None}),
        ("transfer", {"conversation": here, "epoch": 3, "to": mine.staff["id"], "skill": None}),
        ("snooze", {"conversation": here, "epoch": 3, "until": "tomorrow"}),
        ("status", {"status": "gone"}),
        ("beat", {"more": 1}),
        ("sync", {"conversation": "nonsense", "after_rev": 0, "after_note": 0}),
    ):
        with pytest.raises(Refused) as invalid:
            await mine.call(event, **data)
        assert invalid.value.code == "invalid", (event, data)
    assert await refused(mine, "snooze", here, until=(site.clock.now() - timedelta(hours=1)).isoformat()) == "until_invalid"
    assert await refused(mine, "transfer", here, to=nowhere) == "technician_unknown"
    assert await refused(mine, "note", here, client_id="note-00001", text="hi", mentions=[nowhere]) == "technician_unknown"
    assert await refused(mine, "note", here, client_id="note-00002", text="  ") == "text_empty"
    assert await kept() == before


async def test_notes_are_for_the_staff_alone(queued: Chat, open_desk: OpenDesk, site: Site) -> None:
    mine, other = await open_desk(), await open_desk()
    here = queued.conversation["id"]
    await mine.follow(here)
    await other.follow(here)
    heard, rev = len(queued.events), mine.views[here]["rev"]
    kept = await mine.move("note", here, client_id="note-00001", text="Same board as last week", mentions=[other.staff["id"]])
    assert kept == await mine.move("note", here, client_id="note-00001", text="Same board as last week", mentions=[other.staff["id"]])
    assert await refused(mine, "note", here, client_id="note-00001", text="Another") == "client_id_reused"
    await other.until(lambda: here in other.notes and bool(other.alerts))
    assert other.notes[here][1]["text"] == "Same board as last week" and other.alerts[-1]["kind"] == "mention"
    await queued.sync()
    assert "Same board" not in str(queued.messages) and len(queued.events) == heard
    late = await open_desk()
    await late.follow(here)
    assert [one["number"] for one in late.notes[here].values()] == [1] and late.views[here]["rev"] == rev
    async with site.work() as session:
        assert len((await session.scalars(select(Note))).all()) == 1


async def test_passed_on_to_a_colleague_who_is_there_or_back_into_the_queue(queued: Chat, open_desk: OpenDesk) -> None:
    mine, other, boss = await open_desk(), await open_desk(), await open_desk(role="manager")
    here = queued.conversation["id"]
    await mine.move("take", here)
    await other.call("status", status="away")
    assert await refused(mine, "transfer", here, to=other.staff["id"]) == "technician_away"
    await other.call("status", status="here")
    before = mine.views[here]["epoch"]
    await mine.move("transfer", here, to=other.staff["id"], note="Knows liquid damage")
    await other.until(lambda: any(alert["kind"] == "transferred" for alert in other.alerts))
    await other.follow(here)
    assert other.views[here]["epoch"] == before + 1 and other.notes[here][1]["text"] == "Knows liquid damage"
    assert await refused(mine, "message", here, client_id="too-late-1", text="hi", epoch=before) == "conversation_taken"
    await other.say(here, "Hello, I am with you now.")
    assert await queued.hear("technician") == ["Hello, I am with you now."]
    await boss.follow(here)
    await boss.move("transfer", here, skill="liquid")
    await other.until(lambda: any(alert["kind"] == "taken" for alert in other.alerts))
    await queued.until(lambda: queued.conversation["owner"] == "waiting" and queued.conversation["place"] == 1)
    assert boss.views[here]["skill"] == "liquid" and "passed this on to a colleague" in queued.shown[-1]["text"]
    await queued.send(choice=queued.choice(words.CARRY_ON))
    await queued.until(lambda: queued.conversation["owner"] == "bot")


async def test_snoozed_until_the_customer_writes_or_the_time_comes(
    queued: Chat, open_desk: OpenDesk, clock: MovableClock, worker_site: Site
) -> None:
    from channels.caretaker import Caretaker

    mine = await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    await mine.say(here, "Back to you tomorrow.")
    await mine.move("snooze", here, until=(clock.now() + timedelta(minutes=30)).isoformat())
    await mine.until(lambda: mine.rows[here]["snoozed_until"] is not None)
    await queued.send("Actually, one more thing")
    await mine.until(lambda: mine.rows[here]["snoozed_until"] is None and mine.alerts[-1]["kind"] == "woken")
    await mine.move("snooze", here, until=(clock.now() + timedelta(minutes=30)).isoformat())
    clock.move(minutes=31)
    await asyncio.sleep(0.3)  # beats
    heard = len(mine.alerts)
    await Caretaker(worker_site).look()
    await mine.until(lambda: len(mine.alerts) > heard and mine.alerts[-1]["kind"] == "woken")


async def test_released_the_assistant_goes_on(queued: Chat, open_desk: OpenDesk, assistant: FakeAssistant) -> None:
    from tests.channels.assistant import echo

    mine = await open_desk()
    here = queued.conversation["id"]
    assistant.behaviour = echo
    await mine.move("take", here)
    await mine.say(here, "All done here.")
    await mine.move("release", here)
    await queued.until(lambda: queued.conversation["owner"] == "bot")
    await queued.send("thanks")
    # Interrupted in the middle of something, it speaks first.
    assert (await queued.hear("bot", 4))[-2:] == ["You said: /recall", "You said: thanks"]
    # And a second time in the same conversation.
    assistant.behaviour = wants_person
    await queued.send("a person please")
    await queued.until(lambda: queued.conversation["owner"] == "waiting")
    await mine.until(lambda: mine.waiting() == [here])
    await mine.follow(here)
    await mine.move("take", here)
    await mine.say(here, "Here again.")
    assert (await queued.hear("technician", 2))[-1] == "Here again."


async def test_what_the_technician_changed_is_learnt_from_and_said(queued: Chat, open_desk: OpenDesk, assistant: FakeAssistant) -> None:
    mine = await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    await queued.send("it is not the 13 after all")
    await mine.say(here, "I have changed that.")
    assert await refused(mine, "release", here, told=" \x00") == "invalid"
    await mine.move("release", here, told="/start_again it is the iPhone 12")
    await queued.hear("bot", 3)
    asked = assistant.turns[-1]
    assert (asked["text"], asked["payload"]) == ("/recall", True), "it speaks first"
    assert asked["context"]["handed_back"]["heard"] == ["it is not the 13 after all", "start_again it is the iPhone 12"]
    assert "told" not in asked["context"]["handed_back"] and "iPhone 12" not in str(queued.messages)


async def test_anger_brings_a_person_whatever_the_assistant_says(
    chat: Chat, turns: Turns, open_desk: OpenDesk, assistant: FakeAssistant
) -> None:
    desk = await open_desk()
    await chat.send("this is a joke of a shop, I have had enough of you")
    await chat.until(lambda: chat.conversation["owner"] == "waiting")
    here = chat.conversation["id"]
    await desk.until(lambda: here in desk.rows and desk.rows[here]["owner"] == "waiting")
    assert (desk.rows[here]["reason"], desk.rows[here]["priority"]) == ("anger", 2)


async def test_a_photo_of_the_staff_is_shown(queued: Chat, open_desk: OpenDesk) -> None:
    from tests.backend.files.pictures import jpeg

    mine = await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    photo = await mine.person.json("POST", "/api/v1/files?client_id=bench-photo-1", status=201, data=jpeg())
    await mine.move("message", here, client_id="with-photo-1", file_ids=[photo["file_id"]], text="Look at the connector")
    await queued.hear("technician")
    assert [part["type"] for part in queued.shown[-1]["parts"]] == ["image"]


async def test_the_desk_catches_up_by_cursor_after_a_lost_connection(queued: Chat, open_desk: OpenDesk) -> None:
    first, other = await open_desk(), await open_desk()
    here = queued.conversation["id"]
    await first.follow(here)
    await first.move("take", here)
    await first.close()
    for number in range(3):
        await queued.send(f"are you there {number}")
    await other.follow(here)
    await other.move("note", here, client_id="note-00001", text="He is back in a minute")
    again = await open_desk(first.person)
    await again.follow(here)
    assert again.said(here, "customer")[-3:] == [f"are you there {number}" for number in range(3)]
    assert 1 in again.notes[here] and again.views[here]["technician"]["id"] == first.staff["id"]
    await again.say(here, "Yes, sorry.")
    assert await queued.hear("technician") == ["Yes, sorry."]


async def test_too_many_events_and_too_much_at_once(queued: Chat, open_desk: OpenDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "PACE", 0.0)  # however slow the machine is
    mine = await open_desk()
    here = queued.conversation["id"]
    await mine.move("take", here)
    assert await refused(mine, "message", here, client_id="too-long-1", text="x" * 4001) == "text_too_long"
    assert await refused(mine, "message", here, client_id="too-big-01", text="x" * 70_000) == "too_large"
    answers = await asyncio.gather(
        *(mine.io.call("status", {"status": "here"}, namespace=NAMESPACE, timeout=20) for _ in range(260)), return_exceptions=True
    )
    codes = {answer["error"]["code"] for answer in answers if isinstance(answer, dict) and not answer["ok"]}
    assert codes == {"too_many_messages"}
