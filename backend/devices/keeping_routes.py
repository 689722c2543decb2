"""The catalogue's keeping over HTTP: staff look, managers add, change and retire."""

from typing import Annotated

from pydantic import Field

from backend.core.api import Api, Query
from backend.core.db import Session

from . import catalogue, keeping
from .files import Category
from .keeping_schemas import ModelChange, ModelWish, Revised, StaffModel, StaffModels

api = Api("catalogue")


@api.get("/api/v1/catalogue/models")
async def list_models(
    session: Session,
    q: Annotated[str, Query, Field(max_length=200)] = "",
    category: Annotated[Category | None, Query] = None,
    retired: Annotated[bool, Query, Field(strict=False)] = False,
    offset: Annotated[int, Query, Field(ge=0, le=100_000)] = 0,
    limit: Annotated[int, Query, Field(ge=1, le=100)] = 50,
) -> StaffModels:
    """List models for staff: the best matches of a search, else the newest first; `retired` lists those no longer offered."""
    known = await catalogue.current(session)
    found = known.listed(q, category=category, retired=retired)
    return StaffModels(items=[StaffModel.of(device, known) for device in found[offset : offset + limit]], total=len(found))


@api.get("/api/v1/catalogue/models/{slug}")
async def get_model(session: Session, slug: str) -> StaffModel:
    """Show a model to staff, a retired one too."""
    known = await catalogue.current(session)
    return StaffModel.of(known.any_device(slug), known)


@api.post("/api/v1/catalogue/models", status=201)
async def add_model(session: Session, wish: ModelWish) -> StaffModel:
    """Put a model into the catalogue; the assistant knows it within a minute."""
    known = await catalogue.current(session)
    return StaffModel.of(await keeping.add_model(session, wish), known)


@api.put("/api/v1/catalogue/models/{slug}")
async def change_model(session: Session, slug: str, change: ModelChange) -> StaffModel:
    """Change a model; its address stays, and the data files no longer touch it."""
    known = await catalogue.current(session)
    return StaffModel.of(await keeping.change_model(session, slug, change.model, revision=change.revision), known)


@api.post("/api/v1/catalogue/models/{slug}/retire")
async def retire_model(session: Session, slug: str, seen: Revised) -> StaffModel:
    """Offer a model no longer; orders go on naming it."""
    known = await catalogue.current(session)
    return StaffModel.of(await keeping.retire_model(session, slug, revision=seen.revision), known)


@api.post("/api/v1/catalogue/models/{slug}/offer")
async def offer_model(session: Session, slug: str, seen: Revised) -> StaffModel:
    """Offer a retired model again."""
    known = await catalogue.current(session)
    return StaffModel.of(await keeping.offer_model(session, slug, revision=seen.revision), known)
