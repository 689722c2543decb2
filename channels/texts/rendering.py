"""A message as a telephone shows it, and what a typed number means."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from channels import words

_NUMBER = re.compile(r"(?:(?:number|option|choice|no\.?|nr\.?|#)\s*)?(\d{1,2})[.):]?", re.IGNORECASE)


def plain(text: str, parts: Sequence[Mapping[str, Any]]) -> str:
    """Return the message as text: its words, its choices as numbered lines, what a form asks for."""
    lines = [text]
    titles = [title for title, _ in options(parts)]
    if titles:
        numbered = "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))
        if text != numbered:
            lines.append(numbered)
        lines.append(words.NUMBER_TO_CHOOSE)
    for part in parts:
        if part.get("type") == "form" and part.get("open") and not _is_number_form(part):
            fields = [field["label"] for field in part.get("fields", ()) if field.get("required", True)]
            if fields:
                lines.append(words.REPLY_WITH.format(fields=", ".join(fields).lower()))
    return "\n\n".join(line for line in lines if line)


def options(parts: Sequence[Mapping[str, Any]]) -> list[tuple[str, Mapping[str, Any]]]:
    """Return what can be chosen, in the order of the numbers: titles, and the item or form behind each."""
    return [found for part in parts if part.get("open") for found in _of_part(part)]


def chosen(parts: Sequence[Mapping[str, Any]], said: str) -> Mapping[str, Any] | None:
    """Return the item or form a typed number or title takes, if it takes any."""
    offered = options(parts)
    said = " ".join(said.split()).rstrip("!")
    if number := _NUMBER.fullmatch(said):
        at = int(number[1])
        return offered[at - 1][1] if 1 <= at <= len(offered) else None
    same = [item for title, item in offered if title.casefold() == said.casefold()]
    return same[0] if len(same) == 1 else None


def _of_part(part: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    items = [item for name in ("choices", "slots") for item in part.get(name, ())]
    for item in [*items, *([part["more"]] if part.get("more") else [])]:
        if item.get("title") and item.get("id"):
            yield item["title"], item
    if part.get("type") == "form" and _is_number_form(part):
        yield part["submit"], part


def _is_number_form(part: Mapping[str, Any]) -> bool:
    """A form that needs a phone number and nothing else: whoever writes by telephone has told it already."""
    required = [field for field in part.get("fields", ()) if field.get("required", True)]
    return len(required) == 1 and required[0].get("type") == "tel" and bool(part.get("submit"))


def phone_field(part: Mapping[str, Any]) -> str:
    """Return the name of the field for the phone number."""
    return next(str(field["name"]) for field in part["fields"] if field.get("type") == "tel")
