"""Bringing files and looking at what came of them, as browsers do."""

from pathlib import Path
from typing import Any
from uuid import uuid4

from tests.conftest import Client

PATH = "/api/v1/files"


def address(client_id: str | None = None) -> str:
    return f"{PATH}?client_id={client_id or uuid4()}"


async def upload(who: Client, body: bytes, *, client_id: str | None = None, status: int = 201, **headers: str) -> Any:
    """Bring a file; returns what is answered."""
    sent = {"Content-Type": "application/octet-stream"} | headers
    return await who.json("POST", address(client_id), status=status, data=body, headers=sent)


async def conversation_of(who: Client) -> str:
    """The id of a visitor's own conversation."""
    opened = await who.json("POST", "/api/v1/conversations", status=201, json={})
    return str(opened["conversation"]["id"])


async def send(who: Client, *, status: int = 201, client_id: str | None = None, **body: Any) -> Any:
    """Write into one's own conversation."""
    path = f"/api/v1/conversations/{await conversation_of(who)}/messages"
    return await who.json("POST", path, status=status, json={"client_id": client_id or str(uuid4()), **body})


async def messages(who: Client) -> list[dict[str, Any]]:
    """All messages of one's own conversation."""
    page = await who.json("GET", f"/api/v1/conversations/{await conversation_of(who)}/messages")
    return list(page["messages"])


def kept(var: Path) -> list[Path]:
    """Every file that lies in the store or half-way to it."""
    return sorted(path for path in (var / "files").rglob("*") if path.is_file())
