"""What is left when things stop half-way, what nobody sends, and what is erased: bytes and rows stay in step."""

import asyncio
import os
import time
from pathlib import Path
from uuid import UUID, uuid4

import psycopg
import pytest

from backend.core import race
from backend.core.settings import Settings
from backend.core.site import Site
from backend.files import jobs, receiving, service
from backend.identity.authenticate import authenticate_visitor
from backend.registry import hooks
from tests.backend.files.doors import address, conversation_of, kept, messages, send, upload
from tests.backend.files.pictures import jpeg
from tests.conftest import Client, MovableClock


def rows(database: str) -> set[str]:
    with psycopg.connect(database) as connection:
        return {str(row[0]) for row in connection.execute("SELECT id FROM files")}


def age(paths: list[Path], seconds: float) -> None:
    """Make files look as if they had lain there for so long."""
    for path in paths:
        os.utime(path, (time.time() - seconds,) * 2)


class Killed(BaseException):
    """The process ended here."""


async def test_a_crash_between_file_and_row_leaves_no_row_and_the_file_is_swept(visitor: Client, site: Site, database: str) -> None:
    async def die() -> None:
        raise Killed

    async def bytes_of() -> object:
        yield jpeg()

    race.place("file.insert", die)
    who = (await visitor.json("POST", "/api/v1/conversations", status=201, json={}))["credential"]
    async with site.work() as session:
        principal = await authenticate_visitor(session, who)
    with pytest.raises(Killed):
        await service.take_in(site, principal, "upload-0001", bytes_of())  # type: ignore[arg-type]
    race.clear()
    left = kept(site.settings.var)
    assert len(left) == 2 and rows(database) == set()
    await jobs.sweep.work(site)
    assert kept(site.settings.var) == left, "another process may be about to write the row"
    age(left, 3700)
    again = await upload(visitor, jpeg(), client_id="upload-0001")
    await jobs.sweep.work(site)
    assert {path.name.split(".")[0] for path in kept(site.settings.var)} == {again["file_id"]} == rows(database)


async def test_a_row_always_has_its_file(visitor: Client, site: Site, database: str) -> None:
    """Killed at any point of an upload: whatever has a row can be opened."""
    for delay in (0.0, 0.002, 0.005, 0.01, 0.02, 0.04, 0.08):
        sending = asyncio.create_task(visitor.http.post(address(), data=jpeg(800, 600)))
        await asyncio.sleep(delay)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    names = {path.name for path in kept(site.settings.var)}
    for row in rows(database):
        assert {f"{row}.picture.jpg", f"{row}.thumbnail.jpg"} <= names


async def test_what_nobody_sends_is_forgotten_after_a_day(visitor: Client, site: Site, clock: MovableClock, database: str) -> None:
    sent, unsent = await upload(visitor, jpeg()), await upload(visitor, jpeg(90, 90))
    await send(visitor, file_ids=[sent["file_id"]])
    clock.move(hours=23)
    fresh = await upload(visitor, jpeg(80, 80))
    clock.move(hours=2)
    await jobs.sweep.work(site)
    assert rows(database) == {sent["file_id"], fresh["file_id"]}
    assert {path.name.split(".")[0] for path in kept(site.settings.var)} == {sent["file_id"], fresh["file_id"]}
    assert (await send(visitor, file_ids=[unsent["file_id"]], status=404))["code"] == "file_unknown"


async def test_a_photo_sent_while_it_is_swept_is_sent_or_gone_and_never_half(
    visitor: Client, site: Site, clock: MovableClock, database: str
) -> None:
    ids = [(await upload(visitor, jpeg(60 + at, 60)))["file_id"] for at in range(6)]
    clock.move(hours=25)
    path = f"/api/v1/conversations/{await conversation_of(visitor)}/messages"
    sending = [visitor.http.post(path, json={"client_id": str(uuid4()), "file_ids": [file_id]}) for file_id in ids]
    *answers, _, _ = await asyncio.gather(*sending, jobs.sweep.work(site), jobs.sweep.work(site))
    shown = {part["file_id"] for message in await messages(visitor) for part in message["parts"]}
    assert len(shown) == sum(answer.status == 201 for answer in answers)
    assert shown == rows(database) == {path.name.split(".")[0] for path in kept(site.settings.var)}


async def test_two_sites_share_a_folder(visitor: Client, site: Site, settings: Settings, clock: MovableClock) -> None:
    """What one keeps the other shows; each may sweep."""
    photo = await upload(visitor, jpeg())
    other = Site(settings, clock=clock, hooks=hooks())
    async with other.jobs.app.open_async():
        await asyncio.gather(jobs.sweep.work(other), jobs.sweep.work(site), *(upload(visitor, jpeg(70 + at, 70)) for at in range(5)))
        async with other.work() as session:
            await service.queries.get_file(session, UUID(photo["file_id"]))
        assert await receiving.store(other.settings).read(service.keys_of(UUID(photo["file_id"]))["picture"])
    await other.close()
    assert len(kept(site.settings.var)) == 12


async def test_half_received_files_of_a_killed_process_are_swept(site: Site) -> None:
    folder = receiving.incoming(site.settings) / "dead"
    folder.mkdir(parents=True)
    (folder / "source").write_bytes(b"half")
    await jobs.sweep.work(site)
    assert kept(site.settings.var)
    age([folder / "source", folder], 3700)
    await jobs.sweep.work(site)
    assert kept(site.settings.var) == [] and not folder.exists()


async def test_a_file_that_is_not_ours_is_swept_too(site: Site) -> None:
    stray = receiving.root(site.settings) / "kept" / "aa" / "notes.txt"
    stray.parent.mkdir(parents=True)
    stray.write_text("not ours")
    age([stray], 3700)
    await jobs.sweep.work(site)
    assert not stray.exists()


async def test_a_conversation_that_is_erased_takes_its_photos_along(visitor: Client, client: Client, site: Site, drain: object) -> None:
    sent, unsent = await upload(visitor, jpeg()), await upload(visitor, jpeg(90, 90))
    await send(visitor, file_ids=[sent["file_id"]])
    async with site.work() as session:
        file = await service.queries.get_file(session, UUID(sent["file_id"]))
        assert await service.forget(session, file.visitor_id) == 2  # type: ignore[arg-type]
    for photo in (sent, unsent):
        async with client.get(photo["url"]) as response:
            assert response.status == 404, "the links end with the commit"
    await drain()  # type: ignore[operator]
    assert kept(site.settings.var) == []


async def test_a_visitor_deleted_in_the_database_takes_its_photos_along(visitor: Client, client: Client, site: Site, database: str) -> None:
    photo = await upload(visitor, jpeg())
    await send(visitor, file_ids=[photo["file_id"]])
    with psycopg.connect(database) as connection:
        connection.execute("DELETE FROM visitors")
    assert rows(database) == set()
    async with client.get(photo["url"]) as response:
        assert response.status == 404
    age(kept(site.settings.var), 3700)
    await jobs.sweep.work(site)
    assert kept(site.settings.var) == []
