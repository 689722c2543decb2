"""An order somebody made before the conversation begins, by the doors of the shop: quote, time, hold, booking."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import aiohttp

from backend.devices import files
from tests.people import Technician, open_conversation
from tests.simulated.goals import Goal


@dataclass(frozen=True)
class Prior:
    """What is in the books: the reference, when it is, and how far the repair has come."""

    reference: str
    starts_at: datetime
    credential: str
    stage: str = "booked"


async def book(http: aiohttp.ClientSession, base: str, goal: Goal) -> Prior:
    """Book the goal's device some days ahead, as its owner."""
    credential, _ = await open_conversation(http, base)
    headers = {"Authorization": f"Bearer {credential}"}
    item = goal.items[0]
    slug = next(device.slug for device in files.read().devices if device.name == item.name)
    quote = await _post(http, f"{base}/api/v1/quotes", headers, {"device": slug, "faults": sorted(item.codes)})
    first = (datetime.now(UTC) + timedelta(3 + goal.number % 9)).date()
    async with http.get(f"{base}/api/v1/slots?quote={quote['id']}&from={first}&days=14", headers=headers) as answer:
        slots = (await answer.json())["slots"]
    for slot in slots[goal.number % 5 :: 5] + slots:
        body = {"quote_id": quote["id"], "starts_at": slot["starts_at"]}
        async with http.post(f"{base}/api/v1/holds", json=body, headers=headers) as answer:
            hold = await answer.json()
            if answer.status == 201:
                break
    made = await _post(
        http, f"{base}/api/v1/bookings", headers, {"hold_id": hold["id"], "customer": {"name": goal.name, "email": goal.email}}
    )
    return Prior(made["reference"], datetime.fromisoformat(made["starts_at"]), credential)


async def bring_in(http: aiohttp.ClientSession, technician: Technician, prior: Prior, steps: int) -> Prior:
    """Take the device in and move it so many stages on."""
    stage = prior.stage
    for stage in ("received", "diagnosing", "repairing", "quality_check", "ready")[:steps]:
        _, order = await technician.insist(http, "GET", f"/api/v1/orders/{prior.reference}")
        repair = order["repairs"][0]
        body = {"to": stage, "version": repair["version"], "public": True}
        status, said = await technician.insist(http, "POST", f"/api/v1/repairs/{repair['id']}/moves", body)
        assert status in (200, 201), said
    return Prior(prior.reference, prior.starts_at, prior.credential, stage)


async def _post(http: aiohttp.ClientSession, address: str, headers: dict[str, str], body: dict[str, Any]) -> dict[str, Any]:
    async with http.post(address, json=body, headers={**headers, "Idempotency-Key": str(uuid4())}) as answer:
        said: dict[str, Any] = await answer.json()
        assert answer.status == 201, said
        return said
