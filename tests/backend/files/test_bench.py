"""Pictures are unpacked one after the other: nobody brings so many that others wait for long, and whoever finds no room is told so."""

import asyncio
import threading
from typing import Any

import pytest

from backend.core.errors import TooMany
from backend.files import bench, imaging
from backend.files.bench import Bench
from tests.backend.files.doors import address
from tests.backend.files.pictures import jpeg
from tests.conftest import Client, eventually


@pytest.fixture
def options() -> dict[str, Any]:
    return {"trusted_proxies": "127.0.0.0/8"}


class Decoder:
    """The real one, which works only when it may, and notes whose pictures it had by their widths."""

    def __init__(self) -> None:
        self.may, self.had = threading.Semaphore(0), list[int]()
        self._remake = imaging.remake

    def __call__(self, *files: Any) -> imaging.Made:
        assert self.may.acquire(timeout=30)
        made = self._remake(*files)
        self.had.append(made.width)
        return made


@pytest.fixture
def decoder(monkeypatch: pytest.MonkeyPatch) -> Decoder:
    made = Decoder()
    monkeypatch.setattr(imaging, "remake", made)
    return made


async def test_the_queue_before_the_decoder_is_short_and_fair(client: Client, decoder: Decoder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "WAITING_EACH", 3)
    monkeypatch.setattr(bench, "WAITING", 4)

    async def way(said: str) -> dict[str, str]:
        headers = {"X-Forwarded-For": said}
        opened = await client.json("POST", "/api/v1/conversations", status=201, json={}, headers=headers)
        return headers | {"Authorization": f"Bearer {opened['credential']}", "Content-Type": "image/jpeg"}

    waiting, entered = [0], Bench._wait

    async def counting(self: Bench, sender: str) -> None:
        waiting[0] += 1
        await entered(self, sender)

    monkeypatch.setattr(Bench, "_wait", counting)

    async def bring(width: int, headers: dict[str, str]) -> asyncio.Task[Any]:
        before = waiting[0]
        task = asyncio.create_task(client.http.post(address(), data=jpeg(width, 48), headers=headers))

        async def came() -> bool:
            return waiting[0] > before

        await eventually(came)
        return task

    many, one, late = await way("198.51.100.1"), await way("198.51.100.2"), await way("198.51.100.3")
    sent = [await bring(width, many) for width in (101, 102, 103, 104)]
    async with client.http.post(address(), data=jpeg(105, 48), headers=many) as refused:
        assert refused.status == 429 and (await refused.json())["code"] == "too_many_requests"
        assert 0 < int(refused.headers["Retry-After"]) <= 10
    sent.append(await bring(201, one))
    async with client.http.post(address(), data=jpeg(301, 48), headers=late) as full:
        assert full.status == 429 and "Retry-After" in full.headers, "no room for anybody"
    decoder.may.release(5)
    assert [(await answer).status for answer in sent] == [201] * 5
    assert decoder.had.index(201) == 2, "behind the one at work and one other, not behind all of them"
    decoder.may.release()
    async with client.http.post(address(), data=jpeg(106, 48), headers=many) as taken:
        assert taken.status == 201


async def test_whoever_leaves_the_queue_holds_nobody_up() -> None:
    place, order = Bench(), list[str]()

    async def work(name: str) -> None:
        async with place.turn(name):
            order.append(name)
            await asyncio.sleep(0)

    async with place.turn("first"):
        tasks = [asyncio.create_task(work(name)) for name in "abc"]
        await asyncio.sleep(0)
        tasks[0].cancel()
    # Given to one who is on the way out at the same moment, the place goes on to the next.
    await asyncio.gather(*tasks, return_exceptions=True)
    assert order == ["b", "c"]
    async with asyncio.timeout(1), place.turn("later"):
        pass


async def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "PATIENCE", 0.01)
    place = Bench()
    async with place.turn("first"):
        with pytest.raises(TooMany) as refused:
            async with place.turn("second"):
                raise AssertionError
        assert refused.value.extra["retry_after"] == 10
    async with place.turn("third"):
        pass
