"""The staff room's photos of an order: brought from the bench as one plain form, shown or hidden, described, taken off and brought back."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID, uuid4

from aiohttp import BodyPartReader, web
from pydantic import Field

from backend.bookings import queries as orders
from backend.core import limits, posted
from backend.core.api import Api
from backend.core.db import Session
from backend.core.errors import Invalid, Refusal, UnsupportedMediaType
from backend.core.principal import Principal
from backend.core.schema import Strict
from backend.core.site import Site
from backend.files import rules, service
from backend.files.routes import UPLOADS
from backend.portal import forms
from backend.portal.rendering import see_other
from backend.portal.staff_orders import order_page
from backend.repairs import bench_photos, photos, queries
from backend.repairs.bench_photos import Shot

pages = Api("portal", page=True)
#: Pictures in one form.
AT_ONCE = 12
_CHUNK = 64 * 1024


class Visible(Strict):
    """What the button under a photo sends."""

    public: Annotated[bool, Field(strict=False)]


class Caption(Strict):
    """What a photo shows; nothing takes the words off again."""

    caption: Annotated[str, Field(max_length=bench_photos.CAPTION)] = ""


class Sent(Strict):
    """What comes with pictures; each holds for the pictures after it. `upload` is the sender's own and the same at every try."""

    upload: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(default_factory=lambda: uuid4().hex)
    repair: Annotated[UUID | None, Field(strict=False)] = None
    caption: Annotated[str, Field(max_length=bench_photos.CAPTION)] = ""
    public: Annotated[bool, Field(strict=False)] = False


@dataclass(slots=True)
class Brought:
    """The pictures of a form that could be taken, how many there were, and what is wrong with the others."""

    repair: UUID | None = None
    shots: list[Shot] = field(default_factory=list)
    count: int = 0
    #: How many came since the last `upload`.
    of_upload: int = 0
    faults: list[str] = field(default_factory=list)


@pages.post("/staff/orders/{reference}/photos", accepts=posted.MULTIPART)
async def add_photos(site: Site, request: web.Request, principal: Principal, reference: str) -> web.Response:
    """Take in the pictures of a form, one after the other, and keep them with the order; one that is refused leaves the others alone."""
    if request.content_type != posted.MULTIPART:
        raise UnsupportedMediaType("Send a form with pictures.")
    async with site.at_once(principal) as session:
        order, _ = await orders.access_order(session, reference)
        (first, *_) = (await queries.list_by_reference(session, order.reference))[1]
    brought = await _take(site, request, principal)
    async with site.work(principal) as session:
        if brought.shots:
            await bench_photos.add(session, order, brought.repair or first.id, brought.shots)
        if brought.shots and not brought.faults:
            return see_other(f"/staff/orders/{order.reference}?done=photos")
        said = " ".join(brought.faults) or "Choose one or more pictures first."
        return await order_page(request, session, order.reference, status=422, notice={"tone": "bad", "words": said})


@pages.post("/staff/orders/{reference}/photos/{file_id}")
async def show_photo(request: web.Request, session: Session, reference: str, file_id: UUID) -> web.Response:
    """Show a photo on the customer's page, or hide it, and show the order again."""
    order, _ = await orders.access_order(session, reference)
    await photos.show(session, order, file_id, public=(await _read(request, Visible)).public)
    return see_other(f"/staff/orders/{order.reference}")


@pages.post("/staff/orders/{reference}/photos/{file_id}/caption")
async def describe_photo(request: web.Request, session: Session, reference: str, file_id: UUID) -> web.Response:
    """Say what a photo shows and show the order again."""
    order, _ = await orders.access_order(session, reference)
    await bench_photos.describe(session, order, file_id, (await _read(request, Caption)).caption)
    return see_other(f"/staff/orders/{order.reference}")


@pages.post("/staff/orders/{reference}/photos/{file_id}/remove")
async def remove_photo(session: Session, reference: str, file_id: UUID) -> web.Response:
    """Take a photo from the bench off and show the order, where it can be brought back for a day."""
    order, _ = await orders.access_order(session, reference)
    await bench_photos.remove(session, order, file_id)
    return see_other(f"/staff/orders/{order.reference}?done=photo-removed")


@pages.post("/staff/orders/{reference}/photos/{file_id}/restore")
async def restore_photo(session: Session, reference: str, file_id: UUID) -> web.Response:
    """Bring a photo back that was taken off and show the order again."""
    order, _ = await orders.access_order(session, reference)
    await bench_photos.remove(session, order, file_id, undo=True)
    return see_other(f"/staff/orders/{order.reference}?done=photo-restored")


async def _take(site: Site, request: web.Request, principal: Principal) -> Brought:
    brought, sent = Brought(), Sent()
    async for part in posted.parts(request):
        if part.name != "photos":
            if part.name in Sent.model_fields:
                sent = _with(sent, part.name, await posted.text(part))
                brought.repair = sent.repair
                brought.of_upload = 0 if part.name == "upload" else brought.of_upload
            continue
        if not part.filename:  # what a browser sends for a field in which nothing was chosen
            continue
        brought.count, brought.of_upload = brought.count + 1, brought.of_upload + 1
        if brought.count > AT_ONCE:
            if brought.count == AT_ONCE + 1:
                brought.faults.append(f"Only the first {AT_ONCE} pictures were taken.")
            continue
        try:
            await limits.hit(site, f"uploads:{rules.owner_of(principal)}", UPLOADS, 600)
            file = await service.take_in(site, principal, f"{sent.upload}-{brought.of_upload}", _chunks(part))
            brought.shots.append(Shot(file.id, sent.caption, sent.public))
        except Refusal as refusal:
            brought.faults.append(f"Picture {brought.count}: {refusal.detail or refusal.title}")
            await part.release()
    return brought


def _with(sent: Sent, name: str, value: str) -> Sent:
    try:
        return Sent.model_validate(sent.model_dump() | {name: value.strip()})
    except ValueError:
        raise Invalid(f"This form has changed, or {name} is too long. Open the page again.") from None


async def _chunks(part: BodyPartReader) -> AsyncIterator[bytes]:
    while chunk := await part.read_chunk(_CHUNK):
        yield chunk


async def _read(request: web.Request, model: type[forms.M]) -> forms.M:
    form = await forms.read(request, model)
    if form.values is None:
        raise Invalid
    return form.values
