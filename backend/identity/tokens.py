"""The turn token: for a minute at most, the assistant may do what the customer of one conversation can do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

import jwt
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from backend.core.keys import signing_key
from backend.core.principal import Principal
from backend.core.settings import Settings
from backend.identity.errors import TurnTokenRefused

LIFETIME = timedelta(seconds=60)
LONGEST = 2_048

_ALGORITHM = "HS256"
_ISSUER = "revivatech"
_AUDIENCE = "revivatech:turn"
_Uuid = Annotated[UUID, Field(strict=False)]


@dataclass(frozen=True, slots=True)
class Turn:
    """Which turn of which conversation a token speaks for."""

    conversation: UUID
    epoch: int
    turn: UUID
    visitor: UUID | None


class _Claims(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    iss: str
    aud: str
    iat: int
    exp: int
    conversation: _Uuid
    epoch: Annotated[int, Field(ge=0)]
    turn: _Uuid
    visitor: _Uuid | None


def issue_turn(settings: Settings, now: datetime, turn: Turn, lifetime: timedelta = LIFETIME) -> str:
    """A token for this turn, good for `lifetime` but never more than a minute."""
    issued = int(now.timestamp())
    claims = {
        "iss": _ISSUER,
        "aud": _AUDIENCE,
        "iat": issued,
        "exp": issued + int(min(lifetime, LIFETIME).total_seconds()),
        "conversation": str(turn.conversation),
        "epoch": turn.epoch,
        "turn": str(turn.turn),
        "visitor": str(turn.visitor) if turn.visitor else None,
    }
    return jwt.encode(claims, _key(settings), algorithm=_ALGORITHM)


def read_turn(settings: Settings, now: datetime, token: str) -> Principal:
    """The principal a turn token stands for; raises TurnTokenRefused for anything but a living token of ours."""
    if len(token) > LONGEST:
        raise TurnTokenRefused
    try:
        # The library looks at the wall clock; expiry is judged below by the clock handed in.
        raw = jwt.decode(
            token,
            _key(settings),
            algorithms=[_ALGORITHM],
            audience=_AUDIENCE,
            issuer=_ISSUER,
            options={"verify_exp": False, "verify_iat": False, "require": ["exp", "iat", "aud", "iss"]},
        )
        claims = _Claims.model_validate(raw)
    except (jwt.InvalidTokenError, ValidationError) as error:
        raise TurnTokenRefused from error
    if not now.timestamp() < claims.exp <= claims.iat + LIFETIME.total_seconds():
        raise TurnTokenRefused
    return Principal(
        kind="turn",
        id=claims.turn,
        visitor_id=claims.visitor,
        conversation_id=claims.conversation,
        epoch=claims.epoch,
        turn_id=claims.turn,
    )


def _key(settings: Settings) -> bytes:
    return signing_key(settings, "revivatech turn token 1")
