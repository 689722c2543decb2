"""The shop's customers as they come, and come back."""

import functools
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from backend.customers.models import ContactPoint, Customer
from backend.customers.service import LOCALE
from backend.identity.models import Visitor
from backend.notifications import render
from revivatech.demo.dice import Dice
from revivatech.demo.ledger import Ledger
from revivatech.demo.people import Person, person

#: How many of those who write to us were here before, once the shop is known.
BACK = 0.24
#: From this number on people only wrote to us.
PASSING = 5_000
_AGAIN = timedelta(days=9)


@dataclass
class Guest:
    """One customer, with the browser they use where they came by one."""

    person: Person
    customer_id: UUID
    visitor_id: UUID | None
    since: datetime
    last: datetime
    #: In the browser's one conversation with us, once there is one.
    conversation_id: UUID | None = None
    seen: datetime | None = None
    known: bool = False
    only_talks: bool = False

    @functools.cached_property
    def greeting(self) -> str:
        """What mails call them."""
        return render.greeting(self.person.name)


@dataclass
class Guests:
    """Everybody so far."""

    dice: Dice
    _known: list[Guest] = field(default_factory=list)
    _everybody: list[Guest] = field(default_factory=list)
    _taken: set[str] = field(default_factory=set)
    _passing: int = 0

    def come(self, at: datetime, *, by_browser: bool) -> Guest:
        """Return who it is: a new customer, or one of those who came by a browser before; at the counter everybody is written down anew."""
        if by_browser and self._known and self.dice.chance(BACK):
            guest = self.dice.pick(self._known)
            if at - guest.last >= _AGAIN:
                return guest
        who = person(len(self._everybody) + 1, self._taken)
        return Guest(who, self.dice.id(at), self.dice.id(at) if by_browser else None, at, at)

    def look_in(self, dice: Dice, at: datetime) -> Guest:
        """Return somebody who only writes to us: a browser, and no customer."""
        self._passing += 1
        guest = Guest(person(PASSING + self._passing, self._taken), dice.id(at), dice.id(at), at, at, only_talks=True)
        self._everybody.append(guest)
        return guest

    def stay(self, guest: Guest, at: datetime) -> None:
        """Remember who has left something with us."""
        guest.last = max(guest.last, at)
        if not guest.known:
            guest.known = True
            self._everybody.append(guest)
            self._known += [guest] if guest.visitor_id else []

    def write(self, ledger: Ledger) -> None:
        """Write everybody down with their addresses."""
        for guest in self._everybody:
            if guest.visitor_id is not None:
                ledger.add(
                    Visitor,
                    id=guest.visitor_id,
                    token_hash=self.dice.randbytes(32),
                    created_at=guest.since,
                    last_seen_at=max(guest.last, guest.seen or guest.last),
                )
            if guest.only_talks:
                continue
            ledger.add(
                Customer, id=guest.customer_id, name=guest.person.name, locale=LOCALE, visitor_id=guest.visitor_id, created_at=guest.since
            )
            points = [("email", guest.person.email, guest.since)]
            points += [("phone", guest.person.phone, guest.last)] if guest.person.phone else []
            for kind, value, at in points:
                ledger.add(ContactPoint, id=self.dice.id(at), customer_id=guest.customer_id, kind=kind, value=value, created_at=at)
