"""A postal address typed in one breath: "Jo Bloggs, 3 Castle Street, Cardiff, CF10 1BH"; it is read back before anything is booked."""

from __future__ import annotations

import re

from models.text.normal import EMAIL, PHONE, POSTCODE

#: What leads up to a name or an address.
LEAD = re.compile(
    r"^(?:hi|hello|ok|and|so|yes|(?:my )?name is|i'?m|it'?s|(?:my )?address(?: is)?|send it (?:back )?to)\b[\s:]*", re.IGNORECASE
)


def written(text: str, known_name: bool) -> tuple[str | None, dict[str, str]] | None:
    """The name, where it is told, and the address of a text that holds a postcode; None where street or town are missing."""
    without = EMAIL.sub(" ", text)
    code = POSTCODE.search(without)
    if code is None:
        return None
    rest = PHONE.sub(" ", without[: code.start()]) + "," + PHONE.sub(" ", without[code.end() :].partition("\n")[0])
    pieces = [LEAD.sub("", " ".join(piece.split())).strip(" .;-") for piece in re.split(r"[,;\n]", rest)]
    pieces = [piece for piece in pieces if piece]
    name = None
    if len(pieces) > 2 and not any(letter.isdigit() for letter in pieces[0]) and 2 <= len(pieces[0].split()) <= 4:
        name = pieces.pop(0)
    if known_name:
        name = None
    if len(pieces) < 2 or not any(letter.isdigit() for letter in "".join(pieces[:-1])):
        return None
    line1, *more, city = (_capitals(piece) for piece in pieces[:4])
    address = {"line1": line1, "city": city, "postcode": " ".join(code.group().upper().split())}
    if more:
        address["line2"] = ", ".join(more)
    return (_capitals(name) if name else None), address


def _capitals(text: str) -> str:
    """Small letters as an envelope has them; capitals stay as they were typed."""
    return " ".join(word[0].upper() + word[1:] if word.islower() else word for word in text.split())
