"""Bringing pictures: everything a stranger may send has its answer, and what is kept is a picture of our own making."""

import asyncio
import errno
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import pytest
from aiohttp import FormData
from PIL import Image

from backend.core import config, race
from backend.core.site import Site
from backend.files import imaging, receiving
from backend.files.config import FilesConfig
from tests.backend.files import pictures
from tests.backend.files.doors import PATH, address, kept, upload
from tests.backend.files.pictures import BLUE, GOOD, LARGE, RED, SECRET, corpus, jpeg
from tests.conftest import Client, SignIn

ROOT = Path(__file__).resolve().parents[3]
SAMPLES = list(corpus())
#: Segments of a JPEG that hold pixels or say how to read them; all others could hold words.
PLAIN = {0xE0, 0xDB, 0xC0, 0xC2, 0xC4, 0xDA, 0xDD}


async def fetch(client: Client, url: str, status: int = 200) -> tuple[bytes, dict[str, str]]:
    async with client.get(url) as response:
        assert response.status == status, await response.text()
        return await response.read(), dict(response.headers)


def segments(body: bytes) -> set[int]:
    """The markers of a JPEG up to its pixels."""
    found, at = set(), 2
    while body[at] == 0xFF and body[at + 1] != 0xDA:
        found.add(body[at + 1])
        at += 2 + int.from_bytes(body[at + 2 : at + 4], "big")
    return found


def near(seen: tuple[int, ...], meant: tuple[int, ...]) -> bool:
    return all(abs(a - b) < 40 for a, b in zip(seen, meant, strict=True))


@pytest.mark.timeout(300)
async def test_everything_that_may_come_has_its_answer(client: Client, site: Site) -> None:
    assert len(SAMPLES) >= 40
    wrong = []
    for at, sample in enumerate(SAMPLES):
        if at % 25 == 0:  # the limits of one sender are tested elsewhere
            opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
            who = {"Authorization": f"Bearer {opened['credential']}", "Content-Type": "image/jpeg"}
        async with client.post(address(), data=sample.body, headers=who) as response:
            answer = await response.json(content_type=None)
            code = answer.get("code", GOOD)
            if code not in (sample.code, *sample.also) or response.status not in (201, 413, 415, 422):
                wrong.append((sample.name, response.status, answer))
        if code:
            continue
        for url in (answer["url"], answer["thumbnail"]["url"]):
            body, headers = await fetch(client, url)
            picture = Image.open(io.BytesIO(body))
            picture.load()
            if segments(body) - PLAIN or SECRET.encode() in body or b"<script" in body or dict(picture.getexif()):
                wrong.append((sample.name, "something came along", segments(body)))
            if picture.format != "JPEG" or picture.mode != "RGB" or not body.endswith(b"\xff\xd9"):
                wrong.append((sample.name, picture.format, picture.mode))
            if (
                headers["Content-Type"] != "image/jpeg"
                or headers["X-Content-Type-Options"] != "nosniff"
                or "sandbox" not in headers["Content-Security-Policy"]
            ):
                wrong.append((sample.name, headers))
    assert wrong == []
    assert not list(receiving.incoming(site.settings).iterdir()), "nothing is left half-way"


@pytest.mark.timeout(300)
def test_no_sample_takes_more_than_a_gigabyte(tmp_path: Path) -> None:
    """All of them in a process that may not have more."""
    script = """
import json, resource, sys
from pathlib import Path
from backend.core.errors import Refusal
from backend.files import imaging
resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
out = Path(sys.argv[1])
codes = []
for at in range(int(sys.argv[2])):
    try:
        imaging.remake(out / str(at), out / "picture", out / "thumbnail")
        codes.append("")
    except Refusal as refusal:
        codes.append(refusal.code)
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([codes, int(peak.split()[1]) // 1024]))
"""
    samples = [sample for sample in SAMPLES if sample.code != LARGE]
    for at, sample in enumerate(samples):
        (tmp_path / str(at)).write_bytes(sample.body)
    done = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path), str(len(samples))], cwd=ROOT, capture_output=True, text=True, timeout=240, check=True
    )
    codes, megabytes = json.loads(done.stdout.splitlines()[-1])
    assert [(sample.name, code) for sample, code in zip(samples, codes, strict=True) if code not in (sample.code, *sample.also)] == []
    assert 50 < megabytes < 700


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright_however_the_camera_was_held(tmp_path: Path, orientation: int) -> None:
    (tmp_path / "in").write_bytes(pictures.turned(orientation))
    made = imaging.remake(tmp_path / "in", tmp_path / "out", tmp_path / "small")
    with Image.open(tmp_path / "out") as picture:
        assert (made.width, made.height) == picture.size == (64, 48)
        assert near(picture.getpixel((10, 24)), RED) and near(picture.getpixel((54, 24)), BLUE)


def test_a_large_picture_is_kept_at_a_size_screens_show(tmp_path: Path) -> None:
    (tmp_path / "in").write_bytes(jpeg(4032, 3024))
    made = imaging.remake(tmp_path / "in", tmp_path / "out", tmp_path / "small")
    assert (made.width, made.height, made.thumbnail_width, made.thumbnail_height) == (2560, 1920, 480, 360)


async def test_a_telephones_heic_is_kept(visitor: Client) -> None:
    answer = await upload(visitor, pictures.HEIC)
    body, _ = await fetch(visitor, answer["url"])
    picture = Image.open(io.BytesIO(body))
    assert picture.size == (320, 240) and near(picture.getpixel((100, 200)), RED) and near(picture.getpixel((250, 120)), BLUE)


async def test_the_answer_names_the_picture_and_how_large_it_is(visitor: Client) -> None:
    answer = await upload(visitor, jpeg(1000, 500))
    assert (answer["width"], answer["height"], answer["alt"]) == (1000, 500, None)
    assert (answer["thumbnail"]["width"], answer["thumbnail"]["height"]) == (480, 240)
    assert answer["url"].startswith(f"/files/{answer['file_id']}/picture?until=") and answer["expires_at"].endswith("Z")


async def test_a_name_plays_no_part(visitor: Client, site: Site) -> None:
    headers = {"Content-Disposition": 'attachment; filename="../../../../etc/passwd"', "X-File-Name": "../x.html"}
    answer = await upload(visitor, jpeg(), **headers)
    names = {path.name for path in kept(site.settings.var)}
    assert names == {f"{answer['file_id']}.picture.jpg", f"{answer['file_id']}.thumbnail.jpg"}
    for name in ("../../etc/passwd", "..%2f..%2fetc", "a" * 65, "short", "with space", ""):
        async with visitor.post(PATH, params={"client_id": name}, data=jpeg()) as response:
            assert response.status == 422
    async with visitor.post(f"{address()}&name=../x.jpg", data=jpeg()) as response:
        assert response.status == 422
    assert {path.name for path in kept(site.settings.var)} == names


async def test_a_form_is_no_picture(visitor: Client, staff: SignIn) -> None:
    form = FormData()
    form.add_field("file", jpeg(), filename="photo.jpg", content_type="image/jpeg")
    async with visitor.post(address(), data=form) as response:
        assert (response.status, (await response.json())["code"]) == (415, "file_kind_unsupported")
    async with (await staff("technician")).post(address(), data=jpeg(), headers={"Content-Type": "image/jpeg"}) as response:
        assert response.status == 201


async def test_too_much_is_refused_whether_it_says_so_or_not(visitor: Client, site: Site) -> None:
    async def endless() -> object:
        for _ in range(14):
            yield jpeg() + bytes(1024 * 1024)

    for body in (bytes(12 * 1024 * 1024 + 1), endless()):
        async with visitor.post(address(), data=body) as response:
            assert (response.status, (await response.json())["code"]) == (413, "file_too_large")
    assert kept(site.settings.var) == []


async def test_the_same_upload_twice_is_one_file(visitor: Client, site: Site) -> None:
    first = await upload(visitor, jpeg(), client_id="upload-0001")
    again = await upload(visitor, jpeg(), client_id="upload-0001")
    assert again["file_id"] == first["file_id"] and len(kept(site.settings.var)) == 2
    refused = await upload(visitor, jpeg(80, 80), client_id="upload-0001", status=409)
    assert refused["code"] == "upload_id_reused" and len(kept(site.settings.var)) == 2


async def test_the_same_upload_at_the_same_moment_is_one_file(visitor: Client, site: Site) -> None:
    """Both have made their pictures before either writes its row."""
    both = asyncio.Barrier(2)

    async def wait() -> None:
        await both.wait()

    race.place("file.insert", wait)
    one, two = await asyncio.gather(*(upload(visitor, jpeg(), client_id="upload-0001") for _ in range(2)))
    assert one["file_id"] == two["file_id"]
    assert {path.name.split(".")[0] for path in kept(site.settings.var)} == {one["file_id"]}


async def test_two_browsers_may_use_the_same_client_id(visitor: Client, client: Client) -> None:
    opened = await client.json("POST", "/api/v1/conversations", status=201, json={})
    mine = await upload(visitor, jpeg(), client_id="upload-0001")
    theirs = await upload(client, jpeg(80, 80), client_id="upload-0001", Authorization=f"Bearer {opened['credential']}")
    assert mine["file_id"] != theirs["file_id"]


async def test_so_many_a_day_and_no_more_even_at_once(visitor: Client, site: Site) -> None:
    async with site.work() as session:
        await config.put(session, FilesConfig(per_owner_and_day=3))
    bodies = [jpeg(64 + at, 48) for at in range(6)]
    answers = await asyncio.gather(*(visitor.http.post(address(), data=body) for body in bodies))
    codes = sorted([(await answer.json()).get("code", GOOD) for answer in answers])
    assert codes == [GOOD] * 3 + ["too_many_files"] * 3
    assert len(kept(site.settings.var)) == 6, "the refused ones left nothing"


async def test_an_upload_that_stops_half_way_leaves_nothing(visitor: Client, site: Site) -> None:
    begun = asyncio.Event()

    async def halting() -> object:
        yield jpeg()
        begun.set()
        await asyncio.sleep(60)

    sending = asyncio.create_task(visitor.http.post(address(), data=halting()))
    await begun.wait()
    while not kept(site.settings.var):
        await asyncio.sleep(0.01)
    sending.cancel()
    while kept(site.settings.var):
        await asyncio.sleep(0.01)


async def test_one_address_that_sends_slowly_keeps_nobody_else_out(client: Client, staff: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(receiving, "AT_ONCE_AN_ADDRESS", 2)
    begun, over = asyncio.Semaphore(0), asyncio.Event()

    async def slowly() -> AsyncIterator[bytes]:
        yield jpeg()[:100]
        begun.release()
        await over.wait()
        yield jpeg()[100:]

    opened = [await client.json("POST", "/api/v1/conversations", status=201, json={}) for _ in range(3)]
    ways = [{"Authorization": f"Bearer {one['credential']}", "Content-Type": "image/jpeg"} for one in opened]
    slow = [asyncio.create_task(client.http.post(address(), data=slowly(), headers=way)) for way in ways[:2]]
    for _ in slow:
        await begun.acquire()
    await asyncio.sleep(0.2)  # what was sent has arrived
    async with client.http.post(address(), data=jpeg(), headers=ways[2]) as refused:
        assert (refused.status, refused.headers["Retry-After"]) == (429, "2"), "a browser more is not an address more"
    await upload(await staff("technician"), jpeg())
    over.set()
    assert [(await one).status for one in slow] == [201, 201]
    async with client.http.post(address(), data=jpeg(), headers=ways[2]) as taken:
        assert taken.status == 201


async def test_a_credential_is_asked_for(client: Client) -> None:
    async with client.post(address(), data=jpeg()) as response:
        assert response.status == 401
        assert response.headers["Access-Control-Allow-Origin"] == "*", "another website's chat can read the refusal"


async def test_another_websites_chat_may_upload_and_cookies_play_no_part(client: Client) -> None:
    ask = {
        "Origin": "https://elsewhere.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization",
    }
    for path in (PATH, f"{PATH}/{uuid4()}"):
        async with client.request("OPTIONS", path, headers=ask) as response:
            assert response.status == 204 and response.headers["Access-Control-Allow-Origin"] == "*"
            assert "Authorization" in response.headers["Access-Control-Allow-Headers"]
            assert "Access-Control-Allow-Credentials" not in response.headers


async def test_a_disk_that_is_full_is_told(visitor: Client, monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    monkeypatch.setattr("backend.files.rules.FREE_BYTES", 1 << 60)
    answer = await upload(visitor, jpeg(), status=503)
    assert answer["code"] == "storage_full" and kept(site.settings.var) == []


async def test_a_disk_that_fills_up_meanwhile_is_told_and_leaves_nothing(
    visitor: Client, monkeypatch: pytest.MonkeyPatch, site: Site
) -> None:
    def full(image: Image.Image, to: Path, *, quality: int) -> None:
        to.write_bytes(b"the first half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(to))

    monkeypatch.setattr(imaging, "_save", full)
    answer = await upload(visitor, jpeg(), status=503)
    assert answer["code"] == "disk_full" and kept(site.settings.var) == []
    monkeypatch.undo()
    await upload(visitor, jpeg())


async def test_the_description_says_that_the_body_is_a_picture(client: Client) -> None:
    described = await client.json("GET", "/api/v1/openapi.json")
    post = described["paths"][PATH]["post"]
    assert post["requestBody"]["content"] == {"image/*": {"schema": {"type": "string", "format": "binary"}}}
    assert {"visitor": []} in post["security"] and post["responses"]["201"]["content"]["application/json"]
    assert "options" not in described["paths"][PATH]
