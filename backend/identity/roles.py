"""Roles of staff; a higher role may do what the lower ones may."""

from typing import Literal

Role = Literal["technician", "manager", "admin"]

_INCLUDES: dict[str, frozenset[str]] = {
    "technician": frozenset({"technician"}),
    "manager": frozenset({"technician", "manager"}),
    "admin": frozenset({"technician", "manager", "admin"}),
}


def included(role: str) -> frozenset[str]:
    """The role itself and every role below it."""
    return _INCLUDES[role]
