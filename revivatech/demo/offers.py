"""Quotes of the past: what is wrong with a device, priced by the book of its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from backend.core.principal import Principal
from backend.devices.catalogue import Device
from backend.pricing.basis import Urgency
from backend.pricing.config import PricingConfig
from backend.pricing.errors import NoPrice, NothingToQuote
from backend.pricing.models import Quote
from backend.pricing.parts import Grade
from backend.pricing.service import Owner, Wish, offer, wish_of
from revivatech.demo.dice import Dice
from revivatech.demo.records import Records
from revivatech.demo.wear import Wear
from revivatech.demo.world import World

URGENCIES: dict[Urgency, float] = {"standard": 0.82, "priority": 0.11, "express": 0.07}
GRADES: dict[Grade | None, float] = {None: 0.84, "genuine": 0.1, "standard": 0.06}
#: Some ask what it comes to with another urgency first.
ASKED_TWICE = 0.07
_TRIES = 12


@dataclass(frozen=True, slots=True)
class Broken:
    """A device, what is to be done about it, and the price of that."""

    device: Device
    wish: Wish
    quote: Quote

    @property
    def minutes(self) -> int:
        """How long it takes."""
        return self.quote.duration_minutes

    @property
    def services(self) -> list[str]:
        """What will be done."""
        return [one["code"] for one in self.quote.services]


@dataclass
class Offers:
    """Makes quotes and keeps them."""

    world: World
    wear: Wear
    records: Records
    settings: PricingConfig

    def break_one(self, dice: Dice, at: datetime, who: Principal, *, but: frozenset[str] = frozenset()) -> Broken | None:
        """Return something people bring and its price, not yet kept; None where nothing comes up that the book has a price for."""
        day = self.world.calendar.local_day(at)
        for _ in range(_TRIES):
            device = self.wear.device(dice, day)
            faults = self.wear.faults(dice, device, day)
            urgency, grade = dice.weigh(URGENCIES), dice.weigh(GRADES)
            if not but.isdisjoint(faults):
                continue
            try:
                wish = self.wish(device.slug, faults, urgency, at)
                quote = self._made(dice, at, wish, grade, _owner(who), dice.id(at))
            except (NoPrice, NothingToQuote):
                continue
            return Broken(device, wish, quote)
        return None

    def skills(self, of: Sequence[Broken]) -> frozenset[str]:
        """Return what whoever repairs these must know, as `bookings.work` has it."""
        needed = [frozenset(self.world.known.services[code].skill for code in one.services) for one in of]
        together = frozenset[str]().union(*needed)
        if len(of) > 1 and not any(together <= one.skills for one in self.world.crew):
            return needed[max(range(len(of)), key=lambda place: of[place].minutes)]
        return together

    def keep(self, dice: Dice, broken: Broken, who: Principal) -> None:
        """Write the quote somebody asked for, and the one before it where they asked twice."""
        quote = broken.quote
        if dice.chance(ASKED_TWICE):
            before = quote.created_at - dice.minutes(1, 4)
            other: Urgency = "standard" if quote.urgency != "standard" else "express"
            wish = self.wish(broken.device.slug, [fault["code"] for fault in quote.faults], other, before)
            self._keep(dice, self._made(dice, before, wish, None, _owner(who), quote.series_id), who)
            quote.version = 2
        self._keep(dice, quote, who)

    def by_hand(self, dice: Dice, at: datetime, wish: Wish, owner: Owner, who: Principal) -> Quote:
        """Write the quote a member of staff made for a repair the book has no price for."""
        made = self._made(dice, at, wish, None, owner, dice.id(at))
        self._keep(dice, made, who)
        return made

    def wish(self, slug: str, faults: list[str], urgency: Urgency, at: datetime) -> Wish:
        """Return what somebody wants priced, in the terms of that day."""
        # The service asks for the day by Greenwich.
        return wish_of(self.world.known, self.world.book(at), device=slug, faults=faults, services=[], urgency=urgency, day=at.date())

    def _made(self, dice: Dice, at: datetime, wish: Wish, grade: Grade | None, owner: Owner, series: UUID) -> Quote:
        basis = wish.basis if grade is None else wish.basis.in_grade(grade)
        until = at + timedelta(days=self.settings.quote_days)
        return offer(wish, basis, owner, quote_id=dice.id(at), series=series, version=1, made_at=at, valid_until=until)

    def _keep(self, dice: Dice, made: Quote, who: Principal) -> None:
        self.records.ledger.keep(made)
        for line in made.lines:
            line.quote_id = made.id
        self.records.ledger.keep(*made.lines)
        self.records.audit(
            dice, made.created_at, who, "quote.made", made.id, device=made.device_slug, total_minor=made.total_minor, version=made.version
        )


def _owner(who: Principal) -> Owner:
    return Owner(who.visitor_id, who.conversation_id, who.id if who.kind == "staff" else None)
