"""The customer's socket, end to end to the rows and back."""

import asyncio
import functools
from uuid import uuid4

import pytest
import socketio

from channels import hub
from channels.turns import Turns
from tests.channels.assistant import FakeAssistant
from tests.channels.chat import NAMESPACE, Chat, Refused
from tests.channels.conftest import OpenChat


async def test_a_message_is_acknowledged_answered_and_shown(chat: Chat, turns: Turns, assistant: FakeAssistant) -> None:
    ack = await chat.send("my screen is cracked")
    assert (ack["ok"], ack["seq"], ack["rev"]) == (True, 1, 1)
    assert await chat.hear("bot") == ["You said: my screen is cracked"]
    assert [(m["seq"], m["author"]) for m in chat.shown] == [
        (1, {"kind": "customer", "name": None}),
        (2, {"kind": "bot", "name": "Assistant"}),
    ]
    (turn,) = assistant.turns
    assert turn["payload"] is False and turn["state"] is None and turn["zone"] == "Europe/London"
    assert assistant.secrets == {"tests-only-hub-secret"}
    await chat.send("it is an iPhone 13")
    await chat.hear("bot", 2)
    assert assistant.turns[1]["state"] == {"version": 1, "heard": 1}


async def test_a_second_tab_and_a_return_see_the_same(chat: Chat, open_chat: OpenChat, turns: Turns) -> None:
    other = await open_chat(chat.credential)
    assert other.conversation["id"] == chat.conversation["id"]
    await chat.send("hello")
    await chat.hear("bot")
    await other.hear("bot")
    again = await open_chat(chat.credential)
    await again.sync()
    assert again.shown == chat.shown == other.shown
    assert again.rev == again.conversation["rev"]


async def test_a_forged_credential_is_refused(base: str) -> None:
    client = socketio.AsyncClient(reconnection=False)
    refusals: list[object] = []
    client.on("connect_error", refusals.append, namespace=NAMESPACE)
    with pytest.raises(socketio.exceptions.ConnectionError):
        await client.connect(base, namespaces=[NAMESPACE], auth={"credential": "rv_" + "x" * 32}, transports=["websocket"])
    assert refusals == [{"message": "credential_unknown"}]
    await client.disconnect()


async def test_twenty_tabs_of_a_new_visitor_have_one_conversation(client, open_chat: OpenChat, turns: Turns) -> None:
    for _ in range(5):
        first = await open_chat()
        tabs = await asyncio.gather(*(open_chat(first.credential) for _ in range(20)))
        assert {tab.conversation["id"] for tab in tabs} == {first.conversation["id"]}
        acks = await asyncio.gather(*(tab.send(f"message {number}") for number, tab in enumerate(tabs)))
        assert len({ack["seq"] for ack in acks}) == len({ack["id"] for ack in acks}) == 20
        await first.sync()
        assert len(first.said("customer")) == 20
        await asyncio.gather(*(tab.close() for tab in (first, *tabs)))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"text": "hi"}, "invalid"),
        ({"client_id": "short", "text": "hi"}, "invalid"),
        ({"client_id": "c-0000001"}, "invalid"),
        ({"client_id": "c-0000001", "text": "hi", "choice": "c_1"}, "invalid"),
        ({"client_id": "c-0000001", "text": 5}, "invalid"),
        ({"client_id": "c-0000001", "text": "hi", "extra": 1}, "invalid"),
        ({"client_id": "c-0000001", "text": "a\x00b"}, "invalid"),
        ({"client_id": "c-0000001", "text": "half an emoji \ud83d"}, "invalid"),
        ({"client_id": "c-0000001", "text": functools.reduce(lambda inner, _: [inner], range(400), [])}, "invalid"),
        ({"client_id": "c-0000001", "text": " \n\t "}, "text_empty"),
        ({"client_id": "c-0000001", "text": "x" * 4_001}, "text_too_long"),
        ({"client_id": "c-0000001", "text": "x" * 70_000}, "too_large"),
        ({"client_id": "c-0000001", "choice": "c_never_offered"}, "choice_unknown"),
        ({"client_id": "c-0000001", "form": {"id": "f_never_offered", "values": {}}}, "form_unknown"),
        ({"client_id": "c-0000001", "file_ids": ["x"]}, "invalid"),
        ({"client_id": "c-0000001", "file_ids": [str(uuid4())]}, "file_unknown"),
        ({"client_id": "c-0000001", "file_ids": [str(uuid4()) for _ in range(20)]}, "files_too_many"),
        (None, "invalid"),
        ([], "invalid"),
        ("hi", "invalid"),
    ],
)
async def test_bad_messages_have_their_own_answers_and_leave_nothing(chat: Chat, body: object, code: str) -> None:
    with pytest.raises(Refused) as refused:
        await chat.call("message", body)
    assert refused.value.code == code and refused.value.error["detail"]
    await chat.sync()
    assert chat.shown == [] and chat.rev == 0


async def test_ten_kilobytes_of_emoji_arrive_whole(chat: Chat) -> None:
    text = "\U0001f62d" * 2_500
    await chat.send(text)
    await chat.until(lambda: chat.said("customer") == [text])


async def test_more_than_a_hundred_messages_a_minute_wait(chat: Chat, clock) -> None:
    for number in range(100):
        await chat.send(f"message {number}")
    with pytest.raises(Refused) as refused:
        await chat.send("one too many")
    assert refused.value.code == "too_many_messages" and 0 < refused.value.error["retry_after"] <= 60
    clock.move(seconds=61)
    await chat.send("now it goes")


async def test_same_id_same_answer_other_body_refused(base: str, open_chat: OpenChat) -> None:
    chats = await asyncio.gather(*(open_chat() for _ in range(8)))

    async def pairs(chat: Chat) -> int:
        refused = 0
        for number in range(13):
            client_id = f"pair-{number:04}"
            first, second = await asyncio.gather(chat.send("one", client_id=client_id), chat.send("one", client_id=client_id))
            assert first == second
            try:
                await chat.send("two", client_id=client_id)
            except Refused as refusal:
                refused += refusal.code == "client_id_reused"
        await chat.sync()
        assert [m["seq"] for m in chat.shown] == list(range(1, 14))
        return refused

    assert sum(await asyncio.gather(*(pairs(chat) for chat in chats))) == 104


async def test_messages_of_one_client_keep_their_order(chat: Chat) -> None:
    await asyncio.gather(*(chat.send(f"{number:03}") for number in range(60)))
    await chat.sync()
    assert chat.said("customer") == [f"{number:03}" for number in range(60)]


async def test_what_a_client_missed_it_syncs_by_cursor(chat: Chat, open_chat: OpenChat, turns: Turns) -> None:
    await chat.send("before")
    await chat.hear("bot")
    await chat.sync()
    await chat.close()
    other = await open_chat(chat.credential)
    for number in range(7):
        await other.send(f"while away {number}")
    await other.until(lambda: other.conversation["id"] and len(other.said("customer")) == 7)
    back = await open_chat(chat.credential)
    back.rev, back.messages = chat.rev, chat.messages
    assert back.conversation["rev"] > chat.rev
    page = await back.call("sync", {"after_rev": back.rev, "limit": 2})
    assert len(page["messages"]) == 2 and page["more"] is True and page["rev"] == page["messages"][-1]["rev"]
    await back.sync()
    assert back.said("customer") == ["before", *(f"while away {number}" for number in range(7))]
    assert len({m["id"] for m in back.shown}) == len(back.shown)


async def test_read_marks_and_typing_reach_the_other_side(chat: Chat, open_chat: OpenChat, turns: Turns) -> None:
    other = await open_chat(chat.credential)
    await chat.send("hello")
    await chat.hear("bot")
    await chat.until(lambda: ("receipt", {"by": "bot", "seq": 1}) in chat.events)
    await chat.call("read", {"seq": 99})
    await other.until(lambda: ("receipt", {"by": "customer", "seq": 2}) in other.events)
    await chat.call("read", {"seq": 1})
    again = await open_chat(chat.credential)
    assert again.conversation["read_seq"] == 2 and again.conversation["seen_seq"] == 1
    await chat.call("typing", {"on": True})
    await other.until(lambda: ("typing", {"on": True, "author": {"kind": "customer", "name": None}}) in other.events)


async def test_a_client_that_reads_too_slowly_is_cut_off_and_comes_back(
    chat: Chat, open_chat: OpenChat, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = await open_chat(chat.credential)
    gone = asyncio.Event()
    slow.io.on("disconnect", lambda *_: gone.set(), namespace=NAMESPACE)
    monkeypatch.setattr(hub, "BACKLOG", -1)
    # The sender is cut off as well, so its ack may never come.
    await chat.io.emit("message", {"client_id": "flood-0001", "text": "a flood"}, namespace=NAMESPACE)
    await asyncio.wait_for(gone.wait(), 10)
    monkeypatch.undo()
    back = await open_chat(chat.credential)
    await back.sync()
    assert back.said("customer") == ["a flood"]


async def test_two_site_processes_agree(chat: Chat, worker_site, turns: Turns) -> None:
    from aiohttp import web

    from revivatech.site import create_site

    runner = web.AppRunner(create_site(worker_site), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    elsewhere = Chat(f"http://127.0.0.1:{runner.addresses[0][1]}", chat.credential)
    await elsewhere.connect()
    await chat.send("from here")
    await elsewhere.hear("bot")
    await elsewhere.send("from there")
    await chat.hear("bot", 2)
    await elsewhere.hear("bot", 2)
    assert chat.said("bot") == elsewhere.said("bot")
    await elsewhere.close()
    await runner.cleanup()
