"""Who gets a link, and what a link opens: one picture, for a while, as a picture and nothing else."""

import re
from uuid import UUID, uuid4

import pytest

from backend.core.site import Site
from backend.files import links
from tests.backend.files.doors import PATH, conversation_of, messages, send, upload
from tests.backend.files.pictures import jpeg
from tests.conftest import Client, MovableClock, SignIn


async def another(client: Client) -> Client:
    """A second browser."""
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    return Client(client.base, headers={"Authorization": f"Bearer {opened['credential']}"})


async def test_the_owner_and_staff_are_handed_links_and_nobody_else(visitor: Client, client: Client, staff: SignIn) -> None:
    mine = await upload(visitor, jpeg())
    for who in (visitor, await staff("technician")):
        assert (await who.json("GET", f"{PATH}/{mine['file_id']}"))["url"] == mine["url"]
    async with await another(client) as stranger:
        refused = await stranger.json("GET", f"{PATH}/{mine['file_id']}", status=404)
        assert refused["code"] == "file_unknown"
    await client.json("GET", f"{PATH}/{mine['file_id']}", status=401)
    for name in (str(uuid4()), "x", "../x", "%00"):
        async with visitor.get(f"{PATH}/{name}") as response:
            assert response.status == 404


async def test_what_a_technician_sends_opens_for_the_customer(visitor: Client, staff: SignIn) -> None:
    await send(visitor, text="can you show me the crack?")
    technician, conversation = await staff("technician"), await conversation_of(visitor)
    photo = await upload(technician, jpeg())
    assert (await visitor.json("GET", f"{PATH}/{photo['file_id']}", status=404))["code"] == "file_unknown"
    path = f"/api/v1/conversations/{conversation}"
    epoch = (await technician.json("POST", f"{path}/take", json={"epoch": 1}))["epoch"]
    said = {"epoch": epoch, "client_id": "reply-0001", "file_ids": [photo["file_id"]], "alts": {photo["file_id"]: "the crack"}}
    first = await technician.json("POST", f"{path}/replies", status=201, json=said)
    assert await technician.json("POST", f"{path}/replies", status=201, json=said) == first
    last = (await messages(visitor))[-1]
    assert last["text"] == "1 photo: the crack" and last["author"]["kind"] == "technician"
    async with visitor.get(last["parts"][0]["url"]) as response:
        assert response.status == 200
    await visitor.json("GET", f"{PATH}/{photo['file_id']}")


async def test_a_link_opens_a_picture_that_is_nothing_else(visitor: Client, client: Client) -> None:
    photo = await upload(visitor, jpeg())
    async with client.get(photo["url"]) as response:
        headers = response.headers
        assert response.status == 200 and response.content_type == "image/jpeg"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in headers["Content-Security-Policy"] and "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["Content-Disposition"] == 'inline; filename="photo.jpg"'
        assert headers["Cross-Origin-Resource-Policy"] == "cross-origin" and headers["Referrer-Policy"] == "no-referrer"
        assert re.fullmatch(r"private, max-age=\d+, immutable", headers["Cache-Control"])


async def test_a_link_ends_and_the_owner_is_handed_another(visitor: Client, client: Client, clock: MovableClock) -> None:
    photo = await upload(visitor, jpeg())
    clock.move(minutes=59)
    async with client.get(photo["url"]) as response:
        assert response.status == 200
    clock.move(hours=2)
    async with client.get(photo["url"]) as response:
        assert response.status == 410 and "expired" in await response.text()
    fresh = await visitor.json("GET", f"{PATH}/{photo['file_id']}")
    assert fresh["url"] != photo["url"]
    async with client.get(fresh["url"]) as response:
        assert response.status == 200


async def test_a_link_is_the_same_for_an_hour_so_that_a_browser_loads_it_once(visitor: Client, clock: MovableClock) -> None:
    photo = await upload(visitor, jpeg())
    clock.move(minutes=20)
    assert (await visitor.json("GET", f"{PATH}/{photo['file_id']}"))["url"] == photo["url"]


async def test_no_part_of_a_link_can_be_changed(visitor: Client, client: Client) -> None:
    photo, other = await upload(visitor, jpeg()), await upload(visitor, jpeg(90, 90))
    url, until = photo["url"], int(re.search(r"until=(\d+)", photo["url"])[1])  # type: ignore[index]
    changed = [
        url.replace(photo["file_id"], other["file_id"]),
        url.replace("/picture", "/thumbnail"),
        url.replace(str(until), str(until + 3600)),
        url.replace(f"until={until}", "until=x"),
        url.replace(f"until={until}", f"until={'9' * 400}"),
        url[:-1] + ("A" if url[-1] != "A" else "B"),
        url + "A",
        url.partition("&")[0],
        url.partition("?")[0],
        url.replace("/picture", "/source"),
        url.replace("/picture", "/..%2fpicture"),
        url.replace(photo["file_id"], "..%2f..%2fpostgres"),
        url.replace("key=", "key=%F0%9F%99%82"),
    ]
    for address in changed:
        async with client.get(address) as response:
            assert response.status == 404, address


def test_a_key_of_another_site_opens_nothing(site: Site) -> None:
    settings = site.settings.model_copy(update={"secret": type(site.settings.secret)("another-secret-of-at-least-32-characters")})
    now = site.clock.now()
    file_id, ends = UUID(int=1), links.until(now)
    key = links.path(settings, file_id, "picture", ends).rpartition("key=")[2]
    with pytest.raises(links.FileUnknown):
        links.check(site.settings, now, file_id, "picture", int(ends.timestamp()), key)
