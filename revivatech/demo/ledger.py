"""Rows on their way into the database: gathered in memory, written all at once."""

import functools
import json
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql
from psycopg.types.range import Range as Stretch
from sqlalchemy import Table, inspect
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE

from backend.core.db import Base, Session


class Ledger:
    """Rows by table, in the order they were made."""

    def __init__(self) -> None:
        self._rows: dict[str, list[dict[str, Any]]] = defaultdict(list)

    def add(self, kind: type[Base], /, **values: Any) -> None:
        """Add one row; columns that are not named stay empty."""
        self._rows[kind.__tablename__].append(values)

    def keep(self, *things: Base) -> None:
        """Add things as they are now."""
        for thing in things:
            said = vars(thing)
            self._rows[thing.__tablename__].append({name: said[name] for name in _columns(type(thing)) if said.get(name) is not None})

    def count(self, kind: type[Base]) -> int:
        """Return how many rows a table gets."""
        return len(self._rows[kind.__tablename__])

    async def write(self, session: Session) -> None:
        """Write everything in the session's transaction, tables others point to first."""
        connection = await (await session.connection()).get_raw_connection()
        driver: psycopg.AsyncConnection[Any] = connection.driver_connection  # type: ignore[assignment]
        written = []
        for table in Base.metadata.sorted_tables:
            if rows := self._rows.pop(table.name, None):
                await _copy(driver, table, rows)
                written.append(sql.Identifier(table.name))
        if written:  # the first who look should not wait for the database to notice how much there is
            await driver.execute(sql.SQL("ANALYZE {}").format(sql.SQL(", ").join(written)))
        if left := [name for name, rows in self._rows.items() if rows]:
            raise RuntimeError(f"no such tables: {', '.join(left)}")


@functools.cache
def _columns(kind: type[Base]) -> list[str]:
    return [column.key for column in inspect(kind).columns]


async def _copy(driver: psycopg.AsyncConnection[Any], table: Table, rows: list[dict[str, Any]]) -> None:
    names = [column.name for column in table.columns if any(row.get(column.name) is not None for row in rows)]
    made = [(name, _made(table.columns[name].type)) for name in names]
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(sql.Identifier(table.name), sql.SQL(", ").join(map(sql.Identifier, names)))
    async with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            await copy.write_row([None if (value := row.get(name)) is None else make(value) if make else value for name, make in made])


def _made(kind: Any) -> Callable[[Any], Any] | None:
    if isinstance(kind, JSONB):
        return lambda value: json.dumps(value, ensure_ascii=False)
    if isinstance(kind, TSTZRANGE):
        return lambda value: Stretch(value.lower, value.upper)
    return None
