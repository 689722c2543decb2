"""Locks by name, held until the transaction ends; take them in the order this page lists to stay free of deadlocks.

Order: conversation row, owner (`visitor:…`), rows of the owner, calendar day (`day:…`), occupancy rows, `photos:…`.
"""

from sqlalchemy import func, select

from .db import Session


async def take(session: Session, name: str) -> None:
    """Wait until this transaction alone holds the name."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))
