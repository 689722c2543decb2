"""Whether technicians are there for whoever asks for one: the shop is open, and somebody of the staff has been seen a moment ago."""

from dataclasses import dataclass

from backend.conversations.schemas import Opens, PresenceView
from backend.core.db import Session
from backend.core.hooks import Opening
from backend.identity import presence


@dataclass(frozen=True, slots=True)
class Desk:
    """The technicians' desk as it is right now; who still works after closing time is not there for customers."""

    #: When the shop opens next; None while it is open.
    opening: Opening | None
    there: bool

    @property
    def opens(self) -> str | None:
        """How the shop writes the moment it opens next."""
        return self.opening.title if self.opening else None

    @property
    def away(self) -> bool:
        """Whether nobody is there although the shop is open."""
        return self.opening is None and not self.there

    def view(self) -> PresenceView:
        """What visitors are told: no names and no numbers."""
        return PresenceView(there=self.there, opens=Opens(at=self.opening.at, title=self.opening.title) if self.opening else None)


async def look(session: Session) -> Desk:
    """Look at the desk."""
    opening = await session.site.hooks.opening(session)
    return Desk(opening, opening is None and await presence.somebody_is_there(session))
