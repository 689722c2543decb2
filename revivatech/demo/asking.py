"""Prices asked of staff: repairs the book has none for, answered by hand, declined, or still waiting."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from backend.capacity.hours import worked
from backend.capacity.words import slot_label
from backend.core.principal import Principal
from backend.devices.catalogue import Device
from backend.notifications.price_answers import in_words
from backend.pricing import rules
from backend.pricing.basis import ByHand, HandLine
from backend.pricing.errors import NoPrice, NothingToQuote
from backend.pricing.events import PriceRequestAnswered
from backend.pricing.models import PriceRequest
from backend.pricing.service import Owner, Wish
from revivatech.demo import scripts
from revivatech.demo.chats import Chats, quote_part, talk_principal
from revivatech.demo.dice import Dice
from revivatech.demo.guests import Guest
from revivatech.demo.offers import Offers
from revivatech.demo.records import Records
from revivatech.demo.world import World

#: A day so many ask, and how the answers fall; the last evenings' questions still wait.
A_DAY, DECLINED, WITH_MAIL = 0.17, 0.24, 0.6
WAITING = (timedelta(minutes=43), timedelta(minutes=187), timedelta(minutes=1571), timedelta(minutes=4411))
#: Faults, and the service each mostly comes to, whose parts the book most often lacks.
_FAULTS = {
    "face_or_fingerprint": "biometric_sensor",
    "back_glass": "housing",
    "screen_cracked": "screen",
    "battery_drains": "battery",
    "speaker": "speaker",
    "wifi_bluetooth": "antenna_wifi",
    "buttons": "buttons",
}
_TRIES = 40


@dataclass
class Asking:
    """Writes them."""

    world: World
    offers: Offers
    chats: Chats
    records: Records
    _gaps: dict[int, dict[str, list[Device]]] = field(default_factory=dict)

    def write(self) -> None:
        """Write the year's questions."""
        days = (self.world.now - self.world.opened).days
        for number in range(int(days * A_DAY)):
            dice = Dice.named("asking", number)
            self._ask(dice, self.world.awake(dice, self.world.midnight - timedelta(days=4)), waits=False)
        for number, ago in enumerate(WAITING):
            self._ask(Dice.named("asked", number), self.world.midnight - ago, waits=True)

    def _ask(self, dice: Dice, at: datetime, *, waits: bool) -> None:
        wish = next(self._unpriced(dice, at), None)
        if wish is None:
            return
        guest = self.chats.guests.look_in(dice, at)
        talk = self.chats.of(dice, guest, at)
        who = talk_principal(guest)
        services = [{"code": work.code, "label": work.label} for work in wish.basis.works]
        row = PriceRequest(
            id=dice.id(at),
            state="open",
            device_slug=wish.device.slug,
            device_name=wish.device.name,
            faults=wish.faults,
            services=services,
            missing=[work.code for work in wish.basis.works if not work.priced],
            urgency=wish.basis.urgency,
            visitor_id=guest.visitor_id,
            conversation_id=guest.conversation_id,
            asked_at=at,
            due_at=worked(self.world.calendar, at, timedelta(hours=self.offers.settings.answer_hours)) or at + timedelta(days=3),
        )
        if dice.chance(WITH_MAIL):
            row.name, row.email = guest.person.name, guest.person.email
        faults = ", ".join(fault["label"].lower() for fault in wish.faults)
        talk.customer(at - timedelta(seconds=40), f"can you fix {faults} on a {wish.device.name}?")
        talk.bot(at - timedelta(seconds=39), scripts.NO_PRICE.format(device=wish.device.name, faults=faults))
        talk.customer(at - timedelta(seconds=1), "yes please")
        talk.bot(at, scripts.PROMISED.format(device=wish.device.name, label=slot_label(row.due_at, self.world.zone)))
        self.records.audit(dice, at, who, "price.asked", row.id, device=row.device_slug, missing=row.missing)
        if not waits:
            self._answer(dice, row, wish, guest)
        self.records.ledger.keep(row)
        guest.seen = talk.last

    def _answer(self, dice: Dice, row: PriceRequest, wish: Wish, guest: Guest) -> None:
        at = self.world.hours.after(row.asked_at, dice.minutes(15, 230))
        who, quote = Principal("staff", self.world.somebody(dice, at)), None
        row.answered_at, row.answered_by = at, who.id
        if dice.chance(DECLINED):
            row.state, row.reason = "declined", dice.pick(scripts.WHY_DECLINED)
        else:
            row.state, row.reason = "priced", dice.pick(scripts.WHY_PRICED)
            work = wish.basis.works[0]
            part, labour = dice.randrange(1900, 11900, 500) - 1, dice.randrange(2900, 6900, 500)
            made = ByHand(
                lines=(
                    HandLine(label=f"{work.label}: part", amount_minor=part),
                    HandLine(label=f"{work.label}: labour", amount_minor=labour),
                ),
                reason=row.reason,
                services=tuple((one["code"], one["label"]) for one in row.services),
                minutes=dice.choice((45, 60, 90, 120)),
                warranty_months=dice.choice((3, 6, 12)),
            )
            fresh = self.offers.wish(row.device_slug, [fault["code"] for fault in row.faults], "standard", at)
            by_hand = Wish(
                fresh.device, fresh.faults, fresh.basis.model_copy(update={"by_hand": made}), fresh.book_version, fresh.catalogue_version
            )
            quote = self.offers.by_hand(dice, at, by_hand, Owner(row.visitor_id, row.conversation_id, who.id), who)
            row.quote_id = quote.id
        self.records.audit(dice, at, who, f"price.{row.state}", row.id, device=row.device_slug, reason=row.reason)
        self.records.event(dice, at, PriceRequestAnswered(request_id=row.id))
        talk = self.chats.of(dice, guest, at)
        talk.news(at, f"price:{row.id}", in_words(row, quote, self.world.zone), [quote_part(quote)] if quote else [])
        if row.email:
            self.records.mail(
                dice,
                at,
                "price_answered",
                row.email,
                guest.greeting,
                f"price_answered:{row.id}",
                {"request_id": str(row.id)},
                conversation_id=row.conversation_id,
            )

    def _unpriced(self, dice: Dice, at: datetime) -> Iterator[Wish]:
        book, known = self.world.book(at), self.world.known
        if book.version not in self._gaps:
            self._gaps[book.version] = {
                fault: [
                    device
                    for device in known.devices.values()
                    if not device.retired and known.faults[fault].possible_on(device) and known.services[service].possible_on(device)
                    if not book.part(device, known.services[service])
                ]
                for fault, service in _FAULTS.items()
            }
        for _ in range(_TRIES):
            fault = dice.pick([*_FAULTS])
            sold = [device for device in self._gaps[book.version][fault] if device.year < at.year]
            if not sold:
                continue
            device = dice.pick(sold)
            wish = self.offers.wish(device.slug, [fault], "standard", at)
            try:
                rules.price(wish.basis)
            except NoPrice:
                yield wish
            except NothingToQuote:
                continue
