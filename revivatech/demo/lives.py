"""What becomes of an order: it is moved, given up, missed, or goes through the workshop as far as time allows."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.dialects.postgresql import Range

from backend.bookings.events import BookingCancelled, BookingRescheduled
from backend.bookings.models import ATTENDED, CANCELLED, CONFIRMED, MAIL_IN, BookedQuote
from backend.capacity.models import Occupancy
from backend.core.principal import Principal
from backend.repairs.events import RepairMoved
from backend.repairs.models import Repair
from backend.repairs.stages import Stage
from revivatech.demo import fates, notes
from revivatech.demo.diary import Diary, Seat
from revivatech.demo.fates import Facts, Step
from revivatech.demo.ledger import Ledger
from revivatech.demo.letters import Booked, Letters
from revivatech.demo.offers import Offers
from revivatech.demo.records import Records
from revivatech.demo.world import World

MOVED, GIVEN_UP, MISSED = 0.07, 0.06, 0.04
_HARD = frozenset({"board_repair", "liquid_clean", "data_recovery", "power_supply"})
#: Done at the counter by whoever stands there, not at the bench.
_COUNTER = frozenset({Stage.RECEIVED, Stage.COLLECTED, Stage.SHIPPED, Stage.CLOSED})
_NOTICE = timedelta(minutes=70)


@dataclass
class Lives:
    """Lets orders live until now."""

    world: World
    diary: Diary
    offers: Offers
    letters: Letters
    records: Records
    ledger: Ledger

    def live(self, booked: Booked, seat: Seat) -> None:
        """Let one live, and write down where it has got to."""
        dice, booking = booked.dice, booked.booking
        seat = self._moved(booked, seat)
        agreed, fate = booking.changed_at, dice.random()
        ended: datetime | None = None
        if fate < GIVEN_UP and (at := self._in_time(booked)):
            ended = self._given_up(booked, at)
        elif GIVEN_UP <= fate < GIVEN_UP + MISSED:
            ended = self._missed(booked)
        else:
            self._through_the_workshop(booked)
        self.letters.remind(booked, agreed, ended or self.world.now)
        self._write(booked, seat, agreed)

    def _moved(self, booked: Booked, seat: Seat) -> Seat:
        """Move the appointment of some to another day, while there is time."""
        dice, booking, made = booked.dice, booked.booking, booked.order.created_at
        ahead = min(booking.starts_at - timedelta(hours=3), self.world.midnight) - made
        if not dice.chance(MOVED) or ahead < timedelta(hours=6) or booked.order.arrival == MAIL_IN:
            return seat
        at = self._when(booked, made + ahead * dice.random())
        day = self.world.calendar.local_day(booking.starts_at) + timedelta(days=dice.randint(1, 3))
        found = self.diary.find(dice, day, at + _NOTICE, sum(one.minutes for one in booked.broken), self.offers.skills(booked.broken))
        if found is None or at <= made:
            return seat
        self.letters.remind(booked, made, at)
        former, by_staff = booking.starts_at, booked.who.kind == "staff"
        booking.starts_at, booking.ends_at, booking.version, booking.changed_at = found.starts_at, found.ends_at, booking.version + 1, at
        booking.moves, booking.former_starts_at = (0, None) if by_staff else (1, former)
        booked.order.rev += 1
        self.records.event(dice, at, BookingRescheduled(booking_id=booking.id))
        self.records.audit(dice, at, booked.who, "booking.rescheduled", booking.id, former=former, starts_at=booking.starts_at)
        self.letters.news(booked, at, "booking_rescheduled", f"booking_rescheduled:{booking.id}:{booking.version}")
        return found

    def _in_time(self, booked: Booked) -> datetime | None:
        """Return when a customer may have changed their mind; None where no time was left for it."""
        changed = booked.booking.changed_at
        ahead = min(booked.booking.starts_at - timedelta(minutes=30), self.world.midnight) - changed
        at = self._when(booked, changed + ahead * booked.dice.random())
        return at if ahead > timedelta(hours=1) and at > changed else None

    def _given_up(self, booked: Booked, at: datetime) -> datetime:
        """Let the customer cancel."""
        dice = booked.dice
        self._cancel(booked, booked.who, at)
        for repair in booked.repairs:
            move = repair.move(Stage.CANCELLED, expected_version=repair.version, note=None, public=True, by=booked.who.id, now=at)
            move.id = dice.id(at)
            self.ledger.keep(move)
        return at

    def _missed(self, booked: Booked) -> datetime | None:
        """Nobody came; staff tidy up later that day or the next."""
        dice, booking = booked.dice, booked.booking
        at = self.world.hours.after(booking.starts_at, dice.minutes(60, 700))
        if at > self.world.now:
            return None
        who, note = self._staff(booked, at), dice.pick(notes.MISSED)
        for place, repair in enumerate(booked.repairs):
            self._move(booked, repair, Step(Stage.CANCELLED, 0, note), at + timedelta(seconds=20 * place), who)
        self._cancel(booked, who, at + timedelta(seconds=20 * (len(booked.repairs) - 1)))
        return at

    def _cancel(self, booked: Booked, who: Principal, at: datetime) -> None:
        booking = booked.booking
        booking.state, booking.version, booking.changed_at = CANCELLED, booking.version + 1, at
        booked.order.rev += 1
        self.records.event(booked.dice, at, BookingCancelled(booking_id=booking.id))
        self.records.audit(booked.dice, at, who, "booking.cancelled", booking.id, starts_at=booking.starts_at)
        self.letters.news(booked, at, "booking_cancelled", f"booking_cancelled:{booking.id}", with_link=False)

    def _through_the_workshop(self, booked: Booked) -> None:
        for place, repair in enumerate(booked.repairs):
            at = booked.booking.starts_at + timedelta(seconds=30 * place)
            for step in fates.steps(booked.dice, self._facts(booked, place)):
                at = self.world.hours.after(at, timedelta(seconds=int(step.after * 60) + 1))
                if at > self.world.now:
                    break
                who = self._staff(booked, at) if step.to in _COUNTER else Principal("staff", booked.technician)
                self._move(booked, repair, step, at, who)
                if booked.booking.state == CONFIRMED:
                    booked.booking.state, booked.booking.version, booked.booking.changed_at = ATTENDED, booked.booking.version + 1, at

    def _move(self, booked: Booked, repair: Repair, step: Step, at: datetime, who: Principal) -> None:
        before, dice = repair.at, booked.dice
        public = step.public and step.note is not None
        move = repair.move(step.to, expected_version=repair.version, note=step.note, public=public, by=who.id, now=at)
        move.id = dice.id(at)
        self.ledger.keep(move)
        booked.order.rev += 1
        if repair is booked.repairs[0]:
            booked.went.append((at, step.to))
        self.records.event(dice, at, RepairMoved(repair_id=repair.id, move_id=move.id))
        self.records.audit(dice, at, who, "repair.moved", repair.id, from_stage=before.value, to_stage=step.to.value, public=public)
        self.letters.step(booked, repair, move)

    def _facts(self, booked: Booked, place: int) -> Facts:
        """Throw what is found at the bench: the service of a sure quote, or one of those an unclear fault may come to."""
        one, quote = booked.broken[place], booked.quotes[place]
        open_ones = one.wish.basis.open
        service = next(iter(one.services))
        if open_ones:
            fault = next(iter(open_ones))
            service = booked.dice.weigh({code: float(share) for code, share in self.world.known.likely(fault, one.device).items()})
        known = self.world.known.services[service]
        return Facts(
            minutes=quote.duration_minutes,
            service=service,
            unclear=bool(open_ones),
            needs_part=known.needs_part,
            quick=known.while_you_wait,
            by_post=booked.order.arrival == MAIL_IN,
            hard=service in _HARD,
        )

    def _staff(self, booked: Booked, at: datetime) -> Principal:
        return Principal("staff", self.world.somebody(booked.dice, at))

    def _when(self, booked: Booked, at: datetime) -> datetime:
        """Return when something is done about a booking: staff do it while the shop is open."""
        return self.world.hours.before(at) if booked.who.kind == "staff" else at

    def _write(self, booked: Booked, seat: Seat, agreed: datetime) -> None:
        order, booking = booked.order, booked.booking
        self.ledger.keep(order, booking, *booked.repairs)
        for place, quote in enumerate(booked.quotes):
            live = booking.state != CANCELLED
            self.ledger.add(BookedQuote, booking_id=booking.id, quote_id=quote.id, position=place, live=live)
        if booking.state != CANCELLED and order.arrival != MAIL_IN:
            starts_at, ends_at = self.diary.take(seat)
            self.ledger.add(
                Occupancy,
                id=booked.dice.id(order.created_at),
                bench=seat.place.bench,
                technician=seat.place.technician,
                during=Range(starts_at, ends_at),
                holder_id=booking.id,
                expires_at=None,
                created_at=agreed,
            )
