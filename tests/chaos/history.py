"""What happened in a run: what was sent and promised, what the database holds, and what every page showed."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as it was written; `order` counts what this author wrote in the conversation."""

    conversation: str
    client_id: str
    text: str
    order: int
    author: str = "customer"


@dataclass(frozen=True, slots=True)
class Ack:
    """A promise of the shop: this message is stored, under this id, in this place."""

    conversation: str
    client_id: str
    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Row:
    """A stored message, or a message a page shows."""

    conversation: str
    id: str
    client_id: str | None
    author: str
    seq: int
    rev: int
    text: str
    turn: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """One page at the end: whose conversation it is and what it shows, in its order."""

    name: str
    conversation: str
    shown: tuple[Row, ...]
    contradictions: tuple[str, ...] = ()


@dataclass
class History:
    """Everything a checker looks at."""

    sent: list[Sent] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    views: list[View] = field(default_factory=list)
    #: Conversations whose every customer message the assistant had to answer before the next was written.
    answered: set[str] = field(default_factory=set)
    #: Client ids of messages in those that ask the assistant nothing, such as "never mind" in the queue.
    needless: set[str] = field(default_factory=set)
