"""Mails about orders that went out at the time: what was told, and when."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from backend.bookings.models import MAIL_IN, Booking, Order
from backend.core.principal import Principal
from backend.notifications.reminders import Appointment, ReminderConfig, due_times
from backend.notifications.repair_mails import telling
from backend.pricing.models import Quote
from backend.repairs.models import Repair, RepairMove
from backend.repairs.stages import Stage
from revivatech.demo.dice import Dice
from revivatech.demo.guests import Guest
from revivatech.demo.offers import Broken
from revivatech.demo.records import Records
from revivatech.demo.world import World


@dataclass
class Booked:
    """An order on its way through the shop."""

    dice: Dice
    guest: Guest
    who: Principal
    order: Order
    booking: Booking
    broken: Sequence[Broken]
    #: Who works on it.
    technician: UUID
    repairs: list[Repair] = field(default_factory=list)
    #: The time that was booked first.
    first_starts_at: datetime = field(init=False)
    #: Where its first device has been, and since when.
    went: list[tuple[datetime, Stage]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.first_starts_at = self.booking.starts_at

    @property
    def quotes(self) -> list[Quote]:
        """The prices it was booked at, one a device."""
        return [one.quote for one in self.broken]


@dataclass
class Letters:
    """The hand that notes them."""

    world: World
    records: Records
    settings: ReminderConfig

    def news(self, booked: Booked, at: datetime, template: str, news: str, *, with_link: bool = True) -> None:
        """Note the mail about a booking as it is then."""
        context = {"booking_id": str(booked.booking.id), "version": booked.booking.version}
        self._send(booked, at, template, news, context, with_link=with_link)

    def remind(self, booked: Booked, agreed_at: datetime, until: datetime) -> None:
        """Note the reminders of a time that was agreed then and held until a moment."""
        booking = booked.booking
        appointment = Appointment(booking.starts_at, agreed_at, booked.order.arrival == MAIL_IN, self.world.zone)
        for kind, due in due_times(appointment, self.settings).items():
            if due < min(until, booking.starts_at):
                news = f"booking_reminder:{kind}:{booking.id}:{booking.starts_at.timestamp():.0f}"
                context = {"booking_id": str(booking.id), "starts_at": booking.starts_at.isoformat(), "kind": kind}
                self._send(booked, due, "booking_reminder", news, context)

    def step(self, booked: Booked, repair: Repair, move: RepairMove) -> None:
        """Note the mail about a move, if it was one to tell."""
        if telling(move) is not None:
            context = {"repair_id": str(repair.id), "move_id": str(move.id)}
            self._send(booked, move.at, "repair_moved", f"repair_moved:{move.id}", context)

    def _send(self, booked: Booked, at: datetime, template: str, news: str, context: dict[str, Any], *, with_link: bool = True) -> None:
        who = booked.guest.person
        self.records.mail(
            booked.dice,
            min(at + booked.dice.minutes(0.02, 0.08), self.world.now),
            template,
            who.email,
            booked.guest.greeting,
            news,
            context,
            order_id=booked.order.id,
            conversation_id=booked.order.conversation_id,
            with_link=with_link,
        )
