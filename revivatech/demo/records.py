"""What the real verbs leave behind beside their rows: audit, events, and mails that went out long ago."""

import dataclasses
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from backend.bookings.models import TrackingLink
from backend.core.audit import AuditRow
from backend.core.events import Event, EventRow
from backend.core.principal import Principal
from backend.messaging.models import OutboundMessage
from revivatech.demo.dice import Dice
from revivatech.demo.ledger import Ledger

#: Of a thousand mails so many were refused: somebody mistyped an address.
_REFUSED = 0.003


@dataclass
class Records:
    """The hand that keeps them; nothing of it is delivered, since no job is made."""

    ledger: Ledger
    sender_domain: str
    _told: set[str] = field(default_factory=set)

    def audit(self, dice: Dice, at: datetime, who: Principal, action: str, subject: UUID | None, **data: Any) -> None:
        """Note who did what."""
        plain = {key: str(value) if isinstance(value, UUID | datetime) else value for key, value in data.items()}
        self.ledger.add(
            AuditRow,
            id=dice.id(at),
            at=at,
            actor_kind=who.kind,
            actor_id=who.id or who.conversation_id,
            action=action,
            subject=subject,
            data=plain,
        )

    def event(self, dice: Dice, at: datetime, what: Event) -> None:
        """Note what happened."""
        data = {one.name: str(getattr(what, one.name)) for one in dataclasses.fields(what)}  # type: ignore[arg-type]
        self.ledger.add(EventRow, id=dice.id(at), name=what.name, data=data, at=at)

    def mail(
        self,
        dice: Dice,
        at: datetime,
        template: str,
        to: str,
        name: str,
        news: str,
        context: dict[str, Any],
        *,
        order_id: UUID | None = None,
        conversation_id: UUID | None = None,
        with_link: bool = True,
    ) -> None:
        """Note a mail that went out, and the link it carried."""
        if news in self._told:
            return
        self._told.add(news)
        row_id, handed = dice.id(at), at + timedelta(milliseconds=dice.randint(300, 1400))
        refused = dice.chance(_REFUSED)
        self.ledger.add(
            OutboundMessage,
            id=row_id,
            channel="email",
            to=to,
            name=name,
            template=template,
            dedupe=news,
            context=context,
            order_id=order_id,
            conversation_id=conversation_id,
            state="failed" if refused else "sent",
            attempts=1,
            provider_id=None if refused else f"{row_id}@{self.sender_domain}",
            error_code="recipient_refused" if refused else None,
            created_at=at,
            due_at=at,
            claimed_at=at + timedelta(milliseconds=120),
            handed_over_at=handed,
            finished_at=handed + timedelta(milliseconds=400),
        )
        if order_id is not None and with_link:
            self.ledger.add(TrackingLink, token_hash=dice.randbytes(32), order_id=order_id, created_at=at)
