"""Orders of the past and of the next days, with all that the real verbs would have left behind."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from backend.bookings.checklist import items_for
from backend.bookings.config import MailInConfig
from backend.bookings.events import BookingConfirmed
from backend.bookings.models import CONFIRMED, DROP_OFF, MAIL_IN, Booking, Order, OrderCheck, ReturnAddress
from backend.core.ids import REFERENCE_ALPHABET, REFERENCE_LENGTH
from backend.core.principal import Principal
from backend.repairs.models import Repair, RepairMove
from backend.repairs.stages import Stage
from revivatech.demo.diary import NOWHERE, Diary, Seat
from revivatech.demo.dice import Dice
from revivatech.demo.guests import Guest, Guests
from revivatech.demo.ledger import Ledger
from revivatech.demo.letters import Booked
from revivatech.demo.lives import Lives
from revivatech.demo.offers import Broken, Offers
from revivatech.demo.records import Records
from revivatech.demo.traffic import Arrival
from revivatech.demo.world import World

TWO_DEVICES, CHECKED = 0.05, 0.4
_NOTICE = timedelta(minutes=70)


@dataclass
class Orders:
    """Writes orders, one after the other as they were booked."""

    world: World
    diary: Diary
    offers: Offers
    guests: Guests
    lives: Lives
    records: Records
    ledger: Ledger
    _references: set[str] = field(default_factory=set)

    def write(self, arrival: Arrival) -> Booked | None:
        """Write one order; None when there was no time left for it."""
        guest = self.guests.come(arrival.made_at, by_browser=arrival.source != "counter")
        who = self._who(arrival, guest)
        broken = self._broken(arrival, who)
        seat = self._seat(arrival, broken) if broken else None
        if seat is None:
            return None
        for one in broken:
            self.offers.keep(arrival.dice, one, who)
        return self.book(arrival, guest, who, broken, seat)

    def book(self, arrival: Arrival, guest: Guest, who: Principal, broken: Sequence[Broken], seat: Seat) -> Booked:
        """Write the order of somebody who has their quotes and a time, and let it live until now."""
        dice, at, quotes = arrival.dice, arrival.made_at, [one.quote for one in broken]
        self.guests.stay(guest, at)
        order = Order(
            id=dice.id(at),
            reference=self._reference(dice),
            customer_id=guest.customer_id,
            location_id=self.world.location.id,
            visitor_id=guest.visitor_id,
            conversation_id=who.conversation_id,
            arrival=MAIL_IN if arrival.by_post else DROP_OFF,
            rev=1,
            created_at=at,
        )
        booking = Booking(
            id=dice.id(at),
            order_id=order.id,
            quote_id=quotes[0].id,
            starts_at=seat.starts_at,
            ends_at=seat.ends_at,
            state=CONFIRMED,
            version=1,
            moves=0,
            former_starts_at=None,
            confirmed_at=at,
            changed_at=at,
        )
        technician = next((one.staff_id for one in self.world.crew if one.number == seat.place.technician), None)
        booked = Booked(dice, guest, who, order, booking, broken, technician or self.world.somebody(dice, seat.starts_at))
        for quote in quotes:
            repair = Repair(
                id=dice.id(at),
                order_id=order.id,
                quote_id=quote.id,
                device_slug=quote.device_slug,
                device_name=quote.device_name,
                stage=Stage.BOOKED.value,
                held_from=None,
                version=1,
                created_at=at,
                moved_at=at,
            )
            booked.repairs.append(repair)
            self.ledger.add(
                RepairMove, id=dice.id(at), repair_id=repair.id, seq=1, to_stage=Stage.BOOKED.value, public=True, by=who.id, at=at
            )
        if arrival.by_post:
            self._return_address(booked)
        self.records.event(dice, at, BookingConfirmed(booking_id=booking.id))
        self.records.audit(
            dice,
            at,
            who,
            "booking.confirmed",
            booking.id,
            order=order.id,
            quotes=[str(quote.id) for quote in quotes],
            starts_at=booking.starts_at,
        )
        self.lives.letters.news(booked, at, "booking_confirmed", f"booking_confirmed:{booking.id}")
        self._prepare(booked)
        self.lives.live(booked, seat)
        return booked

    def _broken(self, arrival: Arrival, who: Principal) -> list[Broken]:
        dice = arrival.dice
        but = frozenset(MailInConfig().unsafe_faults) if arrival.by_post else frozenset[str]()
        asked_at = arrival.made_at - dice.minutes(2, 9)
        moments = [asked_at, asked_at + timedelta(seconds=40)] if dice.chance(TWO_DEVICES) else [asked_at]
        found = [self.offers.break_one(dice, moment, who, but=but) for moment in moments]
        return [one for one in found if one is not None]

    def _seat(self, arrival: Arrival, broken: Sequence[Broken]) -> Seat | None:
        world, dice = self.world, arrival.dice
        if arrival.by_post:
            opening = world.calendar.opening(arrival.day)
            return Seat(opening[0][0], opening[-1][1], NOWHERE)
        earliest = arrival.made_at + (timedelta(0) if arrival.source == "counter" else _NOTICE)
        for later in range(4):
            day = arrival.day + timedelta(days=later)
            found = self.diary.find(dice, day, earliest, sum(one.minutes for one in broken), self.offers.skills(broken))
            if found is not None:
                return found
        return None

    def _who(self, arrival: Arrival, guest: Guest) -> Principal:
        if arrival.source == "counter":
            return Principal("staff", self.world.somebody(arrival.dice, arrival.made_at))
        if arrival.source == "chat" and guest.conversation_id is None:
            guest.conversation_id = arrival.dice.id(guest.since)
        if arrival.source == "chat":
            return Principal("turn", visitor_id=guest.visitor_id, conversation_id=guest.conversation_id)
        return Principal("visitor", guest.visitor_id, visitor_id=guest.visitor_id)

    def _reference(self, dice: Dice) -> str:
        while (drawn := "RT-" + "".join(dice.pick(REFERENCE_ALPHABET) for _ in range(REFERENCE_LENGTH))) in self._references:
            pass
        self._references.add(drawn)
        return drawn

    def _return_address(self, booked: Booked) -> None:
        who = booked.guest.person
        self.ledger.add(ReturnAddress, order_id=booked.order.id, line1=who.street, line2=None, city=who.city, postcode=who.postcode)

    def _prepare(self, booked: Booked) -> None:
        """Let those who booked in the chat go through the checklist."""
        dice, order, at = booked.dice, booked.order, booked.order.created_at
        if booked.who.kind != "turn" or not dice.chance(CHECKED):
            return
        for item in items_for(order, booked.quotes):
            at += dice.minutes(0.2, 1.5)
            said = dice.weigh({"done": 0.7, "not_yet": 0.2, "skipped": 0.1})
            self.ledger.add(OrderCheck, order_id=order.id, item=item, answer=said, note=None, answered_at=at)
            self.records.audit(dice, at, booked.who, "order.checked", order.id, item=item, answer=said)
            order.rev += 1
