"""Turn tokens: what is read back, and every forgery that is refused."""

import base64
import json
import warnings
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest

from backend.core.settings import Settings
from backend.identity import tokens
from backend.identity.errors import TurnTokenRefused
from backend.identity.tokens import Turn

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TURN = Turn(conversation=uuid4(), epoch=3, turn=uuid4(), visitor=uuid4())


def settings(secret: str = "a secret of this test, long enough") -> Settings:
    return Settings(secret=secret, hub_secret="another secret, also", database_url="postgresql://nowhere/none")  # type: ignore[arg-type]


def forged(key: bytes | None = None, algorithm: str = "HS256", **changes: Any) -> str:
    """A token as ours, except for the changes; a change to None removes the claim."""
    good = jwt.decode(tokens.issue_turn(settings(), NOW, TURN), options={"verify_signature": False})
    claims = {name: value for name, value in (good | changes).items() if value is not None}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", jwt.warnings.InsecureKeyLengthWarning)
        return jwt.encode(claims, key or tokens._key(settings()), algorithm=algorithm)


def test_a_token_speaks_for_one_turn_of_one_conversation() -> None:
    principal = tokens.read_turn(settings(), NOW, tokens.issue_turn(settings(), NOW, TURN))
    assert principal.kind == "turn"
    assert (principal.conversation_id, principal.epoch, principal.turn_id, principal.visitor_id) == (
        TURN.conversation,
        TURN.epoch,
        TURN.turn,
        TURN.visitor,
    )
    assert principal.grants == {"turn", "anonymous"}


def test_it_lives_a_minute_and_no_longer_whatever_is_asked() -> None:
    token = tokens.issue_turn(settings(), NOW, TURN, timedelta(hours=5))
    tokens.read_turn(settings(), NOW + timedelta(seconds=59), token)
    with pytest.raises(TurnTokenRefused):
        tokens.read_turn(settings(), NOW + timedelta(seconds=60), token)


def test_a_conversation_may_have_no_visitor() -> None:
    token = tokens.issue_turn(settings(), NOW, Turn(TURN.conversation, 0, TURN.turn, None))
    assert tokens.read_turn(settings(), NOW, token).visitor_id is None


def _unsigned() -> str:
    claims = jwt.decode(tokens.issue_turn(settings(), NOW, TURN), options={"verify_signature": False})
    parts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in ({"alg": "none", "typ": "JWT"}, claims)]
    return ".".join([*parts, ""])


def _tampered() -> str:
    head, body, signature = tokens.issue_turn(settings(), NOW, TURN).split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    claims["epoch"] += 1
    return ".".join([head, base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode(), signature])


@pytest.mark.parametrize(
    "token",
    [
        "",
        "a.b.c",
        "rv_not-a-turn-token",
        "é.é.é",
        "x" * 5_000,
        _unsigned(),
        _tampered(),
        forged(key=b"the key of somebody else, also long"),
        forged(key=b"a secret of this test, long enough"),
        forged(algorithm="HS512"),
        forged(aud="revivatech:payment"),
        forged(aud=None),
        forged(iss="elsewhere"),
        forged(exp=None),
        forged(exp=int(NOW.timestamp()) + 3_600),
        forged(exp="soon"),
        forged(epoch=-1),
        forged(epoch="3"),
        forged(epoch=True),
        forged(conversation="not a uuid"),
        forged(conversation=None),
        forged(turn=None),
        forged(roles=["admin"]),
    ],
)
def test_a_forged_token_is_refused(token: str) -> None:
    with pytest.raises(TurnTokenRefused):
        tokens.read_turn(settings(), NOW, token)


def test_another_site_secret_reads_nothing() -> None:
    with pytest.raises(TurnTokenRefused):
        tokens.read_turn(settings("another secret, of another site!!"), NOW, tokens.issue_turn(settings(), NOW, TURN))
