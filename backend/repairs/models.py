"""Repairs and the moves that brought them where they are."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id
from backend.core.ids import uuid7

from . import stages
from .errors import MoveNotAllowed, StaleVersion
from .stages import Stage


class Repair(Base):
    """The work on one device of an order."""

    __tablename__ = "repairs"
    __table_args__ = (Index("ix_repairs_stage_created_at", "stage", "created_at"),)
    id: Mapped[Id]
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id"), index=True)
    quote_id: Mapped[UUID] = mapped_column(ForeignKey("quotes.id"))
    device_slug: Mapped[str]
    device_name: Mapped[str]
    stage: Mapped[str]
    #: The stage a repair on hold goes back to.
    held_from: Mapped[str | None]
    #: +1 at every move; whoever moves says which version he saw.
    version: Mapped[int]
    created_at: Mapped[datetime]
    moved_at: Mapped[datetime]

    @property
    def at(self) -> Stage:
        """Return the stage."""
        return Stage(self.stage)

    @property
    def held(self) -> Stage | None:
        """Return the stage it was held in, while it is on hold."""
        return Stage(self.held_from) if self.held_from else None

    @property
    def allowed(self) -> list[Stage]:
        """Return where it may go from here, in the workshop's order."""
        return [stage for stage in Stage if stage in stages.allowed(self.at, self.held)]

    def move(self, to: Stage, *, expected_version: int, note: str | None, public: bool, by: UUID | None, now: datetime) -> "RepairMove":
        """Go to another stage and return the move; raises StaleVersion or MoveNotAllowed."""
        if expected_version != self.version:
            raise StaleVersion(stage=self.stage, version=self.version)
        if to not in stages.allowed(self.at, self.held):
            raise MoveNotAllowed(stage=self.stage, allowed=[stage.value for stage in self.allowed])
        former = self.stage
        self.held_from = former if to is Stage.ON_HOLD else None
        self.stage, self.moved_at, self.version = to.value, now, self.version + 1
        return RepairMove(
            id=uuid7(), repair_id=self.id, seq=self.version, from_stage=former, to_stage=to.value, note=note, public=public, by=by, at=now
        )


class OrderPhoto(Base):
    """A photo kept with an order; gone with the file itself."""

    __tablename__ = "order_photos"
    order_id: Mapped[UUID] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"), primary_key=True)
    file_id: Mapped[UUID] = mapped_column(ForeignKey("files.id", ondelete="CASCADE"), primary_key=True, index=True)
    #: Whether followers of the order's link see it.
    public: Mapped[bool]
    added_at: Mapped[datetime]
    #: Of a photo from the bench: which device it shows, and who of the staff took it; None for what the customer sent.
    repair_id: Mapped[UUID | None] = mapped_column(ForeignKey("repairs.id"))
    by: Mapped[UUID | None]
    #: Taken off by staff; the file itself is forgotten a day later, until then it can come back.
    removed_at: Mapped[datetime | None]


class ReadyTime(Base):
    """By when a repair was expected to be ready, from one moment on; the one with the highest number holds."""

    __tablename__ = "ready_times"
    __table_args__ = (UniqueConstraint("repair_id", "seq"),)
    id: Mapped[Id]
    repair_id: Mapped[UUID] = mapped_column(ForeignKey("repairs.id"))
    seq: Mapped[int]
    #: None where nobody can say, such as while a part is awaited.
    ready_by: Mapped[datetime | None]
    #: What the customer is told about it; only staff give one.
    reason: Mapped[str | None] = mapped_column(String(300))
    #: Who of the staff set it; None where it was worked out.
    by: Mapped[UUID | None]
    #: Whether it was far enough from what the customer last heard to be news.
    told: Mapped[bool]
    at: Mapped[datetime]


class RepairMove(Base):
    """One move of a repair; the first one has no stage before it."""

    __tablename__ = "repair_moves"
    __table_args__ = (UniqueConstraint("repair_id", "seq"),)
    id: Mapped[Id]
    repair_id: Mapped[UUID] = mapped_column(ForeignKey("repairs.id"))
    seq: Mapped[int]
    from_stage: Mapped[str | None]
    to_stage: Mapped[str]
    note: Mapped[str | None]
    #: Whether the customer sees the note; the move itself he always sees.
    public: Mapped[bool]
    by: Mapped[UUID | None]
    at: Mapped[datetime]
