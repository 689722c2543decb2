"""Conversations of the year: those that led to orders, questions in passing, and those a technician took over."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.capacity.hours import next_opening
from backend.capacity.words import slot_label
from backend.conversations import words
from backend.conversations.words import REASONS
from backend.core.money import Money
from backend.core.principal import Principal
from backend.files.events import PhotosSent
from backend.pricing import together
from backend.pricing.models import Quote
from backend.pricing.schemas import QuoteAnswer
from backend.repairs.models import OrderPhoto
from backend.repairs.stages import LABELS
from revivatech.demo import scripts
from revivatech.demo.dice import Dice
from revivatech.demo.guests import Guest, Guests
from revivatech.demo.ledger import Ledger
from revivatech.demo.letters import Booked
from revivatech.demo.offers import Broken, Offers
from revivatech.demo.photos import Drawn
from revivatech.demo.records import Records
from revivatech.demo.scripts import Story
from revivatech.demo.talk import Talk
from revivatech.demo.world import World

ASKS_LATER, THANKS = 0.22, 0.5
#: A day so many look in without booking, and so many want a person.
PASSING, PEOPLE = 0.55, 0.17
_SOON = (0.05, 0.6)
#: Photos come with the orders of the last weeks, where somebody will look at them.
PHOTOS = timedelta(days=24)


@dataclass
class Chats:
    """Everybody's conversation with us."""

    world: World
    offers: Offers
    guests: Guests
    ledger: Ledger
    records: Records
    #: What is still to be sent, the newest orders' first.
    photos: list[Drawn]
    _talks: dict[UUID, Talk] = field(default_factory=dict)

    def of(self, dice: Dice, guest: Guest, at: datetime) -> Talk:
        """Return the conversation of a browser, begun if there is none."""
        if guest.visitor_id is None:
            raise ValueError("whoever came to the counter has no conversation")
        guest.conversation_id = guest.conversation_id or dice.id(at)
        if guest.conversation_id not in self._talks:
            self._talks[guest.conversation_id] = Talk(dice, guest.conversation_id, guest.visitor_id, at, self.ledger, self.records)
        return self._talks[guest.conversation_id]

    def booked(self, booked: Booked) -> None:
        """Let somebody book in the chat, and perhaps ask how it goes."""
        dice, quotes, order = booked.dice, booked.quotes, booked.order
        at = quotes[0].created_at - dice.minutes(0.3, 1)
        talk = self.of(dice, booked.guest, at)
        photo = self._photo(booked)
        for one in booked.broken:
            self._priced(talk, dice, one, one.quote.created_at, photo if one is booked.broken[0] else None, order.id)
        at = quotes[-1].created_at
        label = slot_label(booked.first_starts_at, self.world.zone)
        who = booked.guest.person
        total = together.total(quotes)
        steps = [
            (dice.pick(scripts.GO_ON), scripts.TIMES.format(times=f"1. {label}")),
            (label.lower(), scripts.HELD.format(label=label)),
            (
                f"{who.name}, {who.email}",
                scripts.READ_BACK.format(what=together.devices(quotes), label=label, who=f"{who.name}, {who.email}", total=total),
            ),
        ]
        pause = (order.created_at - at) / (len(steps) + 1)
        for number, (said, answer) in enumerate(steps, 1):
            self._exchange(talk, dice, at + pause * number, said, answer)
        talk.row.contact = {"name": who.name, "email": who.email}
        talk.customer(order.created_at - timedelta(seconds=2), "Book it")
        done = scripts.BOOKED.format(label=label, device=together.devices(quotes), reference=order.reference, email=who.email)
        talk.bot(order.created_at + timedelta(milliseconds=400), done, did=("create_booking", order.reference))
        if dice.chance(THANKS):
            self._exchange(talk, dice, order.created_at + dice.minutes(0.1, 0.5), dice.pick(scripts.DONE), dice.pick(scripts.WELCOME))
        if len(booked.went) > 1 and dice.chance(ASKS_LATER):
            self._asks(talk, booked)

    def pass_by(self) -> None:
        """Let people ask in passing, and some of them want a person; two of them wait now, and one is being answered."""
        days = (self.world.now - self.world.opened).days
        for number in range(int(days * PASSING)):
            dice = Dice.named("passing", number)
            self._passing(dice, self.world.awake(dice, self.world.midnight))
        for number in range(int(days * PEOPLE)):
            dice = Dice.named("people", number)
            at = self.world.hours.before(self.world.awake(dice, self.world.midnight - timedelta(days=1)))
            self._story(dice, dice.pick(scripts.STORIES), at)
        evening = self.world.midnight - timedelta(minutes=95)
        for number, story in enumerate(scripts.STORIES[1:3]):
            self._story(Dice.named("waits", number), story, evening + timedelta(minutes=25 * number), until=0)
        self._story(
            Dice.named("answered"), scripts.STORIES[0], self.world.hours.before(self.world.midnight) - timedelta(minutes=40), until=2
        )

    def write(self) -> None:
        """Write all of them down."""
        for talk in self._talks.values():
            talk.write()

    def _passing(self, dice: Dice, at: datetime) -> None:
        guest = self.guests.look_in(dice, at)
        talk = self.of(dice, guest, at)
        if dice.chance(0.55):
            broken = self.offers.break_one(dice, at + timedelta(seconds=50), talk_principal(guest))
            if broken is not None:
                self.offers.keep(dice, broken, talk_principal(guest))
                self._priced(talk, dice, broken, broken.quote.created_at)
                self._exchange(
                    talk, dice, broken.quote.created_at + dice.minutes(0.5, 3), dice.pick(scripts.NOT_NOW), dice.pick(scripts.WELCOME)
                )
        else:
            for question, answer in dice.sample(scripts.QUESTIONS, dice.randint(1, 2)):
                at += dice.minutes(0.4, 1.5)
                self._exchange(talk, dice, at, question, answer)
        guest.seen = talk.last

    def _story(self, dice: Dice, story: Story, at: datetime, *, until: int | None = None) -> None:
        """Tell a story to its end, or until so many of its turns have happened."""
        guest = self.guests.look_in(dice, at)
        talk = self.of(dice, guest, at)
        self._exchange(talk, dice, at, story.opening, story.bot)
        at = talk.last
        opens = next_opening(self.world.calendar, at)
        title = slot_label(opens, self.world.zone) if opens else None
        talk.hand_off(at, story.reason, REASONS[story.reason], story.opening, words.waiting(1, opens=title), shop_open=opens is None)
        guest.seen = talk.last
        if until == 0:
            return
        at = self.world.hours.after(at, dice.minutes(1, 25))
        who = self.world.colleague(self.world.somebody(dice, at))
        first_name = who[1].split()[0]
        talk.take(at, who[0], first_name)
        for number, said in enumerate(story.turns[:until]):
            at += dice.minutes(0.7, 5)
            if number % 2 == 0:
                talk.technician(at, who[0], first_name, said)
            else:
                talk.customer(at, said)
        if until is None:
            at += dice.minutes(0.5, 4)
            if dice.chance(0.4):
                talk.release(at, who[0], first_name)
            else:
                talk.resolve(at, who[0])
        guest.seen = talk.last

    def _priced(
        self, talk: Talk, dice: Dice, broken: Broken, at: datetime, photo: Drawn | None = None, order_id: UUID | None = None
    ) -> None:
        device, faults = broken.quote.device_name, [fault["code"] for fault in broken.quote.faults]
        told = scripts.TOLD.get(faults[0], scripts.PHRASE)
        phrase = " and ".join(self.world.known.faults[code].phrase for code in faults)
        said, answer = dice.pick(told).format(device=device, phrase=phrase), quote_words(broken.quote, self.world)
        asked_at = max(at - dice.minutes(*_SOON), talk.last)
        if photo is not None and order_id is not None:
            self._with_photo(talk, dice, asked_at, said, photo, order_id)
            answer = f"{scripts.PHOTO_THANKS} {answer}"
        else:
            talk.customer(asked_at, said)
        talk.bot(at + timedelta(milliseconds=300), answer, [quote_part(broken.quote)])

    def _photo(self, booked: Booked) -> Drawn | None:
        """Return a photo for somebody whose broken screen is worth one."""
        first = booked.broken[0]
        fits = first.device.category == "phone" and first.quote.faults[0]["code"] == "screen_cracked"
        recent = booked.order.created_at > self.world.midnight - PHOTOS
        return self.photos.pop() if self.photos and fits and recent else None

    def _with_photo(self, talk: Talk, dice: Dice, at: datetime, said: str, photo: Drawn, order_id: UUID) -> None:
        file = photo.file(dice.id(at), talk.row.visitor_id, created_at=at, sent_at=at)
        file.message_id = talk.customer(at, f"{said}\n{words.photos(1, [photo.alt] if photo.alt else [])}", [photo.part()])
        self.ledger.keep(file)
        self.ledger.add(OrderPhoto, order_id=order_id, file_id=file.id, public=True, added_at=at)
        self.records.event(dice, at, PhotosSent(message_id=file.message_id))

    def _asks(self, talk: Talk, booked: Booked) -> None:
        dice = booked.dice
        number = dice.randrange(len(booked.went) - 1)
        since, stage = booked.went[number]
        at = since + (booked.went[number + 1][0] - since) * dice.random()
        device, reference = booked.quotes[0].device_name, booked.order.reference
        answer = scripts.STANDS.format(
            device=device, reference=reference, stage=LABELS[stage].lower(), since=slot_label(since, self.world.zone)
        )
        self._exchange(talk, dice, at, dice.pick(scripts.NEWS).format(device=device, reference=reference), answer)
        booked.guest.seen = max(booked.guest.seen or at, talk.last)

    @staticmethod
    def _exchange(talk: Talk, dice: Dice, at: datetime, said: str, answer: str) -> None:
        talk.customer(at, said)
        talk.bot(at + timedelta(milliseconds=dice.randint(250, 900)), answer)


def talk_principal(guest: Guest) -> Principal:
    """Return the assistant's turn in somebody's conversation."""
    return Principal("turn", visitor_id=guest.visitor_id, conversation_id=guest.conversation_id)


def quote_part(quote: Quote) -> dict[str, Any]:
    """Return the card a quote is shown on."""
    return {"type": "quote", **QuoteAnswer.of(quote).model_dump(mode="json")}


def quote_words(quote: Quote, world: World) -> str:
    """Return a quote as the assistant says it."""

    def money(minor: int | None) -> str:
        return str(Money(minor or 0, quote.currency))

    spread = together.spread([quote])
    lines: Sequence[str] = [f"{line.label}: {money(line.amount_minor)}" for line in quote.lines]
    return (scripts.RANGE if spread else scripts.PRICE).format(
        device=quote.device_name,
        faults=", ".join(fault["label"].lower() for fault in quote.faults),
        total=money(quote.total_minor),
        lines="\n".join(lines),
        duration=quote.duration_minutes,
        until=slot_label(quote.valid_until, world.zone).split(",")[0],
        low=spread[0] if spread else "",
        high=spread[1] if spread else "",
    )
