"""What changes rarely is worked out once per process from the tables it names, and forgotten as soon as one of those changes.

Each of these tables has a trigger that says so with the commit (migration `held_tables`), whoever wrote and however.
"""

import time
from collections import Counter
from collections.abc import Awaitable, Callable, Hashable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sqlalchemy import UpdateBase, event
from sqlalchemy.orm import ORMExecuteState
from sqlalchemy.orm import Session as SyncSession

from .db import Base, Session
from .hints import Hints

if TYPE_CHECKING:
    from .site import Site

TOPIC = "table"
#: The tables anything held is made of.
WATCHED: set[str] = set()
#: Seconds after which a held value is worked out again, should a change ever go unheard.
LONGEST = 60.0
ROOM = 256
_WRITTEN = "held_tables_written"

T = TypeVar("T")


class Held(Generic[T]):
    """A value made from a few tables; it must be immutable, since everybody in the process gets the same one."""

    def __init__(self, load: Callable[..., Awaitable[T]], *tables: type[Base]) -> None:
        self._load = load
        self.tables = frozenset(table.__tablename__ for table in tables)
        WATCHED.update(self.tables)

    async def get(self, session: Session, *key: Hashable) -> T:
        """Return the value for a key, as the tables are now; a session that has written to them sees what it wrote."""
        shelf = session.site.shelf
        if not shelf.trusted or not self.tables.isdisjoint(session.info.get(_WRITTEN, ())):
            return await self._load(session, *key)
        found: T | None = shelf.find((self, key))
        if found is None:
            before = shelf.changes(self.tables)
            found = await self._load(session, *key)
            if shelf.changes(self.tables) == before:
                shelf.put((self, key), found)
        return found

    async def at_hand(self, site: "Site", *key: Hashable) -> T:
        """Return the value in force, asking the database only when it is not held."""
        found: T | None = site.shelf.find((self, key)) if site.shelf.trusted else None
        if found is None:
            async with site.at_once() as session:
                found = await self.get(session, *key)
        return found


class Shelf:
    """What one process holds."""

    def __init__(self, hints: Hints) -> None:
        self._hints = hints
        self._values: dict[tuple[Held[Any], tuple[Hashable, ...]], tuple[float, Any]] = {}
        self._changes: Counter[str] = Counter()
        hints.listen(TOPIC, lambda change: self.forget({change["name"]}))
        hints.on_missed(lambda: self.forget(WATCHED))

    @property
    def trusted(self) -> bool:
        """Whether this process hears of changes at the moment."""
        return self._hints.connected.is_set()

    def changes(self, tables: frozenset[str]) -> int:
        """How often any of the tables is known to have changed."""
        return sum(self._changes[table] for table in tables)

    def find(self, key: tuple[Held[Any], tuple[Hashable, ...]]) -> Any:
        """The value on the shelf, or None."""
        at, value = self._values.get(key, (0.0, None))
        return value if time.monotonic() - at < LONGEST else None

    def put(self, key: tuple[Held[Any], tuple[Hashable, ...]], value: Any) -> None:
        """Keep a value."""
        if len(self._values) >= ROOM:  # keys that are never asked for again, such as past days
            self._values.clear()
        self._values[key] = (time.monotonic(), value)

    def forget(self, tables: set[str]) -> None:
        """Drop all that was made from any of the tables."""
        self._changes.update(tables)
        for key in [key for key in self._values if not key[0].tables.isdisjoint(tables)]:
            del self._values[key]

    def forget_written(self, session: Session) -> None:
        """Drop what a session has just changed, without waiting to be told: whoever asks next must see it."""
        written = session.info.pop(_WRITTEN, None)
        if written:
            self.forget(written)


@event.listens_for(SyncSession, "after_flush")
def _remember_flushed(session: SyncSession, _: Any) -> None:
    for row in (*session.new, *session.dirty, *session.deleted):
        _remember(session, row.__tablename__)


@event.listens_for(SyncSession, "do_orm_execute")
def _remember_executed(state: ORMExecuteState) -> None:
    if not state.is_select and isinstance(state.statement, UpdateBase):
        _remember(state.session, str(state.statement.table))


def _remember(session: SyncSession, table: str) -> None:
    if table in WATCHED:
        session.info.setdefault(_WRITTEN, set()).add(table)
