"""Declaring a route: one decorator reads from a typed handler where each of its parameters comes from. `edge.py` does the rest."""

import inspect
import re
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, create_model

from .db import Session
from .errors import Refusal
from .limits import Allowance
from .principal import Principal
from .site import Site

Handler = Callable[..., Awaitable[Any]]


class Query:
    """Marks a parameter that comes from the query string."""


@dataclass(slots=True)
class Operation:
    """One described route."""

    method: str
    path: str
    fn: Handler
    status: int
    idempotent: bool
    page: bool
    tags: tuple[str, ...]
    parameters: Mapping[str, inspect.Parameter]
    body: tuple[str, type[BaseModel]] | None = None
    path_model: type[BaseModel] | None = None
    query_model: type[BaseModel] | None = None
    answer: Any = None
    injected: dict[str, str] = field(default_factory=dict)
    #: The kind of body a handler reads by itself.
    accepts: str | None = None
    #: Whether it is given a transaction; what only reads needs none.
    writes: bool = True
    #: How often it may be asked.
    allowance: Allowance | None = None

    @property
    def key(self) -> str:
        """Return the row of this operation in the permission matrix."""
        return f"{self.method} {self.path}"

    @property
    def summary(self) -> str:
        """Return the first line of the handler's promise."""
        return (inspect.getdoc(self.fn) or self.fn.__name__).splitlines()[0]


_INJECTED: dict[Any, str] = {Session: "session", Site: "site", web.Request: "request", Principal: "principal"}


class Api:
    """A slice's routes. `page=True` renders refusals as pages and keeps the routes out of the API description."""

    def __init__(self, tag: str, *, page: bool = False) -> None:
        self.tag = tag
        self.page = page
        self.operations: list[Operation] = []

    def route(
        self,
        method: str,
        path: str,
        *,
        status: int = 200,
        idempotent: bool = False,
        accepts: str | None = None,
        allowance: Allowance | None = None,
        writes: bool = True,
    ) -> Callable[[Handler], Handler]:
        """Declare a handler; see `Api.get` and its siblings. `allowance` says how often visitors may ask."""
        options = {"status": status, "idempotent": idempotent, "accepts": accepts, "allowance": allowance, "writes": writes}

        def declare(fn: Handler) -> Handler:
            self.operations.append(_operation(fn, method, path, **options, page=self.page, tags=(self.tag,)))
            return fn

        return declare

    def get(
        self, path: str, *, status: int = 200, allowance: Allowance | None = None, writes: bool = False
    ) -> Callable[[Handler], Handler]:
        """Declare a GET; `writes` for one that remembers something all the same."""
        return self.route("GET", path, status=status, allowance=allowance, writes=writes)

    def post(
        self,
        path: str,
        *,
        status: int = 200,
        idempotent: bool = False,
        accepts: str | None = None,
        allowance: Allowance | None = None,
    ) -> Callable[[Handler], Handler]:
        """Declare a POST; `idempotent` honours Idempotency-Key, `accepts` names a body that is no JSON and that the handler reads."""
        return self.route("POST", path, status=status, idempotent=idempotent, accepts=accepts, allowance=allowance)

    def put(self, path: str, *, status: int = 200, allowance: Allowance | None = None) -> Callable[[Handler], Handler]:
        """Declare a PUT."""
        return self.route("PUT", path, status=status, allowance=allowance)

    def delete(self, path: str, *, status: int = 204) -> Callable[[Handler], Handler]:
        """Declare a DELETE."""
        return self.route("DELETE", path, status=status)


def _operation(fn: Handler, method: str, path: str, **options: Any) -> Operation:
    hints = typing.get_type_hints(fn, include_extras=True)
    parameters = inspect.signature(fn).parameters
    operation = Operation(method=method, path=path, fn=fn, parameters=parameters, answer=_answer(hints.get("return")), **options)
    names = set(re.findall(r"{(\w+)", path))
    in_path: dict[str, Any] = {}
    in_query: dict[str, Any] = {}
    for name, parameter in parameters.items():
        hint = hints[name]
        bare = typing.get_args(hint)[0] if typing.get_origin(hint) is Annotated else hint
        marks = typing.get_args(hint)[1:] if typing.get_origin(hint) is Annotated else ()
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        if bare in _INJECTED:
            operation.injected[name] = _INJECTED[bare]
        elif name in names:
            in_path[name] = (hint, default)
        elif any(mark is Query or isinstance(mark, Query) for mark in marks):
            in_query[name] = (hint, default)
        elif inspect.isclass(bare) and issubclass(bare, BaseModel):
            operation.body = (name, bare)
        else:
            raise TypeError(f"{fn.__module__}.{fn.__name__}: where does {name} come from?")
    if (missing := names - set(in_path)) and "request" not in operation.injected.values():
        raise TypeError(f"{fn.__module__}.{fn.__name__}: the path names {sorted(missing)}")
    config = ConfigDict(extra="forbid", frozen=True)
    if in_path:
        operation.path_model = create_model(f"{fn.__name__}_path", __config__=config, **in_path)
    if in_query:
        operation.query_model = create_model(f"{fn.__name__}_query", __config__=config, **in_query)
    return operation


def _answer(hint: Any) -> Any:
    """Return what a handler answers with, apart from returned refusals and ready-made responses; None when nothing is left."""
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    kinds = [
        kind
        for kind in (typing.get_args(hint) if union else (hint,))
        if kind not in (None, type(None)) and not (inspect.isclass(kind) and issubclass(kind, (Refusal, web.StreamResponse)))
    ]
    return typing.Union[tuple(kinds)] if kinds else None  # noqa: UP007  # a union of a computed list
