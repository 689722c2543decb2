"""Locations, their hours, their benches, and who has a bench when."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Float, ForeignKey, Identity, Index, Integer, Time, UniqueConstraint, literal_column
from sqlalchemy.dialects.postgresql import TSTZRANGE, ExcludeConstraint, Range
from sqlalchemy.orm import Mapped, mapped_column

from backend.core.db import Base, Id


class Location(Base):
    """A shop people can walk into."""

    __tablename__ = "locations"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    street: Mapped[str]
    city: Mapped[str]
    postcode: Mapped[str]
    phone: Mapped[str]
    email: Mapped[str]
    zone: Mapped[str]
    #: Whose bank holidays are kept, as the `holidays` package names it, such as `ENG`; empty for none.
    holidays: Mapped[str]
    latitude: Mapped[float | None] = mapped_column(Float)
    longitude: Mapped[float | None] = mapped_column(Float)
    position: Mapped[int]


class OpeningHours(Base):
    """One stretch of a weekday (0 is Monday) in which a location is open, in the location's own time."""

    __tablename__ = "opening_hours"
    __table_args__ = (
        UniqueConstraint("location_id", "weekday", "opens"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("opens < closes", name="order"),
    )
    id: Mapped[Id]
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"))
    weekday: Mapped[int]
    opens: Mapped[time] = mapped_column(Time)
    closes: Mapped[time] = mapped_column(Time)


class Closure(Base):
    """A day on which a location stays closed, beside its bank holidays."""

    __tablename__ = "closures"
    __table_args__ = (UniqueConstraint("location_id", "day"),)
    id: Mapped[Id]
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"))
    day: Mapped[date] = mapped_column(Date)
    reason: Mapped[str]


class Bench(Base):
    """A place where one technician works on one device at a time; its number is its name in the calendar."""

    __tablename__ = "benches"
    number: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"), index=True)
    name: Mapped[str]
    active: Mapped[bool]


class Occupancy(Base):
    """A bench taken for a time, by a hold (until it expires) or for good; the database refuses two at once."""

    __tablename__ = "occupancy"
    __table_args__ = (
        # int4range, since plain numbers in gist need an extension. A constraint cannot ask for the time: whoever inserts
        # deletes expired holds in its way first.
        ExcludeConstraint(
            (literal_column("int4range(bench, bench, '[]')"), "&&"),
            (literal_column("during"), "&&"),
            name="ex_occupancy_bench_during",
            using="gist",
        ),
        Index("ix_occupancy_expires_at", "expires_at", postgresql_where="expires_at IS NOT NULL"),
        CheckConstraint("NOT isempty(during)", name="during"),
    )
    id: Mapped[Id]
    bench: Mapped[int] = mapped_column(Integer, ForeignKey("benches.number"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    #: What it is for: the id of a hold or a booking.
    holder_id: Mapped[UUID] = mapped_column(unique=True)
    #: Set on holds only.
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
