"""The telephone page: two phones side by side, by SMS or WhatsApp, and the same for tests as JSON."""

import asyncio
import base64
import binascii
import re
from collections.abc import Sequence
from typing import Any

from aiohttp import web

from revivatech.sandbox.app import Pages
from revivatech.sandbox.problems import problem

from .exchange import Exchange
from .faults import Fault
from .rest import Rest
from .texts import Channel, Text

#: Numbers that are reserved for drama: nobody's.
PHONES = ("+447700900111", "+447700900222")
SHOWN, LONGEST = 200, 5_000
#: What the browser may be shown as a picture.
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/gif"})
_PHONE = re.compile(r"\+[1-9]\d{6,14}")


class TelephoneSection:
    """The stand-in for Twilio."""

    name = "Telephone"
    path = "/telephone"

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def routes(self, pages: Pages) -> Sequence[web.RouteDef]:
        """Return the pages, the API, and the provider's own interface."""
        self._pages = pages
        return [
            *Rest(self._exchange).routes(),
            web.get("/telephone", self.page),
            web.post("/telephone/messages", self.write_by_form),
            web.post("/telephone/clear", self.clear_by_form),
            web.get("/telephone/media/{sid}/{media}", self.picture),
            web.get("/api/telephone", self.listed),
            web.delete("/api/telephone", self.clear),
            web.post("/api/telephone/messages", self.write),
            web.post("/api/telephone/read", self.read),
            web.get("/api/telephone/events", self.events),
            web.get("/api/telephone/faults", self.faults),
            web.post("/api/telephone/faults", self.add_fault),
            web.delete("/api/telephone/faults", self.clear_faults),
        ]

    async def page(self, request: web.Request) -> web.Response:
        """Show both phones; looking at WhatsApp is reading it."""
        phones = []
        for number, phone in enumerate(PHONES):
            channel: Channel = "whatsapp" if request.query.get(f"on{number}") == "whatsapp" else "sms"
            if channel == "whatsapp":
                self._exchange.read(phone)
            texts = self._exchange.store.listed(phone=phone, channel=channel)[-SHOWN:]
            other = {f"on{one}": request.query.get(f"on{one}", "sms") for one in range(len(PHONES)) if one != number}
            phones.append(
                {
                    "number": phone,
                    "index": number,
                    "channel": channel,
                    "shop": self._exchange.line.number(channel),
                    "texts": [_shown(text) for text in texts],
                    "opted_out": channel == "sms" and self._exchange.has_opted_out(phone),
                    "window": channel == "whatsapp" and self._exchange.window_open(phone),
                    "tabs": [
                        {"name": title, "on": on == channel, "query": {**other, f"on{number}": on}}
                        for on, title in (("sms", "SMS"), ("whatsapp", "WhatsApp"))
                    ],
                }
            )
        return self._pages.render("telephone.html", self, phones=phones, faults=self._exchange.faults.listed(), view=request.query_string)

    async def write_by_form(self, request: web.Request) -> web.Response:
        """Send what somebody typed on the page."""
        form = await request.post()
        media = []
        for upload in form.getall("photos", []):
            if isinstance(upload, web.FileField) and upload.filename:
                media.append((upload.content_type, upload.file.read()))
        phone, channel, body = (str(form.get(name, "")) for name in ("phone", "channel", "body"))
        if not _PHONE.fullmatch(phone) or channel not in ("sms", "whatsapp") or len(body) > LONGEST:
            return problem(422, "invalid", "That is no message.")
        if body.strip() or media:
            self._exchange.write(phone, "whatsapp" if channel == "whatsapp" else "sms", body, media)
        raise web.HTTPSeeOther(f"/telephone?{form.get('view', '')}")

    async def clear_by_form(self, request: web.Request) -> web.Response:
        """Forget all messages."""
        self._exchange.store.clear()
        raise web.HTTPSeeOther("/telephone")

    async def picture(self, request: web.Request) -> web.Response:
        """Show a photo somebody sent."""
        text = self._exchange.store.find(request.match_info["sid"])
        found = [one for one in text.media if one.sid == request.match_info["media"]] if text else []
        if not found:
            raise web.HTTPNotFound(reason="There is no such photo.")
        kind = found[0].content_type if found[0].content_type in PICTURES else "application/octet-stream"
        return web.Response(body=found[0].content, content_type=kind)

    async def listed(self, request: web.Request) -> web.Response:
        """Answer with what a phone wrote and was written, oldest first."""
        channel = request.query.get("channel")
        on: Channel | None = "whatsapp" if channel == "whatsapp" else "sms" if channel == "sms" else None
        texts = self._exchange.store.listed(phone=request.query.get("phone"), channel=on)
        return web.json_response({"items": [_shown(text) for text in texts[-SHOWN:]], "total": len(texts)})

    async def write(self, request: web.Request) -> web.Response:
        """Send what a test says: `{"phone", "channel", "body", "media": [{"content_type", "content"}]}`, content in base 64."""
        if request.content_type != "application/json":
            return problem(415, "unsupported_media_type", "Send JSON.")
        try:
            given = await request.json()
            phone, channel, body = given["phone"], given["channel"], given.get("body", "")
            media = [(one["content_type"], base64.b64decode(one["content"], validate=True)) for one in given.get("media", [])]
            if not _PHONE.fullmatch(phone) or channel not in ("sms", "whatsapp") or not isinstance(body, str):
                raise ValueError("phone must be an international number, channel sms or whatsapp, body a text")
        except (ValueError, TypeError, KeyError, binascii.Error) as error:
            return problem(422, "invalid", f"That is no message: {error}.")
        return web.json_response(_shown(self._exchange.write(phone, channel, body, media)), status=201)

    async def read(self, request: web.Request) -> web.Response:
        """Let a phone look at its WhatsApp messages."""
        self._exchange.read(request.query.get("phone", ""))
        return web.Response(status=204)

    async def clear(self, request: web.Request) -> web.Response:
        """Forget all messages."""
        self._exchange.store.clear()
        return web.Response(status=204)

    async def faults(self, request: web.Request) -> web.Response:
        """Answer with the faults that are on."""
        return web.json_response({"items": self._exchange.faults.listed()})

    async def add_fault(self, request: web.Request) -> web.Response:
        """Switch a fault on."""
        if request.content_type != "application/json":
            return problem(415, "unsupported_media_type", "Send JSON.")
        try:
            given = await request.json()
            if not isinstance(given, dict) or not set(given) <= {"kind", "phone", "times"}:
                raise ValueError("send an object of kind, phone and times")
            self._exchange.faults.add(Fault(**given))
        except (ValueError, TypeError) as error:
            return problem(422, "invalid", f"That is no fault: {error}.")
        return web.json_response({"items": self._exchange.faults.listed()}, status=201)

    async def clear_faults(self, request: web.Request) -> web.Response:
        """Switch all faults off."""
        self._exchange.faults.clear()
        return web.Response(status=204)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Tell an open page that something changed; what, it asks itself."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        async with self._exchange.store.watch() as changed:
            await response.write(b"retry: 1000\n\n")
            while True:
                try:
                    await asyncio.wait_for(changed.get(), 15)
                    await response.write(b"event: changed\ndata: {}\n\n")
                except TimeoutError:
                    await response.write(b": still here\n\n")


def _shown(text: Text) -> dict[str, Any]:
    return {
        "sid": text.sid,
        "phone": text.phone,
        "channel": text.channel,
        "mine": text.inbound,
        "body": text.body,
        "status": text.status,
        "error_code": text.error_code,
        "automatic": text.automatic,
        "template": text.content_sid is not None,
        "at": text.at.isoformat(),
        "time": f"{text.at.astimezone():%H:%M}",
        "media": [
            {"url": f"/telephone/media/{text.sid}/{one.sid}", "content_type": one.content_type, "picture": one.content_type in PICTURES}
            for one in text.media
        ],
        "media_urls": text.media_urls,
    }
