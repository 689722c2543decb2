"""The API described as OpenAPI 3.1, from the same declarations that serve it."""

import inspect
import re
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from .api import Operation
from .permissions import Matrix

_REF = "#/components/schemas/{model}"
_PROBLEM = {
    "type": "object",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; switch on this."},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"type": "object"}},
        "retry_after": {"type": "integer"},
    },
}
_SECURITY = {
    "visitor": {"type": "http", "scheme": "bearer", "description": "The credential a browser got from POST /api/v1/conversations."},
    "turn": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "The token of one turn of the assistant."},
    "staff": {"type": "apiKey", "in": "cookie", "name": "staff_session", "description": "Unsafe methods also need X-CSRF-Token."},
}


def describe(operations: list[Operation], matrix: Matrix, *, title: str, version: str) -> dict[str, Any]:
    """Return the OpenAPI document of all operations that are not pages."""
    shown = [operation for operation in operations if not operation.page]
    wanted: list[tuple[type[BaseModel], Any]] = []
    for operation in shown:
        if operation.body:
            wanted.append((operation.body[1], "validation"))
        wanted += [(model, "validation") for model in (operation.path_model, operation.query_model) if model]
        if _is_model(operation.answer):
            wanted.append((operation.answer, "serialization"))
    references, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=_REF)
    schemas = definitions.get("$defs", {})
    paths: dict[str, Any] = {}
    for operation in shown:
        path = re.sub(r"{(\w+):[^}]*}", r"{\1}", operation.path)
        paths.setdefault(path, {})[operation.method.lower()] = _entry(operation, references, schemas, matrix)
    for operation in shown:
        for model in (operation.path_model, operation.query_model):
            if model:
                schemas.pop(model.__name__, None)
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": paths,
        "components": {"schemas": schemas | {"Problem": _PROBLEM}, "securitySchemes": _SECURITY},
    }


def _entry(operation: Operation, references: Any, schemas: dict[str, Any], matrix: Matrix) -> dict[str, Any]:
    parameters = [
        {"name": name, "in": where, "required": where == "path" or name in schema.get("required", []), "schema": shape}
        for where, model in (("path", operation.path_model), ("query", operation.query_model))
        if model
        for schema in [schemas[references[model, "validation"]["$ref"].rsplit("/", 1)[1]]]
        for name, shape in schema["properties"].items()
    ]
    if operation.idempotent:
        parameters.append(
            {"name": "Idempotency-Key", "in": "header", "required": False, "schema": {"type": "string", "minLength": 8, "maxLength": 200}}
        )
    allowed = matrix.http[operation.key]
    security: list[dict[str, list[str]]] = [{}] if "anonymous" in allowed else []
    security += [{name: []} for name in ("visitor", "turn") if name in allowed]
    security += [{"staff": []}] if allowed & {"technician", "manager", "admin"} else []
    success: dict[str, Any] = {"description": "Done."}
    if _is_model(operation.answer):
        success["content"] = {"application/json": {"schema": references[operation.answer, "serialization"]}}
    status = operation.status if operation.answer is not None or operation.status != 200 else 204
    entry: dict[str, Any] = {
        "operationId": operation.fn.__name__,
        "summary": operation.summary,
        "tags": list(operation.tags),
        "security": security,
        "responses": {
            str(status): success,
            "default": {
                "description": "Refused.",
                "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
            },
        },
    }
    if operation.allowance is not None:
        entry["responses"]["429"] = {
            "description": f"Too often: {operation.allowance}.",
            "headers": {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer"}}},
            "content": entry["responses"]["default"]["content"],
        }
    if parameters:
        entry["parameters"] = parameters
    if operation.body:
        schema = references[operation.body[1], "validation"]
        entry["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
    if operation.accepts:
        entry["requestBody"] = {"required": True, "content": {operation.accepts: {"schema": {"type": "string", "format": "binary"}}}}
    return entry


def _is_model(answer: Any) -> bool:
    return inspect.isclass(answer) and issubclass(answer, BaseModel)
