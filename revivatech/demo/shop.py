"""The demo shop itself: its address, hours, benches, catalogue, prices and people."""

from dataclasses import dataclass
from datetime import time

from sqlalchemy import select

from backend.capacity.models import Bench, Location, OpeningHours, Shift, Technician
from backend.core import locks
from backend.core.db import Session
from backend.core.site import Site
from backend.devices.service import publish_catalogue
from backend.identity.roles import Role
from backend.identity.staff import create_staff, find_by_email
from backend.pricing import book
from revivatech.demo.history import write_history

SLUG = "leeds-mill-street"
WEEKDAYS, SATURDAY = range(5), 5
BENCHES = ("Window bench", "Middle bench", "Microscope bench")

#: Everybody of the demo signs in with this; `production.py` refuses to serve customers while an account has it.
PASSWORD = "mill-street-workbench"


#: What everybody at the benches can do; who can do more is asked for the rest first.
EVERYDAY = ("general", "screens", "software")


@dataclass(frozen=True, slots=True)
class Login:
    """One of the demo's people; whoever has skills works at the benches whenever the shop is open."""

    email: str
    name: str
    role: Role
    skills: tuple[str, ...] = ()


LOGINS = (
    Login(
        "tess@revivatech.example",
        "Tess Okafor",
        "technician",
        (*EVERYDAY, "board-level", "console", "data", "liquid", "refurbishing"),
    ),
    Login("ravi@revivatech.example", "Ravi Sandhu", "technician", (*EVERYDAY, "liquid", "refurbishing")),
    Login("maud@revivatech.example", "Maud Lindqvist", "manager", (*EVERYDAY, "data")),
    Login("admin@revivatech.example", "Ada Firth", "admin"),
)


async def lay_out(site: Site) -> None:
    """Lay out the demo shop; what is there already stays as it is, so running it again changes nothing."""
    async with site.work() as session:
        location = await open_shop(session)
        await _people(session)
        await _roster(session, location)
    await write_history(site, location.id)


async def open_shop(session: Session) -> Location:
    """Publish catalogue and prices and open the one location: a shop that can take bookings, with nobody in it yet."""
    await locks.take(session, "demo")
    await publish_catalogue(session)
    await book.publish(session)
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


async def _people(session: Session) -> None:
    for login in LOGINS:
        if await find_by_email(session, login.email) is None:
            await create_staff(session, email=login.email, name=login.name, role=login.role, password=PASSWORD)


async def _roster(session: Session, location: Location) -> None:
    if await session.scalar(select(Technician.number).limit(1)) is not None:
        return
    hours = (await session.scalars(select(OpeningHours).where(OpeningHours.location_id == location.id))).all()
    for login in LOGINS:
        person = await find_by_email(session, login.email)
        if person is None or not login.skills:
            continue
        one = Technician(staff_id=person.id, location_id=location.id, skills=list(login.skills), active=True)
        session.add(one)
        await session.flush()
        session.add_all(Shift(technician=one.number, weekday=row.weekday, begins=row.opens, ends=row.closes) for row in hours)
    await session.flush()
