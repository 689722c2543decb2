"""Making quotes."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select

from backend.core import audit, config, locks
from backend.core.db import Session
from backend.core.ids import uuid7
from backend.devices import catalogue
from backend.devices.catalogue import Catalogue, Device

from . import book as price_book
from . import queries, rules
from .basis import Basis, Plan, Urgency, Work
from .book import Book
from .config import PricingConfig
from .models import Quote, QuoteLine
from .parts import Grade


async def make_quote(
    session: Session,
    *,
    device: str,
    faults: list[str],
    services: list[str],
    urgency: Urgency,
    replaces: UUID | None = None,
    grade: Grade | None = None,
) -> Quote:
    """Price the repair of one device and store the offer for whoever asks; raises NoPrice, DeviceUnknown, FaultUnknown, ServiceUnknown.

    `replaces` makes it the next version of a quote the asker owns; a `grade` we do not stock a part in leaves that part in its usual one.
    """
    wish = await understand(session, device=device, faults=faults, services=services, urgency=urgency)
    basis = wish.basis if grade is None else wish.basis.in_grade(grade)
    return await store(session, wish, basis, replaces=replaces, visitor_id=session.principal.visitor_id)


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants priced, in the catalogue's terms."""

    device: Device
    faults: list[dict[str, str]]
    basis: Basis
    book_version: int
    catalogue_version: int


async def understand(session: Session, *, device: str, faults: list[str], services: list[str], urgency: Urgency) -> Wish:
    """Return what a price would depend on; raises DeviceUnknown, FaultUnknown, ServiceUnknown, NothingToQuote."""
    known, book = await catalogue.current(session), await price_book.current(session)
    return wish_of(known, book, device=device, faults=faults, services=services, urgency=urgency, day=session.now().date())


def wish_of(known: Catalogue, book: Book, *, device: str, faults: list[str], services: list[str], urgency: Urgency, day: date) -> Wish:
    """Return the same by a catalogue and a price book at hand; raises as `understand` does."""
    model = known.device(device)
    codes = list(dict.fromkeys(faults))
    told = [known.fault(code, model) for code in codes]
    named = tuple(known.service(code, model).code for code in services)
    plan = rules.plan({code: known.likely(code, model) for code in codes}, book.rates.clear_from, named)
    basis = basis_of(known, book, model, plan, urgency=urgency, day=day)
    return Wish(model, [{"code": fault.code, "label": fault.label} for fault in told], basis, book.version, known.version)


def basis_of(known: Catalogue, book: Book, model: Device, plan: Plan, *, urgency: Urgency, day: date) -> Basis:
    """Return all that the price of a plan depends on, with the usual parts."""
    return Basis(
        category=model.category,
        urgency=urgency,
        works=tuple(_work(known, book, model, code) for code in plan.services),
        open={fault: tuple(_work(known, book, model, code) for code in candidates) for fault, candidates in plan.open.items()},
        diagnostic=_work(known, book, model, rules.DIAGNOSTIC) if plan.open else None,
        rates=book.rates,
        adjustments=book.adjustments,
        day=day,
        years=max(day.year - model.year, 0),
    )


async def store(
    session: Session,
    wish: Wish,
    basis: Basis,
    *,
    replaces: UUID | None = None,
    visitor_id: UUID | None,
    conversation_id: UUID | None = None,
) -> Quote:
    """Store the offer a basis comes to for its owner; raises NoPrice."""
    series, version = await _place_in_series(session, replaces)
    settings = await config.get(session, PricingConfig)
    who = session.principal
    owner = Owner(visitor_id, conversation_id or who.conversation_id, who.id if who.kind == "staff" else None)
    until = session.now() + timedelta(days=settings.quote_days)
    quote = offer(wish, basis, owner, quote_id=uuid7(), series=series, version=version, made_at=session.now(), valid_until=until)
    session.add(quote)
    await audit.record(session, "quote.made", subject=quote.id, device=quote.device_slug, total_minor=quote.total_minor, version=version)
    await session.flush()
    return quote


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose an offer is: the visitor's it was made for, the conversation's it was made in, or a member of staff's."""

    visitor_id: UUID | None
    conversation_id: UUID | None
    staff_id: UUID | None


def offer(
    wish: Wish, basis: Basis, owner: Owner, *, quote_id: UUID, series: UUID, version: int, made_at: datetime, valid_until: datetime
) -> Quote:
    """Return the offer a basis comes to, not yet stored; raises NoPrice."""
    model, priced = wish.device, rules.price(basis)
    return Quote(
        id=quote_id,
        series_id=series,
        version=version,
        device_id=model.id,
        device_slug=model.slug,
        device_name=model.name,
        category=model.category,
        faults=wish.faults,
        services=[{"code": code, "label": label} for code, label in priced.services],
        urgency=basis.urgency,
        currency=priced.total.currency,
        total_minor=priced.total.minor,
        vat_minor=priced.vat.minor,
        low_minor=priced.low.minor if priced.low else None,
        high_minor=priced.high.minor if priced.high else None,
        duration_minutes=priced.minutes,
        warranty_months=priced.warranty_months,
        book_version=wish.book_version,
        catalogue_version=wish.catalogue_version,
        basis=basis.model_dump(mode="json"),
        visitor_id=owner.visitor_id,
        conversation_id=owner.conversation_id,
        staff_id=owner.staff_id,
        created_at=made_at,
        valid_until=valid_until,
        lines=[
            QuoteLine(position=position, kind=line.kind, label=line.label, service_code=line.service, amount_minor=line.amount.minor)
            for position, line in enumerate(priced.lines)
        ],
    )


def _work(known: Catalogue, book: Book, device: Device, code: str) -> Work:
    service = known.service(code, device)
    grades = book.part(device, service)
    usual = next(iter(grades), None)
    return Work(
        code=service.code,
        label=service.label,
        needs_part=service.needs_part,
        part_minor=grades[usual] if usual else None,
        grade=usual,
        grades=dict(grades),
        minutes=service.minutes[device.category],
        warranty_months=service.warranty_months,
    )


async def _place_in_series(session: Session, replaces: UUID | None) -> tuple[UUID, int]:
    if replaces is None:
        return uuid7(), 1
    former = await queries.access_quote(session, replaces)
    await locks.take(session, f"quotes:{former.series_id}")
    newest = await session.scalar(select(func.max(Quote.version)).where(Quote.series_id == former.series_id))
    return former.series_id, (newest or former.version) + 1
