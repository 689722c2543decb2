"""The mailbox: every mail the shop sent, as a page for people and as JSON for tests."""

import asyncio
import contextlib
from collections.abc import Sequence

from aiohttp import web

from . import view
from .app import Pages
from .faults import Fault
from .message import Attachment, ReceivedMail
from .problems import problem
from .smtp import Mailbox

TABS = ("preview", "text", "headers")
SHOWN = 200
#: What the browser may name as it is; the rest is bytes.
SAFE_TYPES = frozenset({"text/calendar", "application/pdf", "image/png", "image/jpeg", "image/webp"})

FRAME_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

#: Seconds after which an open page without news hears that we are there.
STILL_HERE = 15.0


class MailboxSection:
    """The stand-in for mail servers."""

    name = "Mailbox"
    path = "/mailbox"

    def __init__(self, mailbox: Mailbox) -> None:
        self._mailbox = mailbox

    def routes(self, pages: Pages) -> Sequence[web.RouteDef]:
        """Return the pages and the API."""
        self._pages = pages
        return [
            web.get("/mailbox", self.page),
            web.post("/mailbox/clear", self.clear_by_form),
            web.get("/mailbox/{id}", self.page),
            web.get("/mailbox/{id}/html", self.html),
            web.post("/mailbox/{id}/delete", self.delete_by_form),
            web.get("/api/mailbox", self.listed),
            web.delete("/api/mailbox", self.clear),
            web.get("/api/mailbox/events", self.events),
            web.get("/api/mailbox/faults", self.faults),
            web.post("/api/mailbox/faults", self.add_fault),
            web.delete("/api/mailbox/faults", self.clear_faults),
            web.get("/api/mailbox/{id}", self.whole),
            web.delete("/api/mailbox/{id}", self.delete),
            web.get("/api/mailbox/{id}/raw", self.raw),
            web.get("/api/mailbox/{id}/attachments/{index}", self.attachment),
        ]

    def _found(self, request: web.Request) -> ReceivedMail:
        mail = self._mailbox.store.find(request.match_info["id"])
        if mail is None:
            raise web.HTTPNotFound(reason="There is no such mail.")
        return mail

    def _newest_first(self, request: web.Request) -> list[ReceivedMail]:
        return self._mailbox.messages(request.query.get("to") or None, request.query.get("subject") or None)[::-1]

    async def page(self, request: web.Request) -> web.Response:
        mails = self._newest_first(request)
        opened = self._found(request) if "id" in request.match_info else None
        tab = request.query.get("view", TABS[0])
        return self._pages.render(
            "mailbox.html",
            self,
            mails=[view.row(mail) for mail in mails[:SHOWN]],
            total=len(mails),
            to=request.query.get("to", ""),
            mail=view.whole(opened) if opened else None,
            tab=tab if tab in TABS else TABS[0],
            faults=self._mailbox.faults.listed(),
        )

    async def html(self, request: web.Request) -> web.Response:
        """Return the HTML part for the sandboxed frame: no script, no form, no request to anywhere."""
        mail = self._found(request)
        return web.Response(text=view.framed(mail), content_type="text/html", headers={"Content-Security-Policy": FRAME_POLICY})

    async def clear_by_form(self, request: web.Request) -> web.Response:
        self._mailbox.store.clear()
        raise web.HTTPSeeOther("/mailbox")

    async def delete_by_form(self, request: web.Request) -> web.Response:
        self._mailbox.store.delete(self._found(request).id)
        raise web.HTTPSeeOther("/mailbox")

    async def listed(self, request: web.Request) -> web.Response:
        mails = self._newest_first(request)
        return web.json_response({"items": [view.row(mail) for mail in mails[:SHOWN]], "total": len(mails)})

    async def whole(self, request: web.Request) -> web.Response:
        return web.json_response(self._found(request).whole())

    async def delete(self, request: web.Request) -> web.Response:
        self._mailbox.store.delete(self._found(request).id)
        return web.Response(status=204)

    async def clear(self, request: web.Request) -> web.Response:
        for mail in self._newest_first(request):
            self._mailbox.store.delete(mail.id)
        return web.Response(status=204)

    async def raw(self, request: web.Request) -> web.Response:
        mail = self._found(request)
        return _download(Attachment(0, f"{mail.id}.eml", "message/rfc822", mail.raw, {}))

    async def attachment(self, request: web.Request) -> web.Response:
        index = request.match_info["index"]
        wanted = [one for one in self._found(request).attachments if str(one.index) == index]
        if not wanted:
            raise web.HTTPNotFound(reason="The mail has no such file.")
        return _download(wanted[0])

    async def faults(self, request: web.Request) -> web.Response:
        return web.json_response({"items": self._mailbox.faults.listed()})

    async def add_fault(self, request: web.Request) -> web.Response:
        if request.content_type != "application/json":
            return problem(415, "unsupported_media_type", "Send JSON.")
        try:
            given = await request.json()
            if not isinstance(given, dict) or not set(given) <= {"kind", "to", "times"}:
                raise ValueError("send an object of kind, to and times")
            self._mailbox.faults.add(Fault(**given))
        except (ValueError, TypeError) as error:
            return problem(422, "invalid", f"That is no fault: {error}.")
        return web.json_response({"items": self._mailbox.faults.listed()}, status=201)

    async def clear_faults(self, request: web.Request) -> web.Response:
        self._mailbox.faults.clear()
        return web.Response(status=204)

    async def events(self, request: web.Request) -> web.StreamResponse:
        """Tell an open page that something changed; what, it asks itself."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream", "Cache-Control": "no-store"})
        await response.prepare(request)
        async with self._mailbox.store.watch() as changed:
            with contextlib.suppress(ConnectionResetError):  # the page was closed
                await response.write(b"retry: 1000\n\n")
                while True:
                    news = b": still here\n\n"
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(changed.get(), STILL_HERE)
                        news = b"event: changed\ndata: {}\n\n"
                    await response.write(news)
        return response


def _download(file: Attachment) -> web.Response:
    kind = file.content_type if file.content_type in SAFE_TYPES else "application/octet-stream"
    ascii_name = "".join(char if char.isascii() and (char.isalnum() or char in "._-") else "_" for char in file.filename) or "file"
    disposition = f'attachment; filename="{ascii_name[:120]}"'
    return web.Response(body=file.content, content_type=kind, headers={"Content-Disposition": disposition})
