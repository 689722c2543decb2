"""Forms the assistant offers: what a filled-in one must hold."""

import re
from collections.abc import Callable
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from backend.conversations import words
from backend.conversations.errors import FormInvalid

LENGTHS = {"text": 200, "email": 254, "tel": 40}
_TEL = re.compile(r"\+?[\d\s().\-/]{6,40}")


def checked(fields: list[dict[str, Any]], values: dict[str, str]) -> dict[str, str]:
    """The values in their kept spelling, empty optional ones left out; raises FormInvalid naming every wrong field."""
    codes: dict[str, str] = dict.fromkeys(values.keys() - {field["name"] for field in fields}, "field_unknown")
    kept: dict[str, str] = {}
    for field in fields:
        name, kind = field["name"], field["type"]
        value = values.get(name, "").strip()
        try:
            if value:
                kept[name] = _KINDS[kind](_one_line(value, LENGTHS[kind]))
            elif field.get("required", True):
                raise _Fault("required")
        except _Fault as fault:
            codes[name] = str(fault)
    if codes:
        raise FormInvalid(fields={name: words.FIELD_FAULTS[code] for name, code in codes.items()}, codes=codes)
    return kept


class _Fault(Exception):
    """A field's code."""


def _one_line(value: str, limit: int) -> str:
    if len(value) > limit:
        raise _Fault("too_long")
    if not value.isprintable():
        raise _Fault("not_one_line")
    return " ".join(value.split())


def _email(value: str) -> str:
    try:
        return validate_email(value, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        raise _Fault("email_invalid") from None


def _tel(value: str) -> str:
    if not _TEL.fullmatch(value):
        raise _Fault("tel_invalid")
    try:
        # Possible, not valid: numbers reserved for drama and newly opened ranges must pass.
        number = phonenumbers.parse(value, "GB")
    except phonenumbers.NumberParseException:
        raise _Fault("tel_invalid") from None
    if phonenumbers.is_possible_number_with_reason(number) != phonenumbers.ValidationResult.IS_POSSIBLE:
        raise _Fault("tel_invalid")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


_KINDS: dict[str, Callable[[str], str]] = {"text": str, "email": _email, "tel": _tel}
