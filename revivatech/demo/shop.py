"""The demo shop itself: its address, hours, benches, catalogue, prices, people and past."""

from datetime import time
from zoneinfo import ZoneInfo

from sqlalchemy import select

from backend.bookings.models import Order
from backend.capacity.models import Bench, Location, OpeningHours
from backend.core import locks
from backend.core.db import Session
from backend.core.site import Site
from revivatech.demo import books, staff
from revivatech.demo.history import write_history
from revivatech.demo.traffic import SMALL, YEAR, Size

__all__ = ["SMALL", "YEAR", "lay_out", "open_shop"]

SLUG = "leeds-mill-street"
WEEKDAYS, SATURDAY = range(5), 5
BENCHES = ("Window bench", "Middle bench", "Microscope bench")


async def lay_out(site: Site, size: Size = YEAR) -> int:
    """Lay out the demo shop and return how many orders were written; what is there already stays, so running it again changes nothing."""
    async with site.work() as session:
        location = await open_shop(session, past=books.YEARS if size.with_talk else books.SAME)
        # A shop that has orders keeps the people it has.
        grown = size.with_talk and await session.scalar(select(Order.id).limit(1)) is None
        await staff.take_on(session, helpers=grown)
        if grown:
            await staff.in_shifts(session, location, ZoneInfo(location.zone))
        else:
            await staff.always_there(session, location)
    return await write_history(site, location.id, size)


async def open_shop(session: Session, *, past: books.Past = ()) -> Location:
    """Publish catalogue and prices and open the one location: a shop that can take bookings, with nobody in it yet."""
    await locks.take(session, "demo")
    await books.publish(session, past=past)
    found = (await session.scalars(select(Location).where(Location.slug == SLUG))).first()
    if found is not None:
        return found
    location = Location(
        slug=SLUG,
        name="RevivaTech",
        street="12 Mill Street",
        city="Leeds",
        postcode="LS1 5AB",
        phone="+44 113 496 0123",
        email="hello@revivatech.example",
        zone="Europe/London",
        holidays="ENG",
        latitude=53.7965,
        longitude=-1.5478,
        position=0,
    )
    session.add(location)
    await session.flush()
    for weekday in WEEKDAYS:
        session.add(OpeningHours(location_id=location.id, weekday=weekday, opens=time(9), closes=time(18)))
    session.add(OpeningHours(location_id=location.id, weekday=SATURDAY, opens=time(10), closes=time(16)))
    session.add_all(Bench(location_id=location.id, name=name, active=True) for name in BENCHES)
    await session.flush()
    return location
