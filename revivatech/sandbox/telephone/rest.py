"""The provider's REST interface: send, fetch and list messages, and read their media."""

import base64
import binascii
import hmac
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from .exchange import Exchange, Refused
from .texts import VERSION, Media, Text, new_sid

_MESSAGES = f"/{VERSION}/Accounts/{{account}}/Messages"
_PAGE, _LONGEST_PAGE = 50, 1000


class Rest:
    """Answers as api.twilio.com does."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self) -> Sequence[web.RouteDef]:
        """Return the routes."""
        return [
            web.post(f"{_MESSAGES}.json", self._answering(self.create)),
            web.get(f"{_MESSAGES}.json", self._answering(self.listed)),
            web.get(f"{_MESSAGES}/{{sid}}.json", self._answering(self.fetch)),
            web.get(f"{_MESSAGES}/{{sid}}/Media.json", self._answering(self.list_media)),
            web.get(f"{_MESSAGES}/{{sid}}/Media/{{media}}.json", self._answering(self.fetch_media)),
            web.get(f"{_MESSAGES}/{{sid}}/Media/{{media}}", self._answering(self.redirect)),
            web.get("/twilio-media/{sid}/{media}", self.content),
        ]

    def _answering(self, handle: Any) -> Any:
        async def answer(request: web.Request) -> web.StreamResponse:
            try:
                self._admit(request)
                response: web.StreamResponse = await handle(request)
                return response
            except Refused as error:
                return _refusal(error)

        return answer

    def _admit(self, request: web.Request) -> None:
        line = self._exchange.line
        kind, _, packed = request.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(packed, validate=True)
        except (binascii.Error, ValueError):
            given = b""
        if kind != "Basic" or not hmac.compare_digest(given, f"{line.account}:{line.token}".encode()):
            raise Refused(20003, "Authenticate", 401)
        if request.match_info["account"] != line.account:
            raise _not_found(request)

    async def create(self, request: web.Request) -> web.StreamResponse:
        """Take a message."""
        form = await request.post()
        fields = {name: value for name, value in form.items() if isinstance(value, str)}
        urls = [value for value in form.getall("MediaUrl", []) if isinstance(value, str)]
        phone = fields.get("To", "").removeprefix("whatsapp:")
        match self._exchange.faults.take(phone, "busy", "unavailable", "drop", "lost_reply"):
            case "busy":
                raise Refused(20429, "Too Many Requests", 429)
            case "unavailable":
                raise Refused(20503, "Service unavailable", 503)
            case "drop":
                return _hang_up(request)
            case "lost_reply":
                self._exchange.send(fields, urls)
                return _hang_up(request)
        return web.json_response(self._exchange.send(fields, urls).as_resource(self._exchange.line.account), status=201)

    async def fetch(self, request: web.Request) -> web.StreamResponse:
        """Answer with one message."""
        return web.json_response(self._text(request).as_resource(self._exchange.line.account))

    async def listed(self, request: web.Request) -> web.StreamResponse:
        """Answer with a page of messages, newest first."""
        query = request.query
        size, page = _number(query.get("PageSize"), _PAGE, 1, _LONGEST_PAGE), _number(query.get("Page"), 0, 0, 10**6)
        texts = [text for text in reversed(self._exchange.store.listed()) if _matches(text, query)]
        account = self._exchange.line.account
        shown = texts[page * size : (page + 1) * size]
        path = f"/{VERSION}/Accounts/{account}/Messages.json"
        asked = {name: value for name, value in query.items() if name not in ("Page", "PageSize", "PageToken")}

        def uri(number: int) -> str:
            return f"{path}?{urlencode({**asked, 'PageSize': size, 'Page': number})}"

        more = (page + 1) * size < len(texts)
        return web.json_response(
            {
                "messages": [text.as_resource(account) for text in shown],
                "page": page,
                "page_size": size,
                "start": page * size,
                "end": page * size + max(0, len(shown) - 1),
                "uri": uri(page),
                "first_page_uri": uri(0),
                "previous_page_uri": uri(page - 1) if page else None,
                "next_page_uri": f"{uri(page + 1)}&PageToken=PA{shown[-1].sid}" if more else None,
            }
        )

    async def list_media(self, request: web.Request) -> web.StreamResponse:
        """Answer with the files of a message."""
        text, account = self._text(request), self._exchange.line.account
        path = f"/{VERSION}/Accounts/{account}/Messages/{text.sid}/Media.json"
        return web.json_response(
            {
                "media_list": [text.media_resource(account, one) for one in text.media],
                "page": 0,
                "page_size": _PAGE,
                "start": 0,
                "end": max(0, len(text.media) - 1),
                "uri": path,
                "first_page_uri": path,
                "previous_page_uri": None,
                "next_page_uri": None,
            }
        )

    async def fetch_media(self, request: web.Request) -> web.StreamResponse:
        """Answer with what one file is."""
        text = self._text(request)
        return web.json_response(text.media_resource(self._exchange.line.account, self._media(request, text)))

    async def redirect(self, request: web.Request) -> web.StreamResponse:
        """Send on to where the bytes of a file lie, as the provider does."""
        text = self._text(request)
        media = self._media(request, text)
        raise web.HTTPTemporaryRedirect(f"{self._exchange.line.address}/twilio-media/{text.sid}/{media.sid}")

    async def content(self, request: web.Request) -> web.StreamResponse:
        """Answer with the bytes of a file."""
        text = self._exchange.store.find(request.match_info["sid"])
        found = [one for one in text.media if one.sid == request.match_info["media"]] if text else []
        if not found:
            raise web.HTTPNotFound
        return web.Response(body=found[0].content, content_type=found[0].content_type)

    def _text(self, request: web.Request) -> Text:
        text = self._exchange.store.find(request.match_info["sid"])
        if text is None:
            raise _not_found(request)
        return text

    def _media(self, request: web.Request, text: Text) -> Media:
        for media in text.media:
            if media.sid == request.match_info["media"]:
                return media
        raise _not_found(request)


def _matches(text: Text, query: Any) -> bool:
    if query.get("To", text.to) != text.to or query.get("From", text.sender) != text.sender:
        return False
    sent = text.at
    after, before, on = (_moment(query.get(name)) for name in ("DateSent>", "DateSent<", "DateSent"))
    if on is not None and sent.date() != on.date():
        return False
    return (after is None or sent >= after) and (before is None or sent <= before)


def _moment(text: str | None) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise Refused(20001, "Invalid date") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _number(text: str | None, usual: int, least: int, most: int) -> int:
    return min(most, max(least, int(text))) if text and text.isdecimal() else usual


def _not_found(request: web.Request) -> Refused:
    return Refused(20404, f"The requested resource {request.path} was not found", 404)


def _refusal(error: Refused) -> web.Response:
    body = {
        "code": error.code,
        "message": error.message,
        "more_info": f"https://www.twilio.com/docs/errors/{error.code}",
        "status": error.status,
    }
    headers = {"Twilio-Request-Id": new_sid("RQ")}
    return web.json_response(body, status=error.status, headers=headers)


def _hang_up(request: web.Request) -> web.StreamResponse:
    transport = request.transport
    if transport is not None:
        transport.abort()
    return web.Response(status=500)
