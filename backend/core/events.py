"""What happened, in the past tense: stored in the transaction it happened in, delivered at least once by jobs."""

import dataclasses
import typing
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from . import jobs
from .db import Base, Id, Session
from .ids import uuid7
from .principal import CUSTOMERS, SYSTEM

if TYPE_CHECKING:
    from .site import Site


class EventRow(Base):
    """One stored event."""

    __tablename__ = "events"
    id: Mapped[Id]
    name: Mapped[str]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    #: What kind of principal stood behind it; None for events from before this was kept.
    by: Mapped[str | None] = mapped_column(String(16))


class Event:
    """Base of events: frozen dataclasses that carry ids only."""

    name: ClassVar[str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one subscriber: `id` is the same at every attempt."""

    id: UUID
    at: datetime
    by: str | None = None

    @property
    def by_customer(self) -> bool:
        """Tell whether a customer made it happen, not the shop."""
        return self.by in CUSTOMERS


E = TypeVar("E", bound=Event)
Subscriber = Callable[["Site", Any, Delivery], Awaitable[None]]
_TYPES: dict[str, type[Event]] = {}
_SUBSCRIBERS: dict[str, dict[str, Subscriber]] = {}


@typing.dataclass_transform(frozen_default=True)
def event(kind: type[E]) -> type[E]:
    """Declare a class as an event."""
    made = dataclass(frozen=True)(kind)
    made.name = kind.__name__
    if made.name in _TYPES:
        raise RuntimeError(f"two events are called {made.name}")
    _TYPES[made.name] = made
    return made


def on(kind: type[E]) -> Callable[[Callable[["Site", E, Delivery], Awaitable[None]]], Callable[["Site", E, Delivery], Awaitable[None]]]:
    """Subscribe `async def hear(site, event, delivery)`; it may be called twice and in any order."""

    def subscribe(hear: Callable[["Site", E, Delivery], Awaitable[None]]) -> Callable[["Site", E, Delivery], Awaitable[None]]:
        _SUBSCRIBERS.setdefault(kind.name, {})[f"{hear.__module__}.{hear.__name__}"] = hear
        return hear

    return subscribe


async def record(session: Session, what: Event) -> UUID:
    """Store an event and enqueue its deliveries in the session's transaction; return its id."""
    data = {f.name: _plain(getattr(what, f.name)) for f in dataclasses.fields(what)}  # type: ignore[arg-type]
    row = EventRow(id=uuid7(), name=what.name, data=data, at=session.now(), by=session.principal.kind)
    session.add(row)
    await session.flush()
    for subscriber in _SUBSCRIBERS.get(what.name, {}):
        await jobs.enqueue(session, deliver, event_id=row.id, subscriber=subscriber)
    return row.id


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


@jobs.task(queue="events", attempts=8)
async def deliver(site: "Site", event_id: str, subscriber: str) -> None:
    """Hand one event to one subscriber."""
    async with site.work(SYSTEM) as session:
        row = await session.get_one(EventRow, UUID(event_id))
    hear = _SUBSCRIBERS.get(row.name, {}).get(subscriber)
    if hear is None:  # renamed since: the new subscriber has no job of its own for this event
        return
    kind = _TYPES[row.name]
    hints = typing.get_type_hints(kind)
    values = {key: UUID(value) if hints[key] is UUID else value for key, value in row.data.items() if key in hints}
    await hear(site, kind(**values), Delivery(row.id, row.at, row.by))
