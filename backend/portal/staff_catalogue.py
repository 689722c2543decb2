"""The staff room's catalogue: everybody of the staff looks, managers add, change and retire models."""

from collections.abc import Sequence
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from aiohttp import web
from pydantic import BeforeValidator, ConfigDict, Field, ValidationError

from backend.core import posted
from backend.core.api import Api, Query
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.schema import Strict
from backend.devices import catalogue, keeping
from backend.devices.errors import NameTaken
from backend.devices.files import Category, Connector, PriceClass, VariantKind
from backend.devices.keeping_schemas import ModelWish, StaffModel
from backend.devices.known import Catalogue, Device
from backend.portal import forms, staff_room
from backend.portal.rendering import page, see_other

pages = Api("portal", page=True)

HOME = "/staff/catalogue"
PER_PAGE = 50
#: What is wrong with a field, in words; what a field needs is the same whichever way it is missed.
WRONG = {
    "brand": "A maker’s name of at most 40 characters.",
    "model": "A model’s name of at most 80 characters.",
    "category": "Choose the kind of device.",
    "year": "A year from 1990 on, such as 2024.",
    "price_class": "Choose how dear its parts are.",
    "aliases": "One name a line, at most 20, each of at most 60 characters.",
    "identifiers": "One code a line, at most 30, each of at most 30 letters, digits and marks such as - or /.",
    "variants": f"A line such as “storage: 128 GB, 256 GB” for each of: {', '.join(get_args(VariantKind))}.",
    "screen": "Inches and kind, such as “6.1 OLED”; kinds are OLED, LCD, mini-LED and MIP.",
    "battery": "Such as “3349 mAh” or “58.2 Wh”.",
    "connector": "Choose one of the list.",
    "without": "Choose from the list.",
}
DONE = {
    "added": "Added. The assistant knows it within a minute.",
    "changed": "Saved. The assistant knows it within a minute.",
    "retired": "Retired. It is no longer offered; orders go on naming it.",
    "offered": "It is offered again.",
}


def _nothing(value: object) -> object:
    return None if value == "" else value


class Posted(Strict):
    """Any of the forms; a model's own fields are judged as the API judges them."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    revision: Annotated[int, Field(ge=0, le=2**31, strict=False)] = 0


@pages.get("/staff/catalogue")
async def list_models(
    request: web.Request,
    session: Session,
    q: Annotated[str, Query, Field(max_length=200)] = "",
    category: Annotated[Category | None, Query, BeforeValidator(_nothing)] = None,
    retired: Annotated[bool, Query] = False,
    offset: Annotated[int, Query, Field(ge=0, le=100_000)] = 0,
) -> web.Response:
    """List models, newest first or as a search finds them."""
    known = await catalogue.current(session)
    found = known.listed(q, category=category, retired=retired)
    asked = {"q": q, "category": category or "", "retired": "true" if retired else ""}
    return page(
        request,
        "staff/catalogue.html",
        **await staff_room.head(session),
        may_change=session.principal.may("manager"),
        models=found[offset : offset + PER_PAGE],
        total=len(found),
        offset=offset,
        q=q,
        category=category or "",
        retired=retired,
        tabs=[
            {"label": "All", "href": _link(asked | {"category": ""}), "current": category is None},
            *({"label": f"{one.capitalize()}s", "href": _link(asked | {"category": one}), "current": one == category} for one in KINDS),
        ],
        other=_link(asked | {"retired": "" if retired else "true"}),
        older=_link(asked | {"offset": str(offset + PER_PAGE)}) if offset + PER_PAGE < len(found) else "",
        newer=_link(asked | {"offset": str(max(offset - PER_PAGE, 0))}) if offset else "",
    )


KINDS: Sequence[str] = get_args(Category)


def _link(query: dict[str, str]) -> str:
    told = urlencode({name: value for name, value in query.items() if value and value != "0"})
    return f"{HOME}?{told}" if told else HOME


@pages.get("/staff/catalogue/new")
async def new_model(request: web.Request, session: Session) -> web.Response:
    """Show an empty form."""
    return await _page(request, session, None)


@pages.post("/staff/catalogue/new")
async def add_model(request: web.Request, session: Session) -> web.Response:
    """Put a model into the catalogue; what was typed is kept when it cannot be."""
    form, wish, wrong = await _read(request)
    if wish is None or wrong:
        return await _page(request, session, None, 422, "Look at what is marked and try again.", typed=form, errors=wrong)
    try:
        async with session.begin_nested():
            added = await keeping.add_model(session, wish)
    except Refusal as refusal:
        return await _page(request, session, None, refusal.status, refusal.title, refusal=refusal, typed=form)
    return see_other(f"{HOME}/{added.slug}?done=added")


@pages.get("/staff/catalogue/{slug}")
async def show_model(
    request: web.Request, session: Session, slug: str, done: Annotated[str, Query, Field(max_length=20)] = ""
) -> web.Response:
    """Show one model, to be changed by managers."""
    known = await catalogue.current(session)
    return await _page(request, session, known.any_device(slug), done=DONE.get(done, ""))


@pages.post("/staff/catalogue/{slug}")
async def change_model(request: web.Request, session: Session, slug: str) -> web.Response:
    """Change a model; what was typed is kept when it cannot be."""
    known = await catalogue.current(session)
    device = known.any_device(slug)
    revision = await _revision(request)
    form, wish, wrong = await _read(request)
    if wish is None or wrong:
        return await _page(request, session, device, 422, "Look at what is marked and try again.", typed=form, errors=wrong, seen=revision)
    try:
        async with session.begin_nested():
            await keeping.change_model(session, slug, wish, revision=revision)
    except Refusal as refusal:
        return await _page(request, session, device, refusal.status, refusal.title, refusal=refusal, typed=form, seen=revision)
    return see_other(f"{HOME}/{slug}?done=changed")


@pages.post("/staff/catalogue/{slug}/retire")
async def retire_model(request: web.Request, session: Session, slug: str) -> web.Response:
    """Offer a model no longer."""
    return await _moved(request, session, slug, "retired")


@pages.post("/staff/catalogue/{slug}/offer")
async def offer_model(request: web.Request, session: Session, slug: str) -> web.Response:
    """Offer a retired model again."""
    return await _moved(request, session, slug, "offered")


async def _moved(request: web.Request, session: Session, slug: str, done: str) -> web.Response:
    known = await catalogue.current(session)
    device = known.any_device(slug)
    verb = keeping.retire_model if done == "retired" else keeping.offer_model
    try:
        async with session.begin_nested():
            await verb(session, slug, revision=await _revision(request))
    except Refusal as refusal:
        return await _page(request, session, device, refusal.status, refusal.title, refusal=refusal)
    return see_other(f"{HOME}/{slug}?done={done}")


async def _revision(request: web.Request) -> int:
    form = await forms.read(request, Posted)
    # No revision is none anybody has seen: refused as an old one.
    return form.values.revision if form.values else 0


async def _read(request: web.Request) -> tuple[dict[str, str], ModelWish | None, dict[str, str]]:
    """What was typed, the model it describes if it does, and what is wrong in which field."""
    typed = (await forms.read(request, Posted)).typed
    lacks = [value for value in (await posted.fields(request)).getall("without", []) if isinstance(value, str)]
    typed = {name: value[:20_000] for name, value in typed.items()} | {"without": ",".join(lacks)[:2_000]}
    variants, wrong = _variants(typed.get("variants", ""))
    specs = {name: typed[name].strip() for name in ("screen", "battery", "connector") if typed.get(name, "").strip()}
    wish: dict[str, Any] = {
        **{name: typed.get(name, "") for name in ("brand", "model", "category", "price_class")},
        "year": int(typed["year"]) if typed.get("year", "").strip().isascii() and typed.get("year", "").strip().isdigit() else None,
        **{name: _lines(typed.get(name, "")) for name in ("aliases", "identifiers")},
        "variants": variants,
        "specs": specs,
        "without": lacks,
    }
    try:
        return typed, ModelWish.model_validate(wish), wrong
    except ValidationError as error:
        fields = [
            item["loc"][1] if item["loc"][0] == "specs" else item["loc"][0] for item in error.errors(include_url=False) if item["loc"]
        ]
        return typed, None, wrong | {str(name): WRONG.get(str(name), "This does not look right.") for name in fields or ["model"]}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _variants(text: str) -> tuple[dict[str, list[str]], dict[str, str]]:
    found: dict[str, list[str]] = {}
    for line in _lines(text):
        kind, colon, values = line.partition(":")
        if not colon or kind.strip().lower() in found:
            return found, {"variants": WRONG["variants"]}
        found[kind.strip().lower()] = [value.strip() for value in values.split(",") if value.strip()]
    return found, {}


def _as_typed(device: Device) -> dict[str, str]:
    return {
        **{name: str(getattr(device, name)) for name in ("brand", "model", "category", "year", "price_class")},
        "aliases": "\n".join(device.aliases),
        "identifiers": "\n".join(device.identifiers),
        "variants": "\n".join(f"{kind}: {', '.join(values)}" for kind, values in device.variants.items()),
        **{name: device.specs.get(name, "") for name in ("screen", "battery", "connector")},
        "without": ",".join(device.without),
    }


async def _page(
    request: web.Request,
    session: Session,
    device: Device | None,
    status: int = 200,
    said: str = "",
    *,
    refusal: Refusal | None = None,
    done: str = "",
    typed: dict[str, str] | None = None,
    errors: dict[str, str] | None = None,
    seen: int | None = None,
) -> web.Response:
    known: Catalogue = await catalogue.current(session)
    now = known.devices.get(device.slug) if device else None
    fields = typed if typed is not None else _as_typed(now) if now else {}
    return page(
        request,
        "staff/catalogue_model.html",
        status=status,
        **await staff_room.head(session),
        may_change=session.principal.may("manager"),
        model=StaffModel.of(now, known) if now else None,
        names={slug: one.name for slug, one in known.devices.items()},
        # Whoever was overtaken sees what stands now, but saves over it only after looking again.
        revision=seen if seen is not None else now.revision if now else 0,
        done=done,
        said=said,
        clashes=refusal.extra["clashes"] if isinstance(refusal, NameTaken) else [],
        general=refusal.extra.get("names", []) if refusal else [],
        exists=refusal.extra.get("slug", "") if refusal else "",
        typed=fields,
        lacking=set(fields.get("without", "").split(",")),
        errors=errors or {},
        features=sorted(known.features),
        kinds=KINDS,
        classes=get_args(PriceClass),
        connectors=get_args(Connector),
        variants=get_args(VariantKind),
    )
