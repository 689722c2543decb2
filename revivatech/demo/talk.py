"""One conversation of the past, written as the real one is: every word takes the next number, every hand-over a new epoch."""

from datetime import datetime
from typing import Any
from uuid import UUID

from backend.conversations import rules, words
from backend.conversations.models import Conversation, Deed, Message, ReadPosition
from backend.conversations.replies import ASSISTANT
from backend.core.principal import Principal
from revivatech.demo.dice import Dice
from revivatech.demo.ledger import Ledger
from revivatech.demo.records import Records


class Talk:
    """All that one visitor and the shop have said."""

    def __init__(self, dice: Dice, conversation_id: UUID, visitor_id: UUID, opened_at: datetime, ledger: Ledger, records: Records) -> None:
        self.dice, self._ledger, self._records = dice, ledger, records
        self.row = Conversation(
            id=conversation_id,
            visitor_id=visitor_id,
            owner="bot",
            contact={},
            episode=1,
            epoch=1,
            opened_at=opened_at,
            changed_at=opened_at,
        )
        self.row.rev = self.row.seq = self.row.asked_seq = self.row.answered_seq = 0
        self.row.turn_tries = self.row.failures = self.row.priority = 0
        self._turn = dice.id(opened_at)
        self._heard: tuple[UUID, int] | None = None

    @property
    def last(self) -> datetime:
        """When something was said last."""
        return self.row.changed_at

    def customer(self, at: datetime, text: str, parts: list[dict[str, Any]] | None = None) -> UUID:
        """Let the customer write; returns the message's id."""
        if self.row.owner == "closed":
            self.row.move("customer_writes", at)
        said = self._say(
            at,
            "customer",
            text,
            parts,
            author_id=self.row.visitor_id,
            client_id=f"m-{self.dice.getrandbits(64):016x}",
            body_hash=rules.body_hash("customer", {"text": text}),
        )
        if self.row.owner == "bot":
            self.row.asked_seq, self._turn = self.row.seq, self.dice.id(at)
        return said

    def bot(self, at: datetime, text: str, parts: list[dict[str, Any]] | None = None, *, did: tuple[str, str] | None = None) -> None:
        """Let the assistant answer all that was asked; `did` names a deed of the turn and its reference."""
        if did is not None:
            operation, reference = did
            self._ledger.add(
                Deed,
                id=self.dice.id(at),
                conversation_id=self.row.id,
                turn_id=self._turn,
                operation=operation,
                reference=reference,
                at=at,
                told=True,
            )
        self._say(at, "bot", text, parts, author_name=ASSISTANT, turn_id=self._turn)
        self.row.answered_seq = self.row.asked_seq

    def news(self, at: datetime, once: str, text: str, parts: list[dict[str, Any]]) -> None:
        """Let the shop write by itself."""
        self._say(at, "bot", text, parts, author_name=ASSISTANT, client_id=once)

    def hand_off(self, at: datetime, reason: str, why: str, summary: str, waiting: str, *, shop_open: bool) -> None:
        """Let the customer wait for a person."""
        self.row.answered_seq = self.row.asked_seq
        self.row.move("handoff", at)
        self.row.handoff = {"reason": reason, "summary": summary[:500], "why": why, "contact": self.row.contact, "shop_open": shop_open}
        self._say(at, "bot", waiting, None, author_name=ASSISTANT, turn_id=self._turn)
        who = Principal("system")
        self._records.audit(self.dice, at, who, "conversation.handoff", self.row.id, reason=reason)

    def take(self, at: datetime, staff_id: UUID, name: str) -> None:
        """Let a technician take over."""
        self.row.move("take", at, technician_id=staff_id)
        self._say(at, "system", words.taken(name), None)
        self._audit(at, "taken", staff_id)

    def technician(self, at: datetime, staff_id: UUID, name: str, text: str) -> None:
        """Let the technician write."""
        self._say(
            at,
            "technician",
            text,
            None,
            author_id=staff_id,
            author_name=name,
            client_id=f"t-{self.dice.getrandbits(64):016x}",
            body_hash=rules.body_hash(f"technician:{staff_id}", {"text": text}),
        )
        self._heard = staff_id, self.row.seq

    def release(self, at: datetime, staff_id: UUID, name: str) -> None:
        """Let the technician give it back to the assistant."""
        self.row.move("release", at)
        self.row.answered_seq = self.row.asked_seq = self.row.seq
        self._say(at, "system", words.RELEASED.format(name=name), None)
        self._audit(at, "released", staff_id)

    def resolve(self, at: datetime, staff_id: UUID) -> None:
        """Let the technician close it."""
        self.row.move("resolve", at)
        self._say(at, "system", words.RESOLVED, None)
        self._audit(at, "resolved", staff_id)

    def write(self) -> None:
        """Write it down."""
        if self.row.seq == 0:
            return
        self._ledger.keep(self.row)
        marks = [("customer", self.row.visitor_id, self.row.seq)] + ([("technician", *self._heard)] if self._heard else [])
        for kind, reader, seq in marks:
            self._ledger.add(ReadPosition, conversation_id=self.row.id, reader_kind=kind, reader_id=reader, seq=seq, at=self.last)

    def _audit(self, at: datetime, how: str, staff_id: UUID) -> None:
        self._records.audit(self.dice, at, Principal("staff", staff_id), f"conversation.{how}", self.row.id, epoch=self.row.epoch)

    def _say(self, at: datetime, author_kind: str, text: str, parts: list[dict[str, Any]] | None, **fields: Any) -> UUID:
        self.row.seq += 1
        self.row.rev += 1
        self.row.changed_at = at = max(at, self.row.changed_at)
        said = self.dice.id(at)
        self._ledger.add(
            Message,
            id=said,
            conversation_id=self.row.id,
            episode=self.row.episode,
            seq=self.row.seq,
            rev=self.row.rev,
            author_kind=author_kind,
            at=at,
            text=text,
            parts=parts or [],
            open=False,
            **fields,
        )
        return said
