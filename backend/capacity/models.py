"""Locations, their hours, their benches, and who has a bench when."""

from datetime import date, datetime, time
from uuid import UUID

from sqlalchemy import CheckConstraint, Date, Float, ForeignKey, Identity, Index, Integer, Time, UniqueConstraint, literal_column, text
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
    #: +1 at every change of hours, closed days, benches or people: whoever changes says which version they saw.
    version: Mapped[int] = mapped_column(server_default="1", default=1)


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


class Technician(Base):
    """Somebody of the staff who works at a location's benches; the number is their name in the calendar."""

    __tablename__ = "technicians"
    number: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    staff_id: Mapped[UUID] = mapped_column(ForeignKey("staff.id"), unique=True)
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"), index=True)
    #: As repair services name the skill they take, such as `board-level`.
    skills: Mapped[list[str]]
    active: Mapped[bool]


class Shift(Base):
    """One stretch of a weekday (0 is Monday) in which a technician works, in the location's own time."""

    __tablename__ = "shifts"
    __table_args__ = (
        UniqueConstraint("technician", "weekday", "begins"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("begins < ends", name="order"),
    )
    id: Mapped[Id]
    technician: Mapped[int] = mapped_column(Integer, ForeignKey("technicians.number"))
    weekday: Mapped[int]
    begins: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)


class TimeOff(Base):
    """A stretch in which a technician does not work, whatever their shifts say."""

    __tablename__ = "time_off"
    __table_args__ = (CheckConstraint("starts_at < ends_at", name="order"),)
    id: Mapped[Id]
    technician: Mapped[int] = mapped_column(Integer, ForeignKey("technicians.number"), index=True)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    reason: Mapped[str]


class PartDue(Base):
    """A part that is on its way: repairs that take it are not offered before the day it is here."""

    __tablename__ = "parts_due"
    __table_args__ = (UniqueConstraint("location_id", "device_slug", "service_code"),)
    id: Mapped[Id]
    location_id: Mapped[UUID] = mapped_column(ForeignKey("locations.id"))
    device_slug: Mapped[str]
    service_code: Mapped[str] = mapped_column(ForeignKey("repair_services.code"))
    day: Mapped[date] = mapped_column(Date)


class Occupancy(Base):
    """A bench and somebody to work at it, taken by a hold (until it expires) or for good; the database refuses two at once of either."""

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
        ExcludeConstraint(
            (literal_column("int4range(technician, technician, '[]')"), "&&"),
            (literal_column("during"), "&&"),
            name="ex_occupancy_technician_during",
            using="gist",
            where=text("technician IS NOT NULL"),
        ),
        Index("ix_occupancy_expires_at", "expires_at", postgresql_where="expires_at IS NOT NULL"),
        CheckConstraint("NOT isempty(during)", name="during"),
    )
    id: Mapped[Id]
    bench: Mapped[int] = mapped_column(Integer, ForeignKey("benches.number"))
    #: None where the shop keeps no roster.
    technician: Mapped[int | None] = mapped_column(Integer, ForeignKey("technicians.number"))
    during: Mapped[Range[datetime]] = mapped_column(TSTZRANGE)
    #: What it is for: the id of a hold or a booking.
    holder_id: Mapped[UUID] = mapped_column(unique=True)
    #: Set on holds only.
    expires_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
