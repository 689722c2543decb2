"""A shop with room for a crowd: hundreds who come on one evening would fill three benches for weeks, which is not what is asked here."""

from datetime import time

from sqlalchemy import select

from backend.bookings.config import BookingConfig
from backend.capacity.models import Bench, Location, Shift, Technician
from backend.core import config
from backend.core.ids import token
from backend.identity.staff import create_staff
from tests.seed import shop

BENCHES = 12
SKILLS = ["general", "screens", "software", "board-level", "console", "data", "liquid", "refurbishing"]


async def expect(database: str) -> None:
    """Let a crowd come from one network: a shop that guards itself would take it for one person."""
    async with shop(database) as site, site.work() as session:
        await config.put(session, BookingConfig(per_network_and_hour=5_000, per_network_and_day=5_000, holds_per_network=1_000))


async def widen(database: str) -> None:
    """Put in more benches, each with somebody who can do everything."""
    async with shop(database) as site, site.work() as session:
        location = (await session.scalars(select(Location).limit(1))).one()
        for number in range(BENCHES):
            session.add(Bench(location_id=location.id, name=f"Bench {number + 1} more", active=True))
            staff = await create_staff(
                session, email=f"hand{number}@staff.example", name=f"Hand {number}", role="technician", password=token()
            )
            hand = Technician(staff_id=staff.id, location_id=location.id, skills=SKILLS, active=True)
            session.add(hand)
            await session.flush()
            hours = [(day, time(9), time(18)) for day in range(5)] + [(5, time(10), time(16))]
            session.add_all(Shift(technician=hand.number, weekday=day, begins=begins, ends=ends) for day, begins, ends in hours)
