"""The HTTP twin of the customer's socket, and who may use it."""

import asyncio
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import func, select

from backend.conversations.models import Conversation, Message
from backend.core import race
from backend.core.site import Site


@pytest.fixture
async def path(visitor: Any) -> str:
    opened = await visitor.json("POST", "/api/v1/conversations", status=201)
    return f"/api/v1/conversations/{opened['conversation']['id']}"


def text(words: str, client_id: str | None = None) -> dict[str, str]:
    return {"client_id": client_id or str(uuid4()), "text": words}


async def test_a_conversation_by_http_alone(visitor: Any, path: str) -> None:
    accepted = await visitor.json("POST", f"{path}/messages", status=201, json=text("hello"))
    assert (accepted["seq"], accepted["rev"]) == (1, 1)
    await visitor.json("POST", f"{path}/messages", status=201, json=text("again"))
    page = await visitor.json("GET", f"{path}/messages?after_rev=0&limit=1")
    assert [m["text"] for m in page["messages"]] == ["hello"] and page["more"] is True and page["rev"] == 1
    rest = await visitor.json("GET", f"{path}/messages?after_rev=1")
    assert [m["text"] for m in rest["messages"]] == ["again"] and rest["more"] is False and rest["rev"] == 2
    assert "choice" not in rest["messages"][0]
    await visitor.json("POST", f"{path}/read", status=204, json={"seq": 1})
    seen = await visitor.json("GET", path)
    assert (seen["owner"], seen["epoch"], seen["read_seq"], seen["rev"]) == ("bot", 1, 1, 2)


async def test_opening_twice_is_the_same_conversation(visitor: Any, client: Any) -> None:
    first = await visitor.json("POST", "/api/v1/conversations", status=201)
    assert await visitor.json("POST", "/api/v1/conversations", status=201, json={}) == first
    stranger = await client.json("POST", "/api/v1/conversations", status=201)
    assert stranger["conversation"]["id"] != first["conversation"]["id"]
    assert stranger["credential"] != first["credential"]


async def test_twenty_first_messages_of_a_new_visitor_make_one_conversation(client: Any, site: Site) -> None:
    from backend.identity import visitors
    from tests.conftest import Client

    together = asyncio.Barrier(20)
    for _ in range(5):
        async with site.work() as session:
            visitor, credential = await visitors.open(session, None)
        race.place("conversation.insert", _meet(together))

        async def first_message(credential: str = credential) -> str:
            async with Client(client.base, headers={"Authorization": f"Bearer {credential}"}) as tab:
                opened = await tab.json("POST", "/api/v1/conversations", status=201)
                found: str = opened["conversation"]["id"]
                await tab.json("POST", f"/api/v1/conversations/{found}/messages", status=201, json=text("hi"))
                return found

        ids = await asyncio.gather(*(first_message() for _ in range(20)))
        assert len(set(ids)) == 1
        async with site.work() as session:
            assert await session.scalar(select(func.count()).select_from(Conversation).where(Conversation.visitor_id == visitor.id)) == 1
            messages = (await session.scalars(select(Message.seq).where(Message.conversation_id == ids[0]))).all()
        assert sorted(messages) == list(range(1, 21))


def _meet(barrier: asyncio.Barrier) -> Any:
    async def meet() -> None:
        await asyncio.wait_for(barrier.wait(), 20)

    return meet


async def test_the_same_id_at_once_is_one_message(visitor: Any, path: str) -> None:
    for number in range(10):
        body = text("once", f"same-{number:04}")
        answers = await asyncio.gather(*(visitor.json("POST", f"{path}/messages", status=201, json=body) for _ in range(8)))
        assert len({str(answer) for answer in answers}) == 1 and answers[0]["seq"] == number + 1
    refused = await visitor.json("POST", f"{path}/messages", status=409, json=text("other", "same-0003"))
    assert refused["code"] == "client_id_reused"


async def test_a_foreign_conversation_is_not_there(visitor: Any, client: Any, path: str) -> None:
    from tests.conftest import Client

    stranger = await client.json("POST", "/api/v1/conversations", status=201)
    async with Client(client.base, headers={"Authorization": f"Bearer {stranger['credential']}"}) as other:
        for method, where, body in (
            ("GET", path, None),
            ("GET", f"{path}/messages", None),
            ("POST", f"{path}/messages", text("let me in")),
            ("POST", f"{path}/read", {"seq": 1}),
        ):
            refused = await other.json(method, where, status=404, json=body)
            assert refused["code"] == "conversation_unknown"
        refused = await other.json("GET", f"/api/v1/conversations/{uuid4()}", status=404)
        assert refused["code"] == "conversation_unknown"
        for verb in ("take", "release", "resolve"):
            refused = await other.json("POST", f"{path}/{verb}", status=403, json={"epoch": 1})
            assert refused["code"] == "forbidden"


async def test_missing_and_forged_credentials(client: Any, path: str) -> None:
    refused = await client.json("POST", f"{path}/messages", status=401, json=text("hi"))
    assert refused["code"] == "unauthenticated"
    forged = {"Authorization": "Bearer rv_" + "A" * 32}
    for where in ("/api/v1/conversations", f"{path}/messages"):
        refused = await client.json("POST", where, status=401, json=text("hi"), headers=forged)
        assert refused["code"] == "credential_unknown"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": "no client id"}, 422, "invalid"),
        ({"client_id": "c-0000001", "text": True}, 422, "invalid"),
        ({"client_id": "c-0000001", "text": "a", "form": {"id": "f", "values": {}}}, 422, "invalid"),
        ({"client_id": "c-0000001", "text": "  "}, 422, "text_empty"),
        ({"client_id": "c-0000001", "text": "x" * 4_001}, 422, "text_too_long"),
        ({"client_id": "c-0000001", "text": "x" * 70_000}, 413, "too_large"),
        ({"client_id": "c-0000001", "choice": "c_never"}, 422, "choice_unknown"),
        ({"client_id": "c-0000001", "form": {"id": "f_never", "values": {}}}, 422, "form_unknown"),
    ],
)
async def test_bad_messages(visitor: Any, path: str, body: dict[str, Any], status: int, code: str) -> None:
    refused = await visitor.json("POST", f"{path}/messages", status=status, json=body)
    assert refused["code"] == code
    assert (await visitor.json("GET", path))["seq"] == 0


async def test_staff_see_the_list_page_by_page(visitor: Any, client: Any, path: str, staff: Any) -> None:
    from tests.conftest import Client

    await visitor.json("POST", f"{path}/messages", status=201, json=text("first"))
    for words in ("second", "third"):
        opened = await client.json("POST", "/api/v1/conversations", status=201)
        async with Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"}) as other:
            await other.json("POST", f"/api/v1/conversations/{opened['conversation']['id']}/messages", status=201, json=text(words))
    await client.json("POST", "/api/v1/conversations", status=201)  # opened, never written in: not listed
    person = await staff("technician")
    page = await person.json("GET", "/api/v1/conversations?limit=2&owner=bot")
    assert [item["last_text"] for item in page["items"]] == ["third", "second"]
    rest = await person.json("GET", "/api/v1/conversations", params={"limit": "2", "cursor": page["next_cursor"]})
    assert [item["last_text"] for item in rest["items"]] == ["first"] and rest["next_cursor"] is None
    refused = await person.json("GET", "/api/v1/conversations?cursor=nonsense", status=422)
    assert refused["code"] == "invalid"
    assert (await visitor.json("GET", "/api/v1/conversations", status=403))["code"] == "forbidden"


async def test_a_technicians_reading_is_shown(visitor: Any, path: str, staff: Any) -> None:
    person = await staff("technician")
    await visitor.json("POST", f"{path}/messages", status=201, json=text("hello"))
    await person.json("POST", f"{path}/read", status=204, json={"seq": 1})
    assert (await visitor.json("GET", path))["seen_seq"] == 0, "looking over a shoulder is no reading"
    await person.json("POST", f"{path}/take", json={"epoch": 1})
    await person.json("POST", f"{path}/read", status=204, json={"seq": 1})
    assert (await visitor.json("GET", path))["seen_seq"] == 1
