"""A journey as people read it: what the customer does, what the assistant must answer, what the backend holds at the end."""

from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

FOLDER = Path(__file__).parent / "scripts"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Answer(_Strict):
    """What the answer to a step must be like; words are looked for whatever their case."""

    mentions: list[str] = []
    any_of: list[str] = []
    never: list[str] = []
    parts: list[str] = []
    no_parts: list[str] = []
    author: Literal["bot", "system", "technician"] | None = None


class Step(_Strict):
    """One thing the customer, the staff or fate does."""

    say: str | list[str] | None = None
    #: So many photos, sent together with what is said, or alone.
    photos: int = 0
    choose: str | None = None
    pick_slot: int | None = None
    fill: dict[str, str] | None = None
    come_back: Literal["same browser", "new browser"] | None = None
    kill: Literal["site", "worker", "rasa", "actions"] | None = None
    move_repair: str | None = None
    note: str | None = None
    technician: Literal["takes", "replies", "releases", "prices"] | None = None
    bot: Answer = Answer()


class Held(_Strict):
    """What the backend holds when all is said."""

    bookings: int = 0
    #: Kept with the order.
    photos: int | None = None
    device: str | None = None
    #: All devices of the order, one repair each.
    devices: list[str] | None = None
    #: What was said before the visit, such as `backup: done`.
    checks: list[str] | None = None
    services: list[str] | None = None
    faults: list[str] | None = None
    slot: Literal["the one picked"] | None = None
    total: Literal["the one quoted"] | None = None
    name: str | None = None
    email: str | None = None
    state: str | None = None
    stage: str | None = None
    owner: str | None = None
    mails: list[str] = []
    holds: int = 0


class Journey(_Strict):
    """A whole conversation."""

    title: str
    why: str
    steps: list[Step]
    then: Held

    @classmethod
    def read(cls, file: Path, **values: str) -> "Journey":
        """Read a script, with {email} and the like filled in."""
        return cls.model_validate(_fill(yaml.safe_load(file.read_text("utf-8")), values))


def scripts() -> list[Path]:
    """Return all scripts."""
    return sorted(FOLDER.glob("*.yml"))


def _fill(value: Any, values: dict[str, str]) -> Any:
    match value:
        case str():
            for key, word in values.items():
                value = value.replace("{" + key + "}", word)
            return value
        case list():
            return [_fill(item, values) for item in value]
        case dict():
            return {key: _fill(item, values) for key, item in value.items()}
    return value
