"""Who is asking."""

from dataclasses import dataclass, field
from typing import Literal
from uuid import UUID

Kind = Literal["anonymous", "visitor", "staff", "turn", "system"]
#: Who acts for a customer: a browser, the assistant on its behalf, whoever holds a link.
CUSTOMERS: frozenset[str] = frozenset({"anonymous", "visitor", "turn"})


@dataclass(frozen=True, slots=True)
class Principal:
    """Whoever stands behind a request, a socket event or a job."""

    kind: Kind
    id: UUID | None = None
    roles: frozenset[str] = field(default_factory=frozenset)
    #: The browser behind a visitor, or behind the conversation of a turn.
    visitor_id: UUID | None = None
    conversation_id: UUID | None = None
    epoch: int | None = None
    turn_id: UUID | None = None
    session_id: UUID | None = None
    name: str = ""

    @property
    def grants(self) -> frozenset[str]:
        """Return the columns of the permission matrix that apply."""
        return self.roles | {self.kind, "anonymous"}

    @property
    def scope(self) -> str:
        """Return the owner of idempotency keys: a turn's keys belong to its conversation."""
        return f"{self.kind}:{self.conversation_id if self.kind == 'turn' else self.id}"

    def may(self, role: str) -> bool:
        """Tell whether this principal has the role."""
        return role in self.grants


ANONYMOUS = Principal("anonymous")
SYSTEM = Principal("system", name="RevivaTech")
