"""The permission matrix, cell by cell: every route and socket event has a row, every row is real, and every no is a no at the door."""

import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from yarl import URL

from backend.core.permissions import COLUMNS, Matrix
from backend.core.site import Site
from backend.identity import visitors
from backend.identity.csrf import SAFE_METHODS
from backend.identity.tokens import Turn, issue_turn
from channels.customer import Customers
from channels.technician import Technicians
from revivatech.site import create_site, operations
from tests.conftest import Client, SignIn

MATRIX = Matrix.load()
#: Who calls these is known by a signature, whatever else they bring (tests/texts/test_inbound.py).
SIGNED = {"POST /webhooks/twilio/messages", "POST /webhooks/twilio/status"}
#: The same for everybody, so nobody is asked who they are.
FILES = {
    "GET /favicon.ico",
    "GET /favicon.svg",
    "GET /files/{file_id}/{variant}",
    "GET /robots.txt",
    "GET /static/{path}",
    "GET /widget.js",
}
STAFF = ("technician", "manager", "admin")
#: What a higher role holds besides its own column.
HOLDS = {
    "anonymous": {"anonymous"},
    "visitor": {"anonymous", "visitor"},
    "turn": {"anonymous", "turn"},
    "technician": {"anonymous", "technician"},
    "manager": {"anonymous", "technician", "manager"},
    "admin": {"anonymous", "technician", "manager", "admin"},
}


def open_pages() -> set[str]:
    """Pages everybody may see; they stay open to a browser whose session is over."""
    return {operation.key for operation in operations() if operation.page and "anonymous" in MATRIX.http[operation.key]}


def split(row: str) -> tuple[str, str]:
    """A row's method, and an address it stands for that leads to nothing there is."""
    method, path = row.split(" ", 1)
    somewhere = {"token": "A" * 32, "slug": "no-such-device", "reference": "RT-22222", "path": "none.js"}
    return method, re.sub(r"{(\w+)}", lambda match: somewhere.get(match[1], str(uuid4())), path)


async def send(client: Client, row: str, **options: Any) -> tuple[int, str, str]:
    """Status, code (or where it leads) and text of the answer to an almost empty request."""
    method, path = split(row)
    if method not in SAFE_METHODS:
        options |= {"data": {}} if path.startswith("/staff") else {"json": {}}
    async with client.request(method, path, **options) as response:
        text = await response.text()
        if response.content_type == "application/problem+json":
            return response.status, (await response.json())["code"], text
        return response.status, response.headers.get("Location", ""), text


@pytest.fixture
async def people(client: Client, visitor: Client, staff: SignIn, site: Site) -> AsyncIterator[dict[str, Client]]:
    """One client for each column."""
    opened = await visitor.json("POST", "/api/v1/conversations", status=201, json={})
    conversation = UUID(opened["conversation"]["id"])
    principal_token = visitor.headers["Authorization"].removeprefix("Bearer ")
    async with site.work() as session:
        who = await visitors.get(session, principal_token)
    turn = Turn(conversation=conversation, epoch=opened["conversation"].get("epoch", 0), turn=uuid4(), visitor=who.id)
    token = issue_turn(site.settings, site.clock.now(), turn)
    async with Client(client.base, headers={"Authorization": f"Bearer {token}"}) as assistant:
        yield {"anonymous": client, "visitor": visitor, "turn": assistant} | {role: await staff(role) for role in STAFF}


async def test_every_route_has_a_row_and_every_row_is_a_route(site: Site) -> None:
    app = create_site(site)
    routes = {
        f"{route.method} {route.resource.canonical}"
        for route in app.router.routes()
        if route.resource is not None and route.method not in ("HEAD", "*") and not route.resource.canonical.startswith("/socket.io")
    }
    assert routes == set(MATRIX.http)


async def test_every_socket_event_has_a_row_and_every_row_is_an_event() -> None:
    spaces = {"/customer": Customers, "/technician": Technicians}
    events = {f"{name} {event.removeprefix('on_')}" for name, space in spaces.items() for event in vars(space) if event.startswith("on_")}
    assert {event for event in events if not event.endswith("connect")} == set(MATRIX.socket)


def test_a_row_names_columns_there_are() -> None:
    for row, cells in (MATRIX.http | MATRIX.socket).items():
        assert cells and cells <= set(COLUMNS), row


@pytest.mark.parametrize("column", COLUMNS)
async def test_every_cell_is_as_written(people: dict[str, Client], shop: Any, staff: SignIn, column: str) -> None:
    wrong = []
    for row, cells in MATRIX.http.items():
        if row in SIGNED:
            continue
        who = await staff(column) if row == "POST /staff/logout" and column in STAFF else people[column]
        status, code, text = await send(who, row)
        to_sign_in = status == 303 and code.startswith("/staff/login?next=")
        refused = to_sign_in or (status in (401, 403) and "do not belong together" not in text)
        # The door to the staff room refuses by asking who is there.
        if refused == bool(cells & HOLDS[column]):
            wrong.append((row, status, code))
        elif refused and not to_sign_in:
            assert status == (401 if column == "anonymous" else 403), (row, status, code)
    assert wrong == []


@pytest.mark.parametrize(
    "credential",
    [
        "Bearer rv_" + "A" * 32,
        "Bearer eyJhbGciOiJub25lIn0.e30.",
        "Bearer",
        "Bearer ",
        "Basic c2FtOnBhc3N3b3Jk",
        "rv_" + "A" * 32,
        "Bearer a b",
    ],
)
async def test_a_wrong_credential_opens_no_door_not_even_an_open_one(client: Client, shop: Any, credential: str) -> None:
    async with Client(client.base, headers={"Authorization": credential}) as forger:
        for row in MATRIX.http.keys() - FILES - SIGNED - open_pages():
            status, code, _ = await send(forger, row)
            assert status == 401 or (status == 303 and code.startswith("/staff/login")), (row, status, code)
        assert (await send(forger, "GET /staff/login"))[0] == 200


@pytest.mark.parametrize("cookie", ["", "x", "A" * 32, "A" * 4_000])
async def test_a_made_up_session_opens_no_door(client: Client, shop: Any, cookie: str) -> None:
    for row in MATRIX.http.keys() - FILES - SIGNED - open_pages():
        status, code, _ = await send(client, row, headers={"Cookie": f"staff_session={cookie}"})
        assert status == 401 or status == 303, (row, status, code)


WAYS: dict[str, dict[str, str]] = {
    "without the token": {},
    "with another token": {"X-CSRF-Token": "A" * 32},
    "from another site": {"X-CSRF-Token": "right", "Origin": "https://evil.example"},
    "from nowhere": {"X-CSRF-Token": "right", "Origin": "null"},
    "across sites": {"X-CSRF-Token": "right", "Sec-Fetch-Site": "cross-site"},
}


@pytest.mark.parametrize("way", WAYS)
async def test_no_other_site_can_use_a_staff_session(staff: SignIn, shop: Any, way: str) -> None:
    known = await staff("admin")
    headers = {name: known.headers["X-CSRF-Token"] if value == "right" else value for name, value in WAYS[way].items()}
    async with Client(known.base, headers=headers) as forged:
        forged.http.cookie_jar.update_cookies(known.http.cookie_jar.filter_cookies(URL(known.base)), URL(known.base))
        for row in (row for row in MATRIX.http.keys() - SIGNED if split(row)[0] not in SAFE_METHODS):
            status, code, text = await send(forged, row)
            assert status == 403 and (code == "csrf_failed" or "That came from an old page" in text), (row, status, code)
    assert (await send(known, "GET /staff/orders"))[0] == 200, "the session itself is untouched"
