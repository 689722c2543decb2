"""The staff room's rules: how times are cut, how late and how often customers change them, post, reminders. Each change is a version."""

from dataclasses import dataclass
from typing import Annotated, Any

from aiohttp import web
from pydantic import ConfigDict, Field, ValidationError

from backend.bookings.config import BookingConfig, MailInConfig
from backend.capacity.config import CapacityConfig
from backend.core import config
from backend.core.api import Api
from backend.core.config import Config, ConfigChanged
from backend.core.db import Session
from backend.core.errors import NotFound
from backend.core.schema import Strict
from backend.notifications.reminders import ReminderConfig
from backend.portal import forms, staff_room
from backend.portal.rendering import page, see_other

pages = Api("portal", page=True)

HOME = "/staff/calendar/rules"


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the configuration, and how its fields are called."""

    kind: type[Config]
    title: str
    labels: dict[str, str]


PARTS = {
    part.kind.key: part
    for part in (
        Part(
            CapacityConfig,
            "Times",
            {
                "grid": "Minutes between two starts",
                "buffer": "Minutes kept free after each appointment",
                "notice": "Minutes before the soonest appointment",
                "horizon_days": "Days ahead that can be booked",
                "longest": "Minutes an appointment takes at most",
            },
        ),
        Part(
            BookingConfig,
            "Customers",
            {
                "hold_minutes": "Minutes a time is held",
                "per_visitor_and_day": "Bookings a day",
                "open_per_customer": "Appointments ahead of one customer",
                "move_notice": "Minutes before an appointment until which it can be moved",
                "cancel_notice": "Minutes before an appointment until which it can be cancelled",
                "moves": "How often one booking can be moved",
                "link_days": "Days a tracking link works",
            },
        ),
        Part(
            MailInConfig,
            "Post",
            {
                "offered": "Take devices by post",
                "transit_days": "Days a parcel takes",
                "parcels_a_day": "Parcels a day",
                "outside": "Postcode areas or districts we do not serve",
            },
        ),
        Part(
            ReminderConfig,
            "Reminders",
            {"day_before": "Remind the day before", "hours_before": "Hours before the appointment, 0 for none"},
        ),
    )
}


class Posted(Strict):
    """Any of the forms; its fields are judged by the part they belong to."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    config_version: Annotated[int, Field(ge=0, le=2**31, strict=False)]


@pages.get("/staff/calendar/rules")
async def show_rules(request: web.Request, session: Session) -> web.Response:
    """Show the rules in force."""
    return await _page(request, session)


@pages.post("/staff/calendar/rules/{key}")
async def set_rules(request: web.Request, session: Session, key: str) -> web.Response:
    """Put a new version of one part of the rules in force."""
    part = PARTS.get(key)
    if part is None:
        raise NotFound
    form = await forms.read(request, Posted)
    if form.values is None:
        return await _page(request, session, 422, "This form has changed. Look again before you save.")
    former = await config.get(session, part.kind)
    values = former.model_dump() | {name: _typed(former, name, form.typed.get(name, "")) for name in part.labels}
    try:
        value = part.kind.model_validate(values)
    except ValidationError as error:
        wrong = {str(item["loc"][0]): _words(item["type"], item.get("ctx") or {}) for item in error.errors(include_url=False)}
        return await _page(request, session, 422, "Look at what is marked and try again.", key=key, typed=form.typed, errors=wrong)
    try:
        await config.put(session, value, expected_version=form.values.config_version)
    except ConfigChanged as changed:
        return await _page(request, session, 409, changed.title)
    return see_other(f"{HOME}?done=1")


def _typed(former: Config, name: str, text: str) -> Any:
    match getattr(former, name):
        case bool():
            return text == "true"
        case list():
            return [part.strip().upper()[:8] for part in text.split(",") if part.strip()][:200]
    return text.strip()


def _words(kind: str, limits: dict[str, Any]) -> str:
    if kind == "greater_than_equal":
        return f"At least {limits['ge']}."
    return f"At most {limits['le']}." if kind == "less_than_equal" else "A whole number."


async def _page(
    request: web.Request,
    session: Session,
    status: int = 200,
    said: str = "",
    *,
    key: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
) -> web.Response:
    shown = []
    for part in PARTS.values():
        mine = part.kind.key == key
        value = await config.get(session, part.kind)
        fields = []
        for name, label in part.labels.items():
            now = getattr(value, name)
            text = ", ".join(now) if isinstance(now, list) else str(now)
            fields.append(
                {
                    "name": name,
                    "label": label,
                    "kind": "flag" if isinstance(now, bool) else "text" if isinstance(now, list) else "number",
                    "on": now is True,
                    "text": (typed or {}).get(name, "")[:200] if mine else text,
                    "error": (errors or {}).get(name, "") if mine else "",
                }
            )
        shown.append({"key": part.kind.key, "title": part.title, "fields": fields, "version": await config.version(session, part.kind)})
    return page(
        request,
        "staff/calendar_rules.html",
        status=status,
        **await staff_room.head(session),
        tab="rules",
        may_change=session.principal.may("manager"),
        done="done" in request.query and not said,
        said=said,
        parts=shown,
    )
