"""What the assistant says, made fit to show: payloads become ids of offers, and everything can be said in plain text."""

import secrets
from collections.abc import Iterator
from typing import Any

from backend.conversations.replies import Reply

PARTS_LIMIT = 10
TEXT_LIMIT = 8_000
_FIELD_TYPES = ("text", "email", "tel")


class Unusable(Exception):
    """The assistant's message is not what was agreed; the text says what is wrong."""


def render(text: str, parts: list[dict[str, Any]]) -> Reply:
    """A message of the assistant's with every payload replaced by an unguessable id; raises Unusable."""
    return _reply(text, parts, _payload)


def own(text: str, parts: list[dict[str, Any]]) -> Reply:
    """A message of the hub's own, whose payloads are things the hub itself does."""
    return _reply(text, parts, lambda payload: {"hub": payload})


def in_words(parts: list[dict[str, Any]]) -> str:
    """The offers of a message as numbered lines, for channels that only know text."""
    titles = [item["title"] for part in parts for item in _items(part) if "title" in item]
    return "\n".join(f"{number}. {title}" for number, title in enumerate(titles, 1))


def _reply(text: str, parts: list[dict[str, Any]], meaning: Any) -> Reply:
    if len(parts) > PARTS_LIMIT or len(text) > TEXT_LIMIT or "\x00" in text:
        raise Unusable("too long")
    offers: dict[str, Any] = {}
    shown = [_part(part, offers, meaning) for part in parts]
    text = text.strip() or in_words(shown)
    if not text:
        raise Unusable("no text")
    return Reply(text=text, parts=shown, offers=offers)


def _part(part: dict[str, Any], offers: dict[str, Any], meaning: Any) -> dict[str, Any]:
    if not isinstance(part.get("type"), str):
        raise Unusable("a part without a type")
    before = len(offers)
    shown = _form(part, offers, meaning) if part["type"] == "form" else _shown(part, offers, meaning)
    return {**shown, "open": True} if len(offers) > before else shown


def _shown(value: Any, offers: dict[str, Any], meaning: Any) -> Any:
    if isinstance(value, list):
        return [_shown(item, offers, meaning) for item in value]
    if not isinstance(value, dict):
        return value
    shown = {name: _shown(item, offers, meaning) for name, item in value.items() if name != "payload"}
    if "payload" in value:
        title = value.get("title")
        if not isinstance(title, str) or not title:
            raise Unusable("an offer without a title")
        shown["id"] = _new_id("c")
        offers[shown["id"]] = {"title": title, **meaning(value["payload"])}
    return shown


def _form(part: dict[str, Any], offers: dict[str, Any], meaning: Any) -> dict[str, Any]:
    fields = part.get("fields")
    if not isinstance(fields, list) or not fields or "payload" not in part:
        raise Unusable("a form without fields or payload")
    for field in fields:
        if not isinstance(field, dict) or field.get("type") not in _FIELD_TYPES:
            raise Unusable("a field of an unknown type")
        if not all(isinstance(field.get(name), str) and field[name] for name in ("name", "label")):
            raise Unusable("a field without name or label")
    submit = part.get("submit") if isinstance(part.get("submit"), str) else "Continue"
    form_id = _new_id("f")
    asked = [{"name": f["name"], "label": f["label"], "type": f["type"], "required": f.get("required", True)} for f in fields]
    offers[form_id] = {"title": submit, "fields": asked, **meaning(part["payload"])}
    return {**{name: value for name, value in part.items() if name != "payload"}, "id": form_id, "submit": submit}


def _payload(payload: Any) -> dict[str, Any]:
    if not isinstance(payload, str) or not payload.startswith("/"):
        raise Unusable("a payload that is no intent")
    return {"payload": payload}


def _items(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in ("choices", "slots"):
        yield from part.get(name, [])
    if part.get("more"):
        yield part["more"]


def _new_id(prefix: str) -> str:
    return f"{prefix}_{secrets.token_urlsafe(12)}"
