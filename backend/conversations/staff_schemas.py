"""What the desk may send, and what it is shown."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from backend.conversations.schemas import AtEpoch, ClientId, FileId, MessageView, Opens, Owner, PresenceView, Seq, StaffReply
from backend.core.schema import Answer, Moment, Strict

Ref = FileId  # ids travel as text everywhere
SkillName = Annotated[str, Field(min_length=1, max_length=40)]
Text = Annotated[str, Field(max_length=20_000)]  # the rule's own limit says it better


class About(Strict):
    """An event about a conversation, in whosever hands it is."""

    conversation: Ref


class Move(About, AtEpoch):
    """An event that holds only while the conversation is as its sender believes."""


class DeskSync(About):
    """Ask for everything new and changed after a revision, and for the notes after a number."""

    after_rev: Seq
    after_note: Seq
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class DeskMessage(About, StaffReply):
    """A technician's message to the customer."""

    def reply(self) -> StaffReply:
        """The message as the HTTP twin takes it."""
        return StaffReply(**self.model_dump(exclude={"conversation"}))


class NewNote(Move):
    """A note for the staff alone."""

    client_id: ClientId
    text: Text
    mentions: Annotated[list[Ref], Field(max_length=20)] = []

    def body(self) -> dict[str, Any]:
        """What makes this note the one it is, besides its client id."""
        return {"text": self.text, "mentions": self.mentions}


class Transfer(Move):
    """To a colleague, or back into the queue for whoever has a skill (null: for anybody)."""

    to: Ref | None = None
    skill: SkillName | None = None
    note: Text | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> "Transfer":
        if len({"to", "skill"} & self.model_fields_set) != 1 or ("to" in self.model_fields_set and self.to is None):
            raise ValueError("name exactly one of to and skill")
        return self


class Release(Move):
    """Back to the assistant; `told` is what has changed or was agreed, in words it reads as it reads a customer's."""

    told: Annotated[str, Field(max_length=500)] | None = None


class Snooze(Move):
    """Until when it shall be out of sight; null wakes it."""

    until: Moment | None


class DeskTyping(Move):
    """The technician has begun or stopped typing."""

    on: bool


class DeskRead(Move):
    """Everything up to this message has been read."""

    seq: Seq


class StatusMark(Strict):
    """Whether colleagues and customers may count on this technician just now."""

    status: Literal["here", "away"]


class Beat(Strict):
    """The desk is still there."""


class Person(Answer):
    """Somebody of the staff, by name."""

    id: UUID
    name: str


class Member(Person):
    """Somebody of the staff, and whether they are there."""

    role: Literal["technician", "manager", "admin"]
    skills: list[str]
    status: Literal["here", "away", "gone"]
    #: How many conversations they have, snoozed ones left out.
    chats: int


class Contact(Answer):
    """What the customer typed into our forms."""

    name: str | None
    email: str | None
    phone: str | None


class Fact(Answer):
    """One thing the assistant knows."""

    label: str
    value: str


class HandoffView(Answer):
    """Why a conversation wants a person, and what is known."""

    reason: str
    why: str | None
    at: datetime | None
    wanted: str | None
    filled: list[Fact]
    tried: list[str]
    call_back: str | None


class LastWord(Answer):
    """The last thing said."""

    at: datetime
    kind: Literal["customer", "bot", "technician", "system"]
    text: str


class QueueRow(Answer):
    """A conversation in the desk's list."""

    conversation: UUID
    epoch: int
    owner: Owner
    technician: Person | None
    customer: Contact
    reason: str | None
    why: str | None
    skill: str | None
    priority: int
    call_back: str | None
    waiting_since: datetime | None
    ranked_at: datetime | None
    snoozed_until: datetime | None
    awaiting: bool
    unread: int
    rev: int
    seq: int
    changed_at: datetime
    last: LastWord | None


class DeskView(Answer):
    """A conversation as the desk shows it beside its messages."""

    id: UUID
    epoch: int
    owner: Owner
    technician: Person | None
    customer: Contact
    place: int | None
    opens: Opens | None
    rev: int
    seq: int
    note: int
    read_seq: int
    seen_seq: int
    episode: int
    opened_at: datetime
    changed_at: datetime
    waiting_since: datetime | None
    snoozed_until: datetime | None
    awaiting: bool
    skill: str | None
    priority: int
    handoff: HandoffView | None


class NoteView(Answer):
    """A note."""

    id: UUID
    number: int
    at: datetime
    author: Person
    text: str
    mentions: list[str]
    client_id: str
    episode: int
    after_seq: int


class NoteKept(Answer):
    """The receipt of a stored note."""

    id: UUID
    number: int
    at: datetime


class DeskChanges(Answer):
    """What is new and changed in a conversation; go on from `rev` and `note`."""

    messages: list[MessageView]
    notes: list[NoteView]
    rev: int
    note: int
    more: bool


class Welcome(Answer):
    """The first thing a desk hears."""

    staff: Member
    team: list[Member]
    presence: PresenceView


class Alert(Answer):
    """Something a technician should look up for."""

    kind: Literal["waiting", "transferred", "mention", "woken", "given_up", "taken"]
    conversation: UUID
    by: str | None
    text: str
