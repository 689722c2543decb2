"""Whatever staff, customer, assistant and network do, in whatever order and at once: no word of the assistant while a person has the
conversation, no deed of it either, and every message that was acknowledged is there once."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select

from backend.conversations import handover, notes, passing, plain_turns, rendering, service, turns, words
from backend.conversations.errors import ConversationTaken
from backend.conversations.models import Conversation, Deed, Message, Note
from backend.conversations.replies import Handoff, Lease, Outcome, Reply
from backend.conversations.schemas import Incoming, StaffReply
from backend.conversations.staff_schemas import NewNote, Transfer
from backend.core.errors import Refusal
from backend.core.principal import Principal
from backend.core.site import Site
from backend.identity import presence, visitors
from backend.identity.authenticate import visitor_principal
from backend.identity.models import Presence
from backend.identity.roles import included
from backend.identity.staff import create_staff
from tests.conftest import PASSWORD, MovableClock

EVENTS = (
    *("say", "say", "say", "say_again", "choose", "lease", "lease", "answer", "answer", "answer_again", "hand_off", "fail", "deed"),
    *("take", "take", "take_blindly", "reply", "reply", "reply_again", "note", "note_again", "release", "resolve", "transfer", "requeue"),
    *("snooze", "vanish", "later"),
)
#: Words that end a person's stretch.
ENDS = ("has left the conversation", "This conversation is closed", "has been called away", "has passed this on to a colleague")
BEGINS = ("has joined the conversation", "is with you now")


@dataclass
class Stage:
    """One conversation, two technicians, and everything that was acknowledged."""

    site: Site
    clock: MovableClock
    conversation_id: UUID
    customer: Principal
    staff: list[Principal]
    dice: random.Random
    leases: list[Lease] = field(default_factory=list)
    said: dict[str, tuple[str, Incoming]] = field(default_factory=dict)
    replied: dict[str, tuple[Principal, StaffReply]] = field(default_factory=dict)
    noted: dict[str, tuple[Principal, NewNote]] = field(default_factory=dict)
    deeds: int = 0

    async def do(self, event: str) -> None:
        """One event; a refusal is an answer like another."""
        deed: Callable[[], Awaitable[None]] = getattr(self, event)
        try:
            await deed()
        except Refusal:
            return

    async def now(self) -> Conversation:
        async with self.site.at_once() as session:
            return await session.get_one(Conversation, self.conversation_id, populate_existing=True)

    def anybody(self) -> Principal:
        return self.dice.choice(self.staff)

    async def owner(self) -> Principal:
        one = await self.now()
        return next((who for who in self.staff if who.id == one.technician_id), self.anybody())

    async def say(self) -> None:
        incoming = Incoming(client_id=str(uuid4()), text=f"word {self.dice.random()}")
        await self._send(incoming)

    async def say_again(self) -> None:
        if self.said:
            await self._send(self.dice.choice(list(self.said.values()))[1])

    async def _send(self, incoming: Incoming) -> None:
        async with self.site.at_once(self.customer) as session:
            stored = await service.accept_plain(session, self.conversation_id, incoming)
        if stored is None:
            async with self.site.work(self.customer) as session:
                stored = await service.accept(session, self.conversation_id, incoming)
        known = self.said.setdefault(incoming.client_id, (str(stored.message.id), incoming))
        assert known[0] == str(stored.message.id), "the same message again is the same message"

    async def choose(self) -> None:
        async with self.site.at_once() as session:
            open_ones = (await session.scalars(select(Message).where(Message.conversation_id == self.conversation_id, Message.open))).all()
        ids = [one for message in open_ones for one, offer in (message.offers or {}).items() if "fields" not in offer]
        if ids:
            incoming = Incoming(client_id=str(uuid4()), choice=self.dice.choice(ids))
            await self._send(incoming)

    async def lease(self) -> None:
        async with self.site.at_once() as session:
            held = await plain_turns.lease(session, self.conversation_id)
        if held is None:
            async with self.site.work() as session:
                held = await turns.lease(session, self.conversation_id)
        if held is not None:
            self.leases.append(held)

    async def answer(self, outcome: Outcome | None = None) -> None:
        if not self.leases:
            return
        held = self.dice.choice(self.leases[-3:])
        offer = rendering.render("Shall I?", [{"type": "choices", "choices": [{"title": "Yes", "payload": "/affirm"}]}])
        outcome = outcome or Outcome(replies=(Reply(f"answer of turn {held.turn_id}"), offer), state={"version": 1})
        async with self.site.at_once() as session:
            if await plain_turns.add_replies(session, held, outcome):
                return
        async with self.site.work() as session:
            await turns.add_replies(session, held, outcome)

    async def answer_again(self) -> None:
        await self.answer()

    async def hand_off(self) -> None:
        wish = Handoff("customer_asked", {}, lambda place: Reply(words.waiting(place, opens=None)))
        await self.answer(Outcome(replies=(Reply("I will ask a colleague."),), state={"version": 1}, handoff=wish))

    async def fail(self) -> None:
        await self.answer(Outcome(replies=(Reply("I am sorry."),), failed=True))

    async def deed(self) -> None:
        if not self.leases:
            return
        held = self.dice.choice(self.leases[-3:])
        who = Principal("turn", visitor_id=held.visitor_id, conversation_id=held.conversation_id, epoch=held.epoch, turn_id=held.turn_id)
        async with self.site.work(who) as session:
            await turns.fence_deed(session, who)
            one = await session.get_one(Conversation, self.conversation_id, populate_existing=True)
            assert (one.owner, one.epoch) == ("bot", held.epoch)
            self.deeds += 1
            await turns.record_deed(session, who, "create_booking", {"reference": f"RT-{self.deeds:05}"})

    async def take(self) -> None:
        epoch = (await self.now()).epoch
        async with self.site.work(self.anybody()) as session:
            await handover.take(session, self.conversation_id, epoch=epoch)

    async def take_blindly(self) -> None:
        async with self.site.work(self.anybody()) as session:
            await handover.take(session, self.conversation_id, epoch=self.dice.randint(0, 5))

    async def reply(self) -> None:
        said = StaffReply(client_id=str(uuid4()), text=f"reply {self.dice.random()}", epoch=(await self.now()).epoch)
        await self._reply(await self.owner(), said)

    async def reply_again(self) -> None:
        if self.replied:
            await self._reply(*self.dice.choice(list(self.replied.values())))

    async def _reply(self, who: Principal, said: StaffReply) -> None:
        async with self.site.work(who) as session:
            await handover.reply(session, self.conversation_id, said)
        self.replied[said.client_id] = (who, said)

    async def note(self) -> None:
        wish = NewNote(
            conversation=str(self.conversation_id),
            epoch=(await self.now()).epoch,
            client_id=str(uuid4()),
            text=f"note {self.dice.random()}",
        )
        await self._note(self.anybody(), wish)

    async def note_again(self) -> None:
        if self.noted:
            await self._note(*self.dice.choice(list(self.noted.values())))

    async def _note(self, who: Principal, wish: NewNote) -> None:
        async with self.site.work(who) as session:
            await notes.add(session, wish)
        self.noted[wish.client_id] = (who, wish)

    async def release(self) -> None:
        one = await self.now()
        async with self.site.work(await self.owner()) as session:
            await handover.release(session, self.conversation_id, epoch=one.epoch, told=self.dice.choice((None, "it is the other one")))

    async def resolve(self) -> None:
        one = await self.now()
        async with self.site.work(await self.owner()) as session:
            await handover.resolve(session, self.conversation_id, epoch=one.epoch)

    async def transfer(self) -> None:
        to = self.anybody()
        wish = Transfer(conversation=str(self.conversation_id), epoch=(await self.now()).epoch, to=str(to.id), note="yours")
        async with self.site.work(await self.owner()) as session:
            await passing.transfer(session, self.conversation_id, wish)

    async def requeue(self) -> None:
        wish = Transfer(conversation=str(self.conversation_id), epoch=(await self.now()).epoch, skill=self.dice.choice((None, "liquid")))
        async with self.site.work(await self.owner()) as session:
            await passing.transfer(session, self.conversation_id, wish)

    async def snooze(self) -> None:
        one = await self.now()
        async with self.site.work(await self.owner()) as session:
            until = session.now() + timedelta(minutes=5)
            await passing.snooze(session, self.conversation_id, epoch=one.epoch, until=until)

    async def vanish(self) -> None:
        one = await self.now()
        if one.technician_id is None:
            return
        async with self.site.work() as session:
            await session.execute(delete(Presence).where(Presence.staff_id == one.technician_id))
        async with self.site.work() as session:
            await passing.give_up(session, self.conversation_id)
        async with self.site.work() as session:
            await presence.come(session, one.technician_id)

    async def later(self) -> None:
        self.clock.move(seconds=13)

    async def check(self) -> None:
        """What must hold at every moment."""
        async with self.site.at_once() as session:
            one = await session.get_one(Conversation, self.conversation_id, populate_existing=True)
            told = (await session.scalars(select(Message).where(Message.conversation_id == one.id).order_by(Message.seq))).all()
            written = (await session.scalars(select(Note.client_id).where(Note.conversation_id == one.id))).all()
            numbers = (await session.scalars(select(Note.number).where(Note.conversation_id == one.id).order_by(Note.number))).all()
            deeds = await session.scalar(select(func.count()).select_from(Deed).where(Deed.conversation_id == one.id))
        assert [message.seq for message in told] == list(range(1, one.seq + 1)), "a gap"
        assert len({message.rev for message in told}) == len(told) and max((m.rev for m in told), default=0) <= one.rev
        assert list(numbers) == list(range(1, one.note + 1)) and set(self.noted) <= set(written)
        by_client = {message.client_id: message for message in told if message.client_id}
        acked = {client_id: incoming.text for client_id, (_, incoming) in self.said.items()}
        acked |= {client_id: said.text for client_id, (_, said) in self.replied.items()}
        assert set(by_client) == set(acked), "lost, or stored and refused"
        assert all(text is None or by_client[client_id].text == text for client_id, text in acked.items())
        answers = [message.text for message in told if message.text.startswith("answer of turn")]
        assert len(answers) == len(set(answers)), "an answer twice"
        assert deeds == self.deeds
        inside = False
        for message in told:
            if any(line in message.text for line in ENDS):
                inside = False
            assert not (inside and message.author_kind == "bot"), f"{message.text!r} while a person has it"
            if message.author_kind == "system" and any(line in message.text for line in BEGINS):
                inside = True


async def begin(site: Site, clock: MovableClock, people: list[Principal], seed: int) -> Stage:
    async with site.work() as session:
        visitor, _ = await visitors.open(session, None)
        conversation = await service.open_conversation(session, visitor.id)
        for who in people:
            assert who.id is not None
            await presence.come(session, who.id)
    return Stage(site, clock, conversation.id, visitor_principal(visitor), people, random.Random(seed))


@pytest.fixture
async def people(site: Site) -> list[Principal]:
    """Two technicians; the second is a manager as well."""
    found = []
    async with site.work() as session:
        for role in ("technician", "manager"):
            known = await create_staff(session, email=f"{role}@example.com", name=f"Sam {role}", role=role, password=PASSWORD)  # type: ignore[arg-type]
            found.append(Principal("staff", id=known.id, roles=included(role), name=known.name))
    return found


MOMENTS = st.lists(st.lists(st.sampled_from(EVENTS), min_size=1, max_size=3), min_size=5, max_size=40)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(moments=MOMENTS, seed=st.integers(0, 2**32))
async def test_hands_words_and_deeds(site: Site, clock: MovableClock, people: list[Principal], moments: list[list[str]], seed: int) -> None:
    stage = await begin(site, clock, people, seed)
    for at_once in moments:
        results = await asyncio.gather(*(stage.do(event) for event in at_once), return_exceptions=True)
        faults: list[Any] = [one for one in results if isinstance(one, BaseException) and not isinstance(one, ConversationTaken)]
        assert not faults, faults
        await stage.check()
