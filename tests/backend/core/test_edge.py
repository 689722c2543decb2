"""What every route gets from the edge: validation, permissions, idempotency, problems, units of work."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated
from uuid import UUID

import psycopg
import pytest
from aiohttp import web
from psycopg import sql
from pydantic import Field
from sqlalchemy import text

from backend.core import audit, problems
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.edge import BODY_LIMIT, SITE, mount
from backend.core.errors import Conflict, Refusal, Unauthenticated
from backend.core.permissions import Matrix
from backend.core.principal import Principal
from backend.core.problems import middleware
from backend.core.schema import Answer, Line, Strict
from backend.core.site import Site
from revivatech.postgres import EmbeddedPostgres
from tests.conftest import Client

api = Api("trial")


class Note(Strict):
    text: Line = Field(max_length=40)
    count: int = 1


class Kept(Answer):
    text: str
    count: int


class NotToday(Conflict):
    code, title = "not_today", "Not today."


@api.post("/api/v1/notes", status=201, idempotent=True)
async def keep_note(session: Session, body: Note) -> Kept:
    """Keep a note as an audit row, so that what was committed can be counted."""
    await audit.record(session, "note", text=body.text)
    await session.flush()
    if body.text == "no":
        raise NotToday(day="Tuesday")
    if body.text == "break":
        raise RuntimeError("secret detail")
    return Kept(text=body.text, count=body.count)


@api.post("/api/v1/refusals")
async def count_and_refuse(session: Session) -> Refusal:
    """Return a refusal: what was written stays."""
    await audit.record(session, "refused")
    return NotToday()


@api.get("/api/v1/notes/{note_id}")
async def get_note(session: Session, note_id: UUID, limit: Annotated[int, Query(), Field(ge=1, le=10)] = 5) -> Kept:
    """Answer with what was asked."""
    return Kept(text=str(note_id), count=limit)


@api.get("/api/v1/secrets")
async def secrets(principal: Principal) -> Kept:
    """Only for managers."""
    return Kept(text=principal.kind, count=0)


pages = Api("trial", page=True)


@pages.get("/window")
async def window(principal: Principal) -> web.Response:
    """Open to everybody."""
    return web.Response(text=principal.kind)


@pytest.fixture
async def trial(site: Site) -> AsyncIterator[Client]:
    site.permissions = Matrix(
        http={
            "POST /api/v1/notes": frozenset({"anonymous"}),
            "POST /api/v1/refusals": frozenset({"anonymous"}),
            "GET /api/v1/notes/{note_id}": frozenset({"anonymous"}),
            "GET /window": frozenset({"anonymous"}),
            "GET /api/v1/secrets": frozenset({"manager", "visitor"}),
        },
        socket={},
    )
    app = web.Application(middlewares=[middleware(site)], client_max_size=BODY_LIMIT)
    app[SITE] = site
    mount(app, [*api.operations, *pages.operations])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    async with Client(f"http://127.0.0.1:{runner.addresses[0][1]}") as client:
        yield client
    await runner.cleanup()


async def count(site: Site, action: str) -> int:
    async with site.work() as session:
        return int(await session.scalar(text("SELECT count(*) FROM audit_log WHERE action = :a"), {"a": action}) or 0)


async def test_a_good_request_is_answered_and_committed(trial: Client, site: Site) -> None:
    assert await trial.json("POST", "/api/v1/notes", status=201, json={"text": "  a   note "}) == {"text": "a note", "count": 1}
    assert await count(site, "note") == 1


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"text": "x", "more": 1}', 422, "invalid"),
        (b'{"text": 5}', 422, "invalid"),
        (b'{"text": "x", "count": true}', 422, "invalid"),
        (b'{"text": "x", "count": "1"}', 422, "invalid"),
        (b'{"text": ""}', 422, "invalid"),
        (b'{"text": "a\\u0000b"}', 422, "invalid"),
        (b'{"text": "' + b"x" * 50 + b'"}', 422, "invalid"),
        (b"{", 400, "json_invalid"),
        (b"\xff\xfe", 400, "json_invalid"),
        (b"", 400, "json_invalid"),
        (b'{"text": "' + b"x" * BODY_LIMIT + b'"}', 413, "too_large"),
    ],
)
async def test_bad_bodies_are_named_and_leave_nothing(trial: Client, site: Site, body: bytes, status: int, code: str) -> None:
    async with trial.post("/api/v1/notes", data=body, headers={"Content-Type": "application/json"}) as response:
        assert response.status == status
        assert response.content_type == "application/problem+json"
        assert (await response.json(content_type=None))["code"] == code
    assert await count(site, "note") == 0


async def test_a_field_error_says_where(trial: Client) -> None:
    problem = await trial.json("POST", "/api/v1/notes", status=422, json={"text": "x", "count": "many"})
    assert [(error["in"], error["pointer"]) for error in problem["errors"]] == [("body", "/count")]


async def test_only_json_is_read(trial: Client) -> None:
    async with trial.post("/api/v1/notes", data={"text": "x"}) as response:
        assert (response.status, (await response.json(content_type=None))["code"]) == (415, "unsupported_media_type")


async def test_who_hangs_up_in_the_middle_of_a_body_is_no_fault_of_ours(trial: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    answered: list[int] = []
    monkeypatch.setattr(problems, "problem", lambda refusal, real=problems.problem: (answered.append(refusal.status), real(refusal))[1])
    host, _, port = trial.base.removeprefix("http://").partition(":")
    _, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"POST /api/v1/notes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n{")
    await writer.drain()
    await trial.json("GET", f"/api/v1/notes/{UUID(int=1)}")  # by now the handler waits for the rest
    writer.close()
    async with asyncio.timeout(5):
        while not answered:
            await asyncio.sleep(0.01)
    assert answered == [400]


async def test_a_refusal_rolls_back_and_carries_its_extras(trial: Client, site: Site) -> None:
    problem = await trial.json("POST", "/api/v1/notes", status=409, json={"text": "no"})
    assert (problem["code"], problem["day"]) == ("not_today", "Tuesday")
    assert await count(site, "note") == 0


async def test_our_own_faults_say_nothing_of_themselves(trial: Client, site: Site) -> None:
    problem = await trial.json("POST", "/api/v1/notes", status=500, json={"text": "break"})
    assert problem["code"] == "internal"
    assert "secret" not in str(problem)
    assert await count(site, "note") == 0


async def test_a_returned_refusal_keeps_what_was_written(trial: Client, site: Site) -> None:
    await trial.json("POST", "/api/v1/refusals", status=409)
    assert await count(site, "refused") == 1


async def test_paths_and_queries_are_checked(trial: Client) -> None:
    note = "0199a4c3-0000-7c30-8b00-aabbccddeeff"
    assert (await trial.json("GET", f"/api/v1/notes/{note}?limit=3"))["count"] == 3
    assert (await trial.json("GET", f"/api/v1/notes/{note}?limit=99", status=422))["errors"][0]["pointer"] == "/limit"
    assert (await trial.json("GET", f"/api/v1/notes/{note}?nonsense=1", status=422))["code"] == "invalid"
    assert (await trial.json("GET", "/api/v1/notes/%00", status=404))["code"] == "not_found"
    assert (await trial.json("GET", "/api/v1/notes/17", status=404))["code"] == "not_found"
    assert (await trial.json("GET", "/api/v1/nowhere", status=404))["code"] == "not_found"
    assert (await trial.json("GET", "/api/v1/notes", status=405))["allowed"] == ["POST"]


async def test_who_has_no_cell_is_refused(trial: Client, site: Site) -> None:
    assert (await trial.json("GET", "/api/v1/secrets", status=401))["code"] == "unauthenticated"

    async def technician(request: web.Request, session: Session) -> Principal:
        return Principal("staff", roles=frozenset({"technician"}))

    site.hooks.authenticate = technician
    assert (await trial.json("GET", "/api/v1/secrets", status=403))["code"] == "forbidden"

    async def manager(request: web.Request, session: Session) -> Principal:
        return Principal("staff", roles=frozenset({"technician", "manager"}))

    site.hooks.authenticate = manager
    assert (await trial.json("GET", "/api/v1/secrets"))["text"] == "staff"


async def test_an_open_page_stays_open_to_who_was_signed_in_once(trial: Client, site: Site) -> None:
    async def ended(request: web.Request, session: Session) -> Principal:
        raise Unauthenticated

    site.hooks.authenticate = ended
    async with trial.get("/window") as response:
        assert (response.status, await response.text()) == (200, "anonymous")
    await trial.json("POST", "/api/v1/notes", status=401, json={"text": "x"})


async def test_a_route_without_a_row_stops_the_start(site: Site) -> None:
    site.permissions = Matrix(http={}, socket={})
    app = web.Application()
    app[SITE] = site
    with pytest.raises(RuntimeError, match="no row for POST /api/v1/notes"):
        mount(app, api.operations)


def test_the_matrix_refuses_words_it_does_not_know(tmp_path: Path) -> None:
    file = tmp_path / "permissions.toml"
    file.write_text('[http]\n"GET /x" = ["everybody"]\n')
    with pytest.raises(RuntimeError, match="everybody"):
        Matrix.load(file)


async def test_one_key_one_answer_however_many_ask_at_once(trial: Client, site: Site) -> None:
    async def ask(text: str) -> tuple[int, str, bool]:
        async with trial.post("/api/v1/notes", json={"text": text}, headers={"Idempotency-Key": "key-number-1"}) as response:
            return response.status, await response.text(), "Idempotency-Replayed" in response.headers

    answers = await asyncio.gather(*(ask("once") for _ in range(10)))
    assert {(status, body) for status, body, _ in answers} == {(201, '{"text":"once","count":1}')}
    assert sum(replayed for *_, replayed in answers) == 9
    assert await count(site, "note") == 1
    status, body, _ = await ask("twice")
    assert status == 409
    assert "idempotency_key_reused" in body


async def test_a_refusal_is_not_remembered_under_its_key(trial: Client) -> None:
    headers = {"Idempotency-Key": "key-number-2"}
    await trial.json("POST", "/api/v1/notes", status=409, json={"text": "no"}, headers=headers)
    await trial.json("POST", "/api/v1/notes", status=201, json={"text": "yes"}, headers=headers)


@pytest.mark.parametrize("key", ["short", "x" * 201, "with\ttab-in-it"])
async def test_keys_must_be_plausible(trial: Client, key: str) -> None:
    problem = await trial.json("POST", "/api/v1/notes", status=400, json={"text": "x"}, headers={"Idempotency-Key": key})
    assert problem["code"] == "idempotency_key_invalid"


async def test_a_lost_database_is_said_so_and_its_return_is_noticed(trial: Client, site: Site, postgres: EmbeddedPostgres) -> None:
    name = site.engine.url.database or ""

    def allow(on: bool) -> None:
        with psycopg.connect(postgres.url("postgres", driver="postgresql"), autocommit=True) as connection:
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}").format(sql.Identifier(name), sql.Literal(on)))
            connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND %s", [name, not on])

    allow(False)
    problem = await trial.json("POST", "/api/v1/notes", status=503, json={"text": "x"})
    assert problem["code"] == "database_unreachable"
    allow(True)
    await trial.json("POST", "/api/v1/notes", status=201, json={"text": "x"})


async def test_a_full_disk_is_said_so_and_room_is_noticed(trial: Client, site: Site) -> None:
    refuse = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE SQLSTATE '53100'; END $$"
    async with site.work() as session:
        await session.execute(text(refuse))
        await session.execute(text("CREATE TRIGGER full_disk BEFORE INSERT ON audit_log FOR EACH ROW EXECUTE FUNCTION full_disk()"))
    problem = await trial.json("POST", "/api/v1/notes", status=503, json={"text": "x"})
    assert (problem["code"], problem["title"]) == ("disk_full", "We cannot write anything down just now. Please try again in a moment.")
    async with site.work() as session:
        await session.execute(text("DROP TRIGGER full_disk ON audit_log"))
    await trial.json("POST", "/api/v1/notes", status=201, json={"text": "x"})
    assert await count(site, "note") == 1


async def test_connections_cut_while_they_lay_idle_are_replaced_unseen(
    trial: Client, site: Site, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.gather(*(trial.json("POST", "/api/v1/notes", status=201, json={"text": "before"}) for _ in range(5)))
    monkeypatch.setattr("backend.core.site.TRUSTED", 0.0)  # as if they had lain there for a while
    with psycopg.connect(postgres.url("postgres", driver="postgresql"), autocommit=True) as connection:
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [site.engine.url.database])
    await trial.json("POST", "/api/v1/notes", status=201, json={"text": "after"})
