"""The HTTP edge around a declared route: validation, a unit of work, permissions, idempotency, and refusals in the reader's form."""

import contextlib
import typing
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel, TypeAdapter, ValidationError

from . import idempotency, limits, posted
from .api import Operation
from .db import Session
from .errors import BadRequest, Invalid, NotFound, Refusal, TooLarge, Unauthenticated, UnsupportedMediaType
from .principal import ANONYMOUS, Principal
from .problems import render
from .site import Site

SITE: web.AppKey[Site] = web.AppKey("site", Site)
PRINCIPAL: web.RequestKey[Principal] = web.RequestKey("principal", Principal)
OPERATIONS: web.AppKey[list[Operation]] = web.AppKey("operations", list)
#: Enough for every JSON body; uploads get an edge of their own.
BODY_LIMIT = 64 * 1024
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


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
            if operation.accepts == posted.MULTIPART:
                request[posted.STREAMED] = True
            if operation.allowance is not None:
                await limits.spend(site, request, operation.allowance)
            if "session" in operation.injected.values():
                return await _in_work(site, operation, adapter, request)
            async with site.at_once() as session:
                request[PRINCIPAL] = await _admit(site, operation, request, session)
            answer = await operation.fn(**await _arguments(operation, request, site=site, session=None))
            return _respond(operation, adapter, answer)[0]
        except Exception as error:  # whatever was raised becomes an answer; `render` lets aiohttp's own answers pass
            return await render(site, request, error, page=operation.page)

    handle.__name__ = operation.fn.__name__
    return handle


async def _in_work(site: Site, operation: Operation, adapter: TypeAdapter[Any] | None, request: web.Request) -> web.StreamResponse:
    # The body is read before the transaction begins: a slow sender must not hold a connection.
    if operation.method in UNSAFE:
        await _read(request)
    async with site.work() if operation.writes else site.at_once() as session:
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
    except ConnectionError:  # gone before all was sent; nobody reads the answer, and it is no fault to write down
        raise BadRequest from None


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
