"""What strangers may send and what everybody is shown."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field, model_validator

from backend.core.schema import Answer, Strict

ClientId = Annotated[str, Field(min_length=8, max_length=64, pattern=r"^[A-Za-z0-9_-]+$")]
OfferId = Annotated[str, Field(min_length=1, max_length=64)]
FileId = Annotated[str, Field(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
Seq = Annotated[int, Field(ge=0, le=2**53)]
Owner = Literal["bot", "waiting", "technician", "closed"]


class FilledForm(Strict):
    """A form as it comes back; its fields are judged by what was offered."""

    id: OfferId
    values: Annotated[dict[Annotated[str, Field(max_length=64)], Annotated[str, Field(max_length=4_000)]], Field(max_length=30)]


class Incoming(Strict):
    """One message of a customer: a text, photos or both; or a choice, or a filled-in form."""

    client_id: ClientId
    text: str | None = None
    choice: OfferId | None = None
    form: FilledForm | None = None
    file_ids: Annotated[list[FileId], Field(min_length=1, max_length=50)] | None = None
    #: What photos show, in the sender's words, by file id.
    alts: Annotated[dict[FileId, Annotated[str, Field(max_length=300)]], Field(max_length=50)] | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> "Incoming":
        written = self.text is not None or self.file_ids is not None
        if sum((written, self.choice is not None, self.form is not None)) != 1:
            raise ValueError("send exactly one of text or photos, choice and form")
        _check_photos(self.file_ids, self.alts)
        return self

    @property
    def is_plain(self) -> bool:
        """Whether this is a text and nothing else."""
        return self.text is not None and self.file_ids is None

    def body(self) -> dict[str, Any]:
        """What makes this message the one it is, besides its client id."""
        return self.model_dump(exclude={"client_id"}, exclude_none=True)


def _check_photos(file_ids: list[str] | None, alts: dict[str, str] | None) -> None:
    if len(set(file_ids or ())) < len(file_ids or ()):
        raise ValueError("name each file once")
    if (alts or {}).keys() - set(file_ids or ()):
        raise ValueError("describe only files of this message")


class SyncRequest(Strict):
    """Ask for everything new and changed after a revision."""

    after_rev: Seq
    limit: Annotated[int, Field(ge=1, le=200)] = 100


class ReadMark(Strict):
    """Everything up to this message has been read."""

    seq: Seq


class TypingMark(Strict):
    """Somebody has begun or stopped typing."""

    on: bool


class Author(Answer):
    """Who said it; a customer and the system need no name."""

    kind: Literal["customer", "bot", "technician", "system"]
    name: str | None


class MessageView(Answer):
    """A message as both sides see it."""

    id: UUID
    seq: int
    rev: int
    client_id: str | None
    author: Author
    at: datetime
    text: str
    parts: list[dict[str, Any]]
    #: The offer this message took.
    choice: str | None = Field(default=None, exclude_if=lambda value: value is None)


class Accepted(Answer):
    """The receipt of a stored message."""

    id: UUID
    seq: int
    rev: int
    at: datetime


class Technician(Answer):
    """The person a customer talks to."""

    name: str


class Opens(Answer):
    """When the shop opens next, and how it writes that moment in its own time."""

    at: datetime
    title: str


class PresenceView(Answer):
    """Whether technicians are there, and if the shop is shut, when it opens."""

    there: bool
    opens: Opens | None


class ConversationView(Answer):
    """A conversation as its customer sees it."""

    id: UUID
    owner: Owner
    epoch: int
    technician: Technician | None
    #: Place in the queue, from 1, while waiting.
    place: int | None
    #: When somebody is there again, while waiting out of hours.
    opens: Opens | None
    rev: int
    seq: int
    #: How far the customer has read, and how far the shop has.
    read_seq: int
    seen_seq: int


class Opened(Answer):
    """A conversation and the credential that leads back to it."""

    credential: str
    conversation: ConversationView


class Changes(Answer):
    """Messages new or changed after a revision, in the order of their revisions; `rev` is where to go on from."""

    messages: list[MessageView]
    rev: int
    more: bool


class StaffConversation(ConversationView):
    """A conversation as staff see it in a list."""

    waiting_since: datetime | None
    changed_at: datetime
    handoff: dict[str, Any] | None
    contact: dict[str, Any]
    last_text: str | None


class StaffConversations(Answer):
    """A page of conversations, those that wait first."""

    items: list[StaffConversation]
    next_cursor: str | None


class AtEpoch(Strict):
    """What the caller believes about the conversation; anything else is refused."""

    epoch: Annotated[int, Field(ge=0, le=2**53)]


class StaffReply(AtEpoch):
    """A technician's message: a text, photos or both."""

    client_id: ClientId
    text: str | None = None
    file_ids: Annotated[list[FileId], Field(min_length=1, max_length=50)] | None = None
    alts: Annotated[dict[FileId, Annotated[str, Field(max_length=300)]], Field(max_length=50)] | None = None

    @model_validator(mode="after")
    def _something(self) -> "StaffReply":
        if self.text is None and self.file_ids is None:
            raise ValueError("send a text, photos or both")
        _check_photos(self.file_ids, self.alts)
        return self

    def body(self) -> dict[str, Any]:
        """What makes this message the one it is, besides its client id."""
        return self.model_dump(exclude={"client_id", "epoch"}, exclude_none=True)
