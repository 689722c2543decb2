"""A small shop, and customers who book in it through the API."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

import pytest

from backend.capacity.models import Location
from tests.conftest import Client

DEVICE, FAULT = "samsung-galaxy-s23-ultra", "screen_cracked"
Book = Callable[..., Awaitable[dict[str, Any]]]


@pytest.fixture
def slots(shop: Location) -> Callable[[Client], Awaitable[tuple[str, list[dict[str, Any]]]]]:
    """Gets a quote and the times that can be had for it."""

    async def ask(client: Client) -> tuple[str, list[dict[str, Any]]]:
        quote = await client.json("POST", "/api/v1/quotes", status=201, json={"device": DEVICE, "faults": [FAULT], "urgency": "standard"})
        return quote["id"], (await client.json("GET", f"/api/v1/slots?quote={quote['id']}"))["slots"]

    return ask


@pytest.fixture
def book(slots: Callable[[Client], Awaitable[tuple[str, list[dict[str, Any]]]]]) -> Book:
    """Books the first free time."""

    async def make(
        client: Client, name: str = "Ada Lovelace", email: str = "ada@example.com", *, may_refuse: bool = False
    ) -> dict[str, Any]:
        quote, free = await slots(client)
        body = {"quote_id": quote, "starts_at": free[0]["starts_at"], "customer": {"name": name, "email": email}}
        async with client.post("/api/v1/bookings", json=body, headers={"Idempotency-Key": str(uuid4())}) as response:
            answer: dict[str, Any] = await response.json(content_type=None)
            assert response.status == 201 or (may_refuse and response.status == 422), answer
        return answer

    return make
