"""The HTTP edge: one decorator gives a typed handler validation, a unit of work, permissions, idempotency and a description."""

import contextlib
import inspect
import re
import types
import typing
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any

from aiohttp import web
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model

from . import idempotency
from .db import Session
from .errors import BadRequest, Invalid, NotFound, Refusal, TooLarge, Unauthenticated, UnsupportedMediaType
from .principal import ANONYMOUS, Principal
from .problems import render
from .site import Site

SITE: web.AppKey[Site] = web.AppKey("site", Site)
PRINCIPAL: web.RequestKey[Principal] = web.RequestKey("principal", Principal)
#: Enough for every JSON body; uploads get an edge of their own.
BODY_LIMIT = 64 * 1024
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})
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

    def route(self, method: str, path: str, *, status: int = 200, idempotent: bool = False) -> Callable[[Handler], Handler]:
        """Declare a handler; see `Api.get` and its siblings."""

        def declare(fn: Handler) -> Handler:
            self.operations.append(_operation(fn, method, path, status=status, idempotent=idempotent, page=self.page, tags=(self.tag,)))
            return fn

        return declare

    def get(self, path: str, *, status: int = 200) -> Callable[[Handler], Handler]:
        """Declare a GET."""
        return self.route("GET", path, status=status)

    def post(self, path: str, *, status: int = 200, idempotent: bool = False) -> Callable[[Handler], Handler]:
        """Declare a POST; `idempotent` honours Idempotency-Key."""
        return self.route("POST", path, status=status, idempotent=idempotent)

    def put(self, path: str, *, status: int = 200) -> Callable[[Handler], Handler]:
        """Declare a PUT."""
        return self.route("PUT", path, status=status)

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


OPERATIONS: web.AppKey[list[Operation]] = web.AppKey("operations", list)


def mount(app: web.Application, operations: list[Operation]) -> None:
    """Add the operations to an application that has a Site; one without a row in the permission matrix stops the start."""
    matrix = app[SITE].permissions.http
    app[OPERATIONS] = operations
    for operation in operations:
        if operation.key not in matrix:
            raise RuntimeError(f"permissions.toml has no row for {operation.key}")
        handler = _handler(app[SITE], operation)
        if operation.page and operation.method == "GET":
            app.router.add_get(operation.path, handler)  # HEAD too: link previews and monitors ask for it
        else:
            app.router.add_route(operation.method, operation.path, handler)


def _handler(site: Site, operation: Operation) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    adapter: TypeAdapter[Any] | None = None
    if operation.answer is not None:
        adapter = TypeAdapter(operation.answer)

    async def handle(request: web.Request) -> web.StreamResponse:
        try:
            if "session" in operation.injected.values():
                return await _in_work(site, operation, adapter, request)
            async with site.work() as session:
                request[PRINCIPAL] = await _admit(site, operation, request, session)
            answer = await operation.fn(**await _arguments(operation, request, site=site, session=None))
            return _respond(operation, adapter, answer)[0]
        except (Refusal, *_RENDERED) as error:
            return await render(site, request, error, page=operation.page)

    handle.__name__ = operation.fn.__name__
    return handle


# Everything that is rendered as an answer; cancellation and aiohttp's own answers pass.
_RENDERED = (Exception,)


async def _in_work(site: Site, operation: Operation, adapter: TypeAdapter[Any] | None, request: web.Request) -> web.StreamResponse:
    # The body is read before the transaction begins: a slow sender must not hold a connection.
    if operation.method in UNSAFE:
        await _read(request)
    async with site.work() as session:
        principal = request[PRINCIPAL] = session.principal = await _admit(site, operation, request, session)
        arguments = await _arguments(operation, request, site=site, session=session)
        deed = principal.kind == "turn" and operation.method in UNSAFE
        if deed:
            await site.hooks.fence_deed(session, principal)
        key = request.headers.get("Idempotency-Key") if operation.idempotent else None
        if key is None:
            if deed and operation.idempotent:
                raise idempotency.KeyInvalid
        else:
            idempotency.check(key)
            body = await request.read()
            stored = await idempotency.claim(session, scope=principal.scope, route=_route(request, operation), key=key, body=body)
            if stored:
                return web.Response(
                    status=stored[0], body=stored[1], content_type="application/json", headers={"Idempotency-Replayed": "true"}
                )
        answer = await operation.fn(**arguments)
        if isinstance(answer, Refusal):
            return await render(site, request, answer, page=operation.page)
        response, payload = _respond(operation, adapter, answer)
        if deed:
            await site.hooks.record_deed(session, principal, operation.fn.__name__, answer)
        if key is not None:
            await idempotency.keep(
                session, scope=principal.scope, route=_route(request, operation), key=key, status=response.status, answer=payload or b""
            )
    return response


async def _admit(site: Site, operation: Operation, request: web.Request, session: Session) -> Principal:
    try:
        principal = await site.hooks.authenticate(request, session)
    except Unauthenticated:
        # A page that is open to everybody stays open to whoever was signed in last week.
        if not operation.page or "anonymous" not in site.permissions.http[operation.key]:
            raise
        principal = ANONYMOUS
    site.permissions.check("http", operation.key, principal)
    return principal


def _route(request: web.Request, operation: Operation) -> str:
    return f"{operation.method} {request.path}"


def _respond(operation: Operation, adapter: TypeAdapter[Any] | None, answer: Any) -> tuple[web.StreamResponse, bytes | None]:
    if isinstance(answer, web.StreamResponse):
        return answer, None
    if adapter is None:
        return web.Response(status=operation.status if operation.status != 200 else 204), None
    payload = adapter.dump_json(adapter.validate_python(answer) if isinstance(answer, dict) else answer)
    return web.Response(status=operation.status, body=payload, content_type="application/json"), payload


async def _read(request: web.Request) -> bytes:
    try:
        return await request.read()
    except web.HTTPRequestEntityTooLarge:
        raise TooLarge(limit=BODY_LIMIT) from None


async def _arguments(operation: Operation, request: web.Request, *, site: Site, session: Session | None) -> dict[str, Any]:
    given = {"session": session, "site": site, "request": request, "principal": request.get(PRINCIPAL)}
    arguments: dict[str, Any] = {name: given[kind] for name, kind in operation.injected.items()}
    errors: list[dict[str, Any]] = []
    if operation.path_model:
        if any("\x00" in value for value in request.match_info.values()):
            raise NotFound
        try:
            arguments |= _fields(operation.path_model.model_validate(dict(request.match_info)))
        except ValidationError:
            # A path that cannot name anything names nothing.
            raise NotFound from None
    if operation.query_model:
        with _collect(errors, "query"):
            arguments |= _fields(operation.query_model.model_validate(_query(request)))
    if operation.body:
        name, model = operation.body
        if request.content_type != "application/json":
            raise UnsupportedMediaType
        raw = await _read(request)
        with _collect(errors, "body"):
            arguments[name] = model.model_validate_json(raw)
    if errors:
        if any(error["code"] == "json_invalid" for error in errors):
            raise JsonInvalid
        raise Invalid(errors=errors)
    return arguments


class JsonInvalid(BadRequest):
    """The body is not JSON."""

    code, title = "json_invalid", "The body is not valid JSON."


def _query(request: web.Request) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for key in request.query:
        found = request.query.getall(key)
        if any("\x00" in value for value in found):
            raise Invalid(errors=[{"in": "query", "pointer": f"/{key}", "code": "nul", "detail": "NUL characters are not allowed"}])
        values[key] = found[0] if len(found) == 1 else found
    return values


def _fields(model: BaseModel) -> dict[str, Any]:
    return {name: getattr(model, name) for name in type(model).model_fields}


@contextlib.contextmanager
def _collect(errors: list[dict[str, Any]], where: str) -> typing.Iterator[None]:
    try:
        yield
    except ValidationError as error:
        for item in error.errors(include_url=False, include_context=False, include_input=False):
            pointer = "".join(f"/{part}" for part in item["loc"])
            errors.append({"in": where, "pointer": pointer, "code": item["type"], "detail": item["msg"]})


def _answer(hint: Any) -> Any:
    """Return what a handler answers with, apart from returned refusals and ready-made responses; None when nothing is left."""
    union = typing.get_origin(hint) in (typing.Union, types.UnionType)
    kinds = [
        kind
        for kind in (typing.get_args(hint) if union else (hint,))
        if kind not in (None, type(None)) and not (inspect.isclass(kind) and issubclass(kind, (Refusal, web.StreamResponse)))
    ]
    return typing.Union[tuple(kinds)] if kinds else None  # noqa: UP007  # a union of a computed list
