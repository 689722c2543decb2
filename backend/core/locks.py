"""Locks by name, held until the transaction ends; take them in the order this page lists to stay free of deadlocks.

Order: conversation row, owner (`visitor:…`), `network:…`, rows of the owner, calendar day (`day:…`), occupancy rows, `photos:…`.
"""

from sqlalchemy import ColumnElement, func, select

from .db import Session


async def take(session: Session, *names: str | ColumnElement[str | None]) -> None:
    """Wait until this transaction alone holds the names, taken in this order; one that the database finds to be null locks nothing."""
    await session.execute(select(*(func.pg_advisory_xact_lock(func.hashtextextended(name, 0)) for name in names)))
