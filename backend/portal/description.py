"""The API described for people, from the same document machines read."""

import re
from dataclasses import dataclass
from typing import Any

_COLUMNS = {"visitor": "visitors", "turn": "the assistant", "technician": "technicians", "manager": "managers", "admin": "administrators"}


@dataclass(frozen=True, slots=True)
class Field:
    """One value in a body, an answer or an address."""

    name: str
    type: str
    required: bool = False
    where: str = ""
    rules: str = ""


@dataclass(frozen=True, slots=True)
class Described:
    """One operation."""

    id: str
    method: str
    path: str
    short: str
    summary: str
    who: str
    status: str
    parameters: list[Field]
    body: list[Field]
    answer: list[Field]


def groups(document: dict[str, Any], allowed: dict[str, frozenset[str]]) -> list[dict[str, Any]]:
    """The operations of an OpenAPI document by tag, each ready to be shown."""
    schemas = document["components"]["schemas"]
    found: dict[str, list[Described]] = {}
    for path, methods in document["paths"].items():
        for method, entry in methods.items():
            who = audience(allowed.get(f"{method.upper()} {path}", frozenset()))
            found.setdefault((entry.get("tags") or ["other"])[0], []).append(_describe(schemas, method.upper(), path, entry, who))
    return [{"name": name, "operations": operations} for name, operations in sorted(found.items())]


def audience(columns: frozenset[str]) -> str:
    """Who may call it, in words."""
    return (
        "everybody" if "anonymous" in columns else ", ".join(words for column, words in _COLUMNS.items() if column in columns) or "nobody"
    )


def _describe(schemas: dict[str, Any], method: str, path: str, entry: dict[str, Any], who: str) -> Described:
    status, success = next((code, answer) for code, answer in entry["responses"].items() if code != "default")
    body = entry.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answer = success.get("content", {}).get("application/json", {}).get("schema")
    return Described(
        id=entry["operationId"],
        method=method,
        path=path,
        short=path.removeprefix("/api/v1"),
        summary=entry.get("summary", ""),
        who=who,
        status=status,
        parameters=[_parameter(one) for one in entry.get("parameters", [])],
        body=_fields(schemas, body),
        answer=_fields(schemas, answer),
    )


def _parameter(one: dict[str, Any]) -> Field:
    return Field(one["name"], kind(one["schema"]), one.get("required", False), one["in"], limits(one["schema"]))


def _fields(schemas: dict[str, Any], schema: dict[str, Any] | None, prefix: str = "", depth: int = 0) -> list[Field]:
    """The fields of an object, those of objects inside it beneath, as deep as anybody reads."""
    schema = _resolve(schemas, schema or {})
    rows: list[Field] = []
    for name, shape in schema.get("properties", {}).items():
        rows.append(Field(prefix + name, kind(shape), name in schema.get("required", []), "", limits(shape)))
        inner = next((option for option in shape.get("anyOf", [shape]) if option.get("type") != "null"), shape)
        many = inner.get("type") == "array"
        if depth < 2:
            rows += _fields(schemas, inner.get("items") if many else inner, f"{prefix}{name}{'[]' if many else ''}.", depth + 1)
    return rows


def _resolve(schemas: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in schema:
        return schema
    found: dict[str, Any] = schemas.get(schema["$ref"].rsplit("/", 1)[1], {})
    return found


def kind(schema: dict[str, Any]) -> str:
    """The type of a value in a word or two."""
    if "$ref" in schema:
        return re.sub(r"(?<!^)(?=[A-Z])", " ", schema["$ref"].rsplit("/", 1)[1].removesuffix("Answer")).lower()
    if "const" in schema:
        return repr(schema["const"])
    if "enum" in schema:
        return " | ".join(map(str, schema["enum"]))
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(kind(option) for option in schema["anyOf"]))
    if schema.get("type") == "array":
        return f"list of {kind(schema.get('items', {}))}"
    return str(schema.get("format") or schema.get("type") or "anything")


def limits(schema: dict[str, Any]) -> str:
    """The limits of a value in words."""
    words = (
        ("minLength", "at least {} characters"),
        ("maxLength", "at most {} characters"),
        ("minimum", "from {}"),
        ("maximum", "up to {}"),
        ("minItems", "at least {} items"),
        ("maxItems", "at most {} items"),
        ("default", "{} unless said"),
    )
    return ", ".join(text.format(schema[key]) for key, text in words if schema.get(key) not in (None, [], ""))
