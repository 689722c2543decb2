"""Twilio by its own SDK over our one outbound client: retried only when a text surely was not sent."""

import asyncio
import contextlib
import functools
import json
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp
from yarl import URL

from backend.core import logs
from backend.core.outbound import NotAllowed, Outbound
from backend.core.settings import Settings

from .addresses import WEBHOOKS, join, number_on
from .gateway import HandOver, NotSent, Outcome, Sent, Unknown
from .text_gateway import Gone, Seen, Text, Unreachable

log = logs.get(__name__)
#: Seconds one request may take in all; the same for reading one piece of a photo.
PATIENCE = 20.0
_CHUNK = 64 * 1024
#: Refusals after which the same text may go out later: too many at once, an outage, a password that is just being changed.
_LATER = frozenset({20003, 20429, 21611, 14107})
#: Answers that say that nothing was taken; any other 5xx may come from a proxy behind which it was.
_NOT_TAKEN = frozenset({401, 429, 503})


class _NeverLeft(Exception):
    """No connection: the request surely was not heard."""


class _AnswerLost(Exception):
    """The request may have been heard."""


class Twilio:
    """One account."""

    def __init__(self, settings: Settings, outbound: Outbound) -> None:
        self._settings, self._outbound = settings, outbound
        self._base, self._media_base = settings.twilio_bases
        self._account = settings.twilio_account_sid
        self._token = settings.twilio_auth_token.get_secret_value()

    async def send_text(self, text: Text, hand_over: HandOver) -> Outcome:
        """Send one text; Unknown from the moment it may have been heard until there is an answer."""
        number = number_on(self._settings, text.channel)
        if number is None:
            return NotSent("channel_off", again=False)
        words: dict[str, Any] = {"body": text.body}
        if text.content_sid:
            words = {"content_sid": text.content_sid, "content_variables": json.dumps(dict(text.variables), ensure_ascii=False)}
        if text.media:
            words["media_url"] = list(text.media)
        sdk, client = await self._client()
        if not await hand_over():
            return NotSent("superseded", again=False)
        try:
            sent = await client.messages.create_async(
                to=join(text.channel, text.to),
                from_=join(text.channel, number),
                status_callback=f"{self._settings.public_url}{WEBHOOKS}/status?m={text.id}",
                **words,
            )
        except sdk.TwilioRestException as error:
            return _refused(error.status, error.code)
        except _NeverLeft:
            return NotSent("twilio_unreachable", again=True)
        except (_AnswerLost, sdk.TwilioException, ValueError, TypeError, KeyError) as error:
            # What is no answer of theirs is no answer: a proxy's page, half a body.
            log.warning("text_answer_lost", error=type(error).__name__)
            return Unknown("twilio_answer_lost")
        return Sent(str(sent.sid)) if sent.sid else Unknown("twilio_answer_lost")

    async def list_seen(self, *, to: str, since: datetime) -> AsyncIterator[Seen]:
        """List what went to an address since a moment, newest first; raises Unreachable."""
        sdk, client = await self._client()
        try:
            async for one in await client.messages.stream_async(to=to, date_sent_after=since.astimezone(UTC), page_size=200):
                yield Seen(
                    provider_id=one.sid,
                    sender=one.from_,
                    to=one.to,
                    body=one.body or "",
                    status=str(one.status),
                    error_code=one.error_code,
                    at=one.date_sent or one.date_created,
                    media=int(one.num_media or 0),
                )
        except (sdk.TwilioException, _NeverLeft, _AnswerLost, ValueError, TypeError) as error:
            raise Unreachable(type(error).__name__) from error

    async def list_media(self, provider_id: str) -> Sequence[str]:
        """List the ids of a message's files; raises Unreachable."""
        sdk, client = await self._client()
        try:
            return [one.sid for one in await client.messages(provider_id).media.list_async(limit=20)]
        except (sdk.TwilioException, _NeverLeft, _AnswerLost, ValueError, TypeError) as error:
            raise Unreachable(type(error).__name__) from error

    @contextlib.asynccontextmanager
    async def fetch_media(self, provider_id: str, media_id: str) -> AsyncIterator[AsyncIterator[bytes]]:
        """Read one file of a message from where the service sends us on to; raises Unreachable and Gone."""
        path = f"/2010-04-01/Accounts/{self._account}/Messages/{provider_id}/Media/{media_id}"
        auth = {"Authorization": aiohttp.encode_basic_auth(self._account, self._token)}
        try:
            async with contextlib.AsyncExitStack() as answers:
                answer = await answers.enter_async_context(self._outbound.request("GET", self._base + path, timeout=PATIENCE, headers=auth))
                if answer.status in (301, 302, 303, 307, 308):
                    # Without the password: it is for the interface, not for where files lie.
                    target = str(URL(self._base).join(URL(answer.headers.get("Location", ""))))
                    answer = await answers.enter_async_context(self._outbound.request("GET", target, timeout=PATIENCE))
                if answer.status in (404, 410):
                    raise Gone
                if answer.status != 200:
                    raise Unreachable(f"status_{answer.status}")
                yield answer.content.iter_chunked(_CHUNK)
        except (aiohttp.ClientError, TimeoutError, NotAllowed, ValueError) as error:
            raise Unreachable(type(error).__name__) from error

    async def _client(self) -> tuple[Any, Any]:
        # Its import takes a second and thirty megabytes: only who sends texts pays that, and off the loop.
        sdk = await asyncio.to_thread(_sdk)
        return sdk, sdk.Client(self._account, self._token, http_client=_wire(sdk, self._outbound, self._base))


def _refused(status: int, code: int | None) -> Outcome:
    if status in _NOT_TAKEN or code in _LATER:
        return NotSent(f"twilio_{code or status}", again=True)
    if status >= 500:
        return Unknown(f"twilio_{status}")
    return NotSent(f"twilio_{code or status}", again=False)


class _Sdk:
    """What we use of the SDK."""

    def __init__(self) -> None:
        from twilio.base.exceptions import TwilioException, TwilioRestException
        from twilio.http import AsyncHttpClient
        from twilio.http.response import Response
        from twilio.rest import Client

        self.TwilioException, self.TwilioRestException = TwilioException, TwilioRestException
        self.AsyncHttpClient, self.Response, self.Client = AsyncHttpClient, Response, Client


@functools.cache
def _sdk() -> _Sdk:
    return _Sdk()


def _wire(sdk: Any, outbound: Outbound, base: str) -> Any:
    """The SDK's way out: our client, at the configured address whatever host the SDK has in mind."""

    class Wire(sdk.AsyncHttpClient):  # type: ignore[misc]
        """Makes requests for the SDK."""

        def __init__(self) -> None:
            super().__init__(logger=_quiet, is_async=True, timeout=PATIENCE)

        async def request(
            self,
            method: str,
            url: str,
            params: Mapping[str, Any] | None = None,
            data: Mapping[str, Any] | None = None,
            headers: Mapping[str, str] | None = None,
            auth: tuple[str, str] | None = None,
            timeout: float | None = None,
            allow_redirects: bool = False,
        ) -> Any:
            """Make one request; raises _NeverLeft or _AnswerLost."""
            parts = urlsplit(url)
            target = f"{base}{parts.path}" + (f"?{parts.query}" if parts.query else "")
            # A kept connection may be dead without our knowing, and then nobody can tell whether a request was heard.
            sent = {**(headers or {}), "Connection": "close"}
            if auth is not None:
                sent["Authorization"] = aiohttp.encode_basic_auth(*auth)
            options: dict[str, Any] = {"headers": sent}
            if query := _pairs(params):
                options["params"] = query
            if method.upper() == "POST":
                options["data"] = aiohttp.FormData(_pairs(data))
            try:
                async with outbound.request(method.upper(), target, timeout=timeout or PATIENCE, **options) as answer:
                    return sdk.Response(answer.status, await answer.text(), answer.headers)
            except aiohttp.ClientConnectorError as error:
                raise _NeverLeft from error
            except NotAllowed as error:
                raise _NeverLeft from error
            except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
                raise _AnswerLost from error

    return Wire()


def _pairs(values: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in (values or {}).items():
        for one in value if isinstance(value, list | tuple) else [value]:
            # The SDK marks what is not given by an object of its own.
            if one is not None and isinstance(one, str | int | float | bool):
                found.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
    return found


class _Quiet:
    """The SDK writes people's numbers and words into its log: not into ours."""

    def info(self, *_: object) -> None:
        """Say nothing."""


_quiet: Any = _Quiet()
