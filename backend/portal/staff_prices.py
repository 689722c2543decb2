"""The staff room's prices: repairs that wait for one, and what the price book leaves out."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Annotated, Literal, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.capacity import hours
from backend.capacity.words import slot_label
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.held import Held
from backend.core.schema import Strict
from backend.devices import catalogue
from backend.devices.models import CatalogueVersion
from backend.portal import forms, staff_room
from backend.portal.rendering import page, see_other
from backend.pricing import book as price_book
from backend.pricing import unpriced
from backend.pricing.models import PriceBook, PriceRequest
from backend.pricing.unpriced_schemas import ByHandWish, DeclineWish

pages = Api("portal", page=True)

HOME = "/staff/prices"
PER_PAGE = 50
#: Lines a form offers; the API takes more.
LINES = 4
DONE = {"priced": "Sent. The customer has the price in the chat.", "declined": "Told. The customer knows that we cannot do it."}
WRONG = {
    "lines": "At least one line, each with words and an amount such as 45.00.",
    "reason": "A sentence for the customer, at most 300 characters.",
    "duration_minutes": "Between 5 and 480 minutes.",
    "warranty_months": "Between 0 and 60 months.",
}
M = TypeVar("M", bound=BaseModel)


class Posted(Strict):
    """Any of the forms; its fields are judged as the API judges them."""

    model_config = ConfigDict(extra="ignore", frozen=True)


@pages.get("/staff/prices")
async def list_prices(
    request: web.Request,
    session: Session,
    state: Annotated[Literal["open", "priced", "declined"], Query] = "open",
    done: Annotated[str, Query, Field(max_length=20)] = "",
    cursor: Annotated[UUID | None, Query] = None,
) -> web.Response:
    """List what waits for a price, or what was answered."""
    zone = await _zone(session)
    rows, following = await unpriced.list_requests(session, state=state, after=cursor, limit=PER_PAGE)
    return page(
        request,
        "staff/prices.html",
        **await staff_room.head(session),
        state=state,
        waiting=await unpriced.count_open(session),
        requests=[_shown(session, row, zone) for row in rows],
        further=f"{HOME}?state={state}&cursor={following}" if following else "",
        first=f"{HOME}?state={state}" if cursor else "",
        gaps=await _gaps.get(session),
        done=DONE.get(done, ""),
    )


@pages.get("/staff/prices/{request_id}")
async def show_price(request: web.Request, session: Session, request_id: UUID) -> web.Response:
    """Show one request, with a form to price it while it waits."""
    return await _page(request, session, await unpriced.get_request(session, request_id))


@pages.post("/staff/prices/{request_id}/answer")
async def answer_price(request: web.Request, session: Session, request_id: UUID) -> web.Response:
    """Price it by hand; what was typed is kept when it cannot be."""
    row = await unpriced.get_request(session, request_id)
    typed = (await forms.read(request, Posted)).typed
    wish, wrong = _judge(
        ByHandWish,
        {
            "lines": [
                {"label": typed.get(f"label_{number}", ""), "amount_minor": _pence(typed.get(f"amount_{number}", ""))}
                for number in range(1, LINES + 1)
                if typed.get(f"label_{number}", "").strip() or typed.get(f"amount_{number}", "").strip()
            ],
            "reason": typed.get("reason", ""),
            "duration_minutes": _number(typed.get("duration_minutes", "")),
            "warranty_months": _number(typed.get("warranty_months", "")),
        },
    )
    if wish is None:
        return await _page(request, session, row, 422, "Look at what is marked and try again.", typed=typed, errors=wrong)
    try:
        async with session.begin_nested():
            await unpriced.answer(
                session,
                request_id,
                lines=wish.hand_lines(),
                reason=wish.reason,
                minutes=wish.duration_minutes,
                warranty_months=wish.warranty_months,
            )
    except Refusal as refusal:
        return await _page(request, session, row, refusal.status, refusal.title, typed=typed)
    return see_other(f"{HOME}?done=priced")


@pages.post("/staff/prices/{request_id}/decline")
async def decline_price(request: web.Request, session: Session, request_id: UUID) -> web.Response:
    """Tell the customer that we cannot do it."""
    row = await unpriced.get_request(session, request_id)
    typed = (await forms.read(request, Posted)).typed
    wish, _ = _judge(DeclineWish, {"reason": typed.get("declined", "")})
    if wish is None:
        return await _page(request, session, row, 422, "Say why.", typed=typed, errors={"declined": WRONG["reason"]})
    try:
        async with session.begin_nested():
            await unpriced.decline(session, request_id, reason=wish.reason)
    except Refusal as refusal:
        return await _page(request, session, row, refusal.status, refusal.title, typed=typed)
    return see_other(f"{HOME}?done=declined")


async def _page(
    request: web.Request,
    session: Session,
    row: PriceRequest,
    status: int = 200,
    said: str = "",
    *,
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    await session.refresh(row)
    return page(
        request,
        "staff/price.html",
        status=status,
        **await staff_room.head(session),
        asked=_shown(session, row, await _zone(session)),
        said=said,
        typed=typed or {},
        errors=errors or {},
        lines=range(1, LINES + 1),
    )


def _shown(session: Session, row: PriceRequest, zone: ZoneInfo) -> dict[str, object]:
    missing = [service["label"] for service in row.services if service["code"] in row.missing]
    return {
        "id": row.id,
        "state": row.state,
        "device": row.device_name,
        "slug": row.device_slug,
        "faults": ", ".join(fault["label"] for fault in row.faults) or "Named the repair",
        "services": ", ".join(service["label"] for service in row.services),
        "missing": ", ".join(missing),
        "urgency": row.urgency,
        "who": row.name or row.email or "In the chat",
        "email": row.email or "",
        "asked": slot_label(row.asked_at, zone),
        "due": slot_label(row.due_at, zone),
        "late": row.state == "open" and row.due_at < session.now(),
        "answered": slot_label(row.answered_at, zone) if row.answered_at else "",
        "reason": row.reason or "",
    }


def _judge(kind: type[M], values: dict[str, object]) -> tuple[M | None, dict[str, str]]:
    try:
        return kind.model_validate(values), {}
    except ValidationError as error:
        names = [str(item["loc"][0]) if item["loc"] else "reason" for item in error.errors(include_url=False)]
        return None, {name: WRONG.get(name, "This does not look right.") for name in names}


def _pence(text: str) -> int | None:
    """Return an amount as people type it, such as `45`, `£45.00` or `-5.50`, in minor units; None for what is none."""
    plain = text.strip().removeprefix("£").replace(",", "").replace("−", "-")
    sign, plain = (-1, plain[1:].removeprefix("£")) if plain.startswith("-") else (1, plain)
    pounds, _, pence = plain.partition(".")
    if not (pounds.isascii() and pounds.isdigit() and len(pounds) <= 6) or (
        pence and not (pence.isascii() and pence.isdigit() and len(pence) <= 2)
    ):
        return None
    return sign * (int(pounds) * 100 + int(pence.ljust(2, "0") or 0))


def _number(text: str) -> int | None:
    plain = text.strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 4 else None


async def _load_gaps(session: Session) -> Sequence[tuple[str, tuple[str, ...]]]:
    known, book = await catalogue.current(session), await price_book.current(session)
    found = await session.site.pool.run(book.gaps, known)
    by_service: dict[str, list[str]] = defaultdict(list)
    for device, service in found:
        by_service[service.label].append(device.name)
    return tuple((label, tuple(names)) for label, names in sorted(by_service.items()))


#: Repairs that people have to price, by service.
_gaps = Held(_load_gaps, CatalogueVersion, PriceBook)


async def _zone(session: Session) -> ZoneInfo:
    return ZoneInfo((await hours.shop(session)).zone)
