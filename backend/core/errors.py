"""Refusals: answers that are no, each with a stable code."""

import math
from datetime import datetime
from typing import Any, ClassVar, Self


class Refusal(Exception):
    """A no with a stable code and a status; rendered as problem+json (RFC 9457) or as a page."""

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 400
    title: ClassVar[str] = "The request was refused."

    def __init__(self, detail: str | None = None, **extra: Any) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extra = extra

    def as_problem(self) -> dict[str, Any]:
        """Return the problem details object."""
        problem: dict[str, Any] = {
            "type": f"urn:revivatech:problem:{self.code}",
            "title": self.title,
            "status": self.status,
            "code": self.code,
        }
        if self.detail:
            problem["detail"] = self.detail
        return problem | self.extra


class BadRequest(Refusal):
    """The request could not be read."""

    code, status, title = "bad_request", 400, "The request could not be read."


class Unauthenticated(Refusal):
    """Nobody is known behind this request."""

    code, status, title = "unauthenticated", 401, "Please sign in or send a valid credential."


class Forbidden(Refusal):
    """This principal may not do this."""

    code, status, title = "forbidden", 403, "You may not do this."


class NotFound(Refusal):
    """There is no such thing, or it is not yours to see."""

    code, status, title = "not_found", 404, "There is nothing here."


class Conflict(Refusal):
    """The state of things does not allow it (any more)."""

    code, status, title = "conflict", 409, "Something changed in the meantime."


class Gone(Refusal):
    """It was there once and has lapsed."""

    code, status, title = "gone", 410, "This is no longer available."


class TooLarge(Refusal):
    """The body is bigger than this operation takes."""

    code, status, title = "too_large", 413, "The request is too large."


class UnsupportedMediaType(Refusal):
    """The body is of a kind this operation does not read."""

    code, status, title = "unsupported_media_type", 415, "Send JSON."


class Invalid(Refusal):
    """Some fields are not as they must be; `errors` names each."""

    code, status, title = "invalid", 422, "Some fields are not right."


class TooMany(Refusal):
    """Too often in too short a time; `retry_after` says how many seconds to wait."""

    code, status, title = "too_many_requests", 429, "That was too often. Please wait a moment."

    @classmethod
    def until(cls, moment: datetime, now: datetime) -> Self:
        """Return the refusal with the seconds left until a moment, at least one."""
        return cls(retry_after=max(1, math.ceil((moment - now).total_seconds())))


class Unavailable(Refusal):
    """Something we need is out of reach just now."""

    code, status, title = "unavailable", 503, "This is not available just now. Please try again shortly."
