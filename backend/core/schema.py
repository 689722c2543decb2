"""The strict shape of what strangers send and the plain shape of what we answer."""

import contextlib
from datetime import UTC, date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, model_validator

from .money import Money


def _unstorable(value: Any) -> bool:
    match value:
        case str():
            # Half of a surrogate pair is what is left of an emoji cut in two.
            return "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value)
        case dict():
            return any(_unstorable(k) or _unstorable(v) for k, v in value.items())
        case list() | tuple() | set() | frozenset():
            return any(_unstorable(item) for item in value)
    return False


class Strict(BaseModel):
    """Input from outside: exact types, no unknown fields, no NUL and no half characters (PostgreSQL stores none)."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _refuse_unstorable(cls, data: Any) -> Any:
        if _unstorable(data):
            raise ValueError("NUL and half characters are not allowed")
        return data


class Answer(BaseModel):
    """Output of ours."""

    model_config = ConfigDict(frozen=True, from_attributes=True)


class Amount(Answer):
    """An amount of money as every answer shows it: minor units, currency and ready text."""

    minor: int
    currency: str
    text: str

    @classmethod
    def of(cls, money: Money) -> "Amount":
        """Return the answer's form of an amount."""
        return cls(minor=money.minor, currency=money.currency, text=str(money))


def _one_line(value: str) -> str:
    value = " ".join(value.split())
    if not value:
        raise ValueError("must not be empty")
    return value


def _moment(value: Any) -> datetime:
    if not isinstance(value, str) or len(value) > 40:
        raise ValueError("must be a time such as 2026-11-25T10:30:00Z")
    try:
        moment = datetime.fromisoformat(value)
        # Before the calendar's first years a step to local time would lead out of it.
        if moment.tzinfo is not None and moment.year > 1:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError("must be a time such as 2026-11-25T10:30:00Z") from None
    raise ValueError("must name its offset, such as Z or +01:00")


#: A moment as RFC 3339 writes it, always with an offset; UTC inside.
Moment = Annotated[AwareDatetime, BeforeValidator(_moment)]


def _day(value: Any) -> date:
    if isinstance(value, str) and len(value) == 10:
        with contextlib.suppress(ValueError):
            return date.fromisoformat(value)
    raise ValueError("must be a day such as 2026-11-25")


#: A day as RFC 3339 writes it.
Day = Annotated[date, BeforeValidator(_day)]

#: A single line with inner white space tidied.
Line = Annotated[str, AfterValidator(_one_line)]
