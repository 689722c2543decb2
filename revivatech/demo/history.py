"""A past for the shop, the same one whenever it is laid out on a day; nobody is written to about it, and it appears whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from sqlalchemy import select

from backend.bookings.models import Order
from backend.capacity import queries as capacity
from backend.capacity.config import CapacityConfig
from backend.core import config, locks, logs
from backend.core.db import Session
from backend.core.site import Site
from backend.messaging.smtp import domain_of
from backend.notifications.reminders import ReminderConfig
from backend.pricing.config import PricingConfig
from revivatech.demo import photos
from revivatech.demo.asking import Asking
from revivatech.demo.chats import Chats
from revivatech.demo.diary import Diary
from revivatech.demo.dice import Dice
from revivatech.demo.guests import Guests
from revivatech.demo.ledger import Ledger
from revivatech.demo.letters import Letters
from revivatech.demo.lives import Lives
from revivatech.demo.offers import Offers
from revivatech.demo.orders import Orders
from revivatech.demo.photos import Drawn
from revivatech.demo.records import Records
from revivatech.demo.traffic import Size, arrivals
from revivatech.demo.wear import Wear
from revivatech.demo.world import World, look

log = logs.get(__name__)


async def write_history(site: Site, location_id: UUID, size: Size) -> int:
    """Write the demo's past in one transaction unless there are orders already; return how many were written."""
    async with site.work() as session:
        if await session.scalar(select(Order.id).limit(1)) is not None:
            return 0
        location = await capacity.get_location(session, location_id)
        here = await look(session, location, session.now(), size.days_back, size.days_ahead)
        terms = await _terms(session)
    # Nothing is open in the database while it is thought up.
    with TemporaryDirectory(prefix="revivatech-demo-") as folder:
        drawn = await site.pool.run(photos.draw, Path(folder)) if size.with_talk else []
        ledger = await site.pool.run(_think, here, terms, size, drawn)
        async with site.work() as session:
            await locks.take(session, "demo")
            if await session.scalar(select(Order.id).limit(1)) is not None:
                return 0
            written = ledger.count(Order)
            await photos.keep(site, drawn)
            await ledger.write(session)
    log.info("demo_history_written", orders=written)
    return written


@dataclass(frozen=True, slots=True)
class Terms:
    """What the shop has decided, as far as its past depends on it."""

    capacity: CapacityConfig
    pricing: PricingConfig
    reminders: ReminderConfig
    mail_domain: str


async def _terms(session: Session) -> Terms:
    return Terms(
        await config.get(session, CapacityConfig),
        await config.get(session, PricingConfig),
        await config.get(session, ReminderConfig),
        domain_of(session.settings.mail_from),
    )


def _think(here: World, terms: Terms, size: Size, drawn: Sequence[Drawn]) -> Ledger:
    ledger = Ledger()
    records = Records(ledger, terms.mail_domain)
    diary = Diary(here, terms.capacity)
    offers = Offers(here, Wear(here.known), records, terms.pricing)
    lives = Lives(here, diary, offers, Letters(here, records, terms.reminders), records, ledger)
    guests = Guests(Dice.named("guests"))
    orders = Orders(here, diary, offers, guests, lives, records, ledger)
    chats = Chats(here, offers, guests, ledger, records, [*drawn])
    for arrival in arrivals(here, size):
        booked = orders.write(arrival)
        if booked is not None and booked.who.kind == "turn" and size.with_talk:
            chats.booked(booked)
    if size.with_talk:
        chats.pass_by()
        Asking(here, offers, chats, records).write()
    chats.write()
    guests.write(ledger)
    return ledger
