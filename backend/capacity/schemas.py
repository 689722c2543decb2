"""What is answered about locations and hours."""

from datetime import date, datetime, timedelta

from backend.core.schema import Answer

from . import words
from .models import Location
from .rules import Calendar

#: How far ahead closed days are told of.
CLOSED_AHEAD = timedelta(days=200)


class LocationAnswer(Answer):
    """A location as customers see it."""

    name: str
    address: str
    street: str
    city: str
    postcode: str
    phone: str
    email: str
    zone: str

    @classmethod
    def of(cls, location: Location) -> "LocationAnswer":
        """Return the answer's form of a location."""
        return cls(
            name=location.name,
            address=f"{location.street}, {location.city} {location.postcode}",
            street=location.street,
            city=location.city,
            postcode=location.postcode,
            phone=location.phone,
            email=location.email,
            zone=location.zone,
        )


class DayHours(Answer):
    """A weekday's usual hours."""

    day: str
    hours: str


class Today(Answer):
    """Today's hours, and whether the door is open now."""

    day: str
    date: date
    hours: str
    open_now: bool
    #: Why the shop is closed on a day it usually opens, such as a bank holiday.
    reason: str | None
    closes_at: datetime | None
    #: When the door opens next, if it is closed now.
    opens_at: datetime | None


class ClosedDay(Answer):
    """A day to come on which the shop stays closed although it usually opens."""

    date: date
    reason: str


class ShopAnswer(LocationAnswer):
    """The shop with its hours."""

    hours: list[DayHours]
    today: Today
    #: The next ones, soonest first.
    closed_days: list[ClosedDay]

    @property
    def opening_words(self) -> str:
        """Return whether the door is open, and until when or from when."""
        today = self.today
        if today.open_now and today.closes_at is not None:
            return f"Open now, until {today.closes_at:%H:%M}"
        if today.opens_at is None:
            return "Closed"
        return f"Closed, opens {words.opening_day(today.date, today.opens_at)} {today.opens_at:%H:%M}"

    @classmethod
    def of_shop(cls, location: Location, calendar: Calendar, now: datetime, opens_at: datetime | None) -> "ShopAnswer":
        """Return the shop as it stands now."""
        day = calendar.local_day(now)
        spans = calendar.opening(day)
        current = next((span for span in spans if span[0] <= now < span[1]), None)
        local = [(start.astimezone(calendar.zone).time(), end.astimezone(calendar.zone).time()) for start, end in spans]
        return cls(
            **LocationAnswer.of(location).model_dump(),
            hours=[DayHours(day=name, hours=text) for name, text in words.week_text(calendar.hours)],
            today=Today(
                day=words.WEEKDAYS[day.weekday()],
                date=day,
                hours=words.hours_text(local),
                open_now=current is not None,
                reason=calendar.closed.get(day),
                closes_at=current[1].astimezone(calendar.zone) if current else None,
                opens_at=None if current or opens_at is None else opens_at.astimezone(calendar.zone),
            ),
            closed_days=[
                ClosedDay(date=when, reason=reason)
                for when, reason in sorted(calendar.closed.items())
                if day < when <= day + CLOSED_AHEAD and calendar.hours.get(when.weekday())
            ],
        )
