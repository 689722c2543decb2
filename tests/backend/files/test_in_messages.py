"""Photos in messages: sent once, by whoever brought them, shown to both sides, told in words where they cannot be shown."""

import asyncio
from uuid import uuid4

import pytest

from backend.core import config
from backend.core.site import Site
from backend.files.config import FilesConfig
from tests.backend.files.doors import conversation_of, messages, send, upload
from tests.backend.files.pictures import jpeg
from tests.backend.files.test_links import another
from tests.conftest import Client


async def test_a_message_shows_its_photos_and_says_them_in_words(visitor: Client) -> None:
    one, two = await upload(visitor, jpeg(640, 480)), await upload(visitor, jpeg(90, 90))
    ids = [two["file_id"], one["file_id"]]
    await send(visitor, text="look at this", file_ids=ids, alts={ids[1]: "  the \n corner "})
    message = (await messages(visitor))[0]
    assert message["text"] == "look at this\n2 photos: the corner"
    assert [part["file_id"] for part in message["parts"]] == ids, "in the order they were named"
    shown = message["parts"][1]
    assert (shown["type"], shown["alt"], shown["width"], shown["height"]) == ("image", "the corner", 640, 480)
    assert (shown["thumbnail"]["width"], shown["thumbnail"]["height"]) == (480, 360) and shown["expires_at"].endswith("Z")
    for url in (shown["url"], shown["thumbnail"]["url"]):
        async with visitor.get(url) as response:
            assert response.status == 200


async def test_photos_need_no_words(visitor: Client) -> None:
    photo = await upload(visitor, jpeg())
    await send(visitor, file_ids=[photo["file_id"]])
    assert (await messages(visitor))[0]["text"] == "1 photo"


async def test_the_same_message_again_is_the_same(visitor: Client) -> None:
    photo, other = await upload(visitor, jpeg()), await upload(visitor, jpeg(90, 90))
    first = await send(visitor, client_id="message-0001", file_ids=[photo["file_id"]])
    assert await send(visitor, client_id="message-0001", file_ids=[photo["file_id"]]) == first
    assert (await send(visitor, client_id="message-0001", file_ids=[other["file_id"]], status=409))["code"] == "client_id_reused"
    assert len(await messages(visitor)) == 1


async def test_a_photo_stands_in_one_message(visitor: Client) -> None:
    photo = await upload(visitor, jpeg())
    await send(visitor, file_ids=[photo["file_id"]])
    assert (await send(visitor, file_ids=[photo["file_id"]], status=409))["code"] == "file_sent"


async def test_two_messages_that_name_a_photo_at_once_one_of_them_has_it(visitor: Client) -> None:
    photo = await upload(visitor, jpeg())
    path = f"/api/v1/conversations/{await conversation_of(visitor)}/messages"
    answers = await asyncio.gather(
        *(visitor.http.post(path, json={"client_id": str(uuid4()), "file_ids": [photo["file_id"]]}) for _ in range(5))
    )
    assert sorted(answer.status for answer in answers) == [201, 409, 409, 409, 409]
    assert len(await messages(visitor)) == 1


async def test_nobody_can_send_what_somebody_else_brought(visitor: Client, client: Client) -> None:
    async with await another(client) as stranger:
        foreign = (await upload(stranger, jpeg()))["file_id"]
    mine = (await upload(visitor, jpeg()))["file_id"]
    assert (await send(visitor, file_ids=[mine, foreign], status=404))["code"] == "file_unknown"
    assert await messages(visitor) == []
    await send(visitor, file_ids=[mine])


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"file_ids": []}, "invalid"),
        ({"file_ids": ["x"]}, "invalid"),
        ({"file_ids": ["../../etc/passwd"]}, "invalid"),
        ({"file_ids": ["00000000-0000-0000-0000-00000000000" + str(at) for at in range(7)]}, "files_too_many"),
        ({"file_ids": ["00000000-0000-0000-0000-000000000000"] * 2}, "invalid"),
        ({"file_ids": ["00000000-0000-0000-0000-000000000000"]}, "file_unknown"),
        ({"file_ids": ["00000000-0000-0000-0000-000000000000"], "choice": "c_1"}, "invalid"),
        ({"file_ids": ["00000000-0000-0000-0000-000000000000"], "text": " "}, "text_empty"),
        ({"file_ids": ["00000000-0000-0000-0000-000000000000"], "alts": {"00000000-0000-0000-0000-000000000001": "x"}}, "invalid"),
        ({"file_ids": ["00000000-0000-0000-0000-000000000000"], "alts": {"00000000-0000-0000-0000-000000000000": "x" * 301}}, "invalid"),
        ({"text": "hi", "alts": {"00000000-0000-0000-0000-000000000000": "x"}}, "invalid"),
    ],
)
async def test_what_cannot_be_meant_is_refused_and_leaves_nothing(visitor: Client, body: dict[str, object], code: str) -> None:
    path = f"/api/v1/conversations/{await conversation_of(visitor)}/messages"
    async with visitor.post(path, json={"client_id": "message-0001", **body}) as response:
        assert (await response.json(content_type=None))["code"] == code and 400 <= response.status < 500
    assert await messages(visitor) == []


async def test_twenty_photos_at_once_go_in_several_messages(visitor: Client) -> None:
    ids = [(await upload(visitor, jpeg(60 + at, 60)))["file_id"] for at in range(20)]
    refused = await send(visitor, file_ids=ids, status=422)
    assert (refused["code"], refused["limit"]) == ("files_too_many", 6)
    for at in range(0, 20, 6):
        await send(visitor, file_ids=ids[at : at + 6])
    assert [len(message["parts"]) for message in await messages(visitor)] == [6, 6, 6, 2]


async def test_the_shop_sets_how_many_a_message_takes(visitor: Client, site: Site) -> None:
    async with site.work() as session:
        await config.put(session, FilesConfig(per_message=1))
    ids = [(await upload(visitor, jpeg(60 + at, 60)))["file_id"] for at in range(2)]
    assert (await send(visitor, file_ids=ids, status=422))["code"] == "files_too_many"
    await send(visitor, file_ids=ids[:1])
