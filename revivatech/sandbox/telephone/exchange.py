"""The telephone exchange: takes what the shop sends and what people write, by the provider's rules."""

import asyncio
import json
import re
from collections.abc import Coroutine, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from backend.messaging.contents import CONTENTS

from .faults import Faults
from .store import TextStore
from .texts import WHATSAPP, Channel, Media, Text, channel_of, new_sid, number_of
from .webhooks import Webhooks

#: How long after a customer's last word WhatsApp carries free text.
WINDOW = timedelta(hours=24)
LONGEST, MOST_MEDIA = 1600, 10
_NUMBER = re.compile(r"\+[1-9]\d{6,14}")
_CONTENTS = {content.sandbox_sid: content for content in CONTENTS.values()}
_OPT_OUT = {"STOP": "STOP", "STOPALL": "STOP", "UNSUBSCRIBE": "STOP", "START": "START", "UNSTOP": "START", "HELP": "HELP", "INFO": "HELP"}
_AUTOMATIC = {
    "STOP": "You have successfully been unsubscribed. You will not receive any more messages from this number. Reply START to resubscribe.",
    "START": "You have successfully been re-subscribed to messages from this number. Reply HELP for help. Reply STOP to unsubscribe.",
    "HELP": "Reply STOP to unsubscribe. Msg&Data Rates May Apply.",
}


class Refused(Exception):
    """The provider says no, with its code."""

    def __init__(self, code: int, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


@dataclass(frozen=True, slots=True)
class Line:
    """The shop's account: credentials, numbers, and where it wants to be told."""

    account: str
    token: str
    sms: str
    whatsapp: str
    #: Where the shop hears of what people write, and this machine's own address, for links to media.
    webhook: str
    address: str

    def number(self, channel: Channel) -> str:
        """Return the shop's address on a channel."""
        return f"{WHATSAPP}{self.whatsapp}" if channel == "whatsapp" else self.sms


class Exchange:
    """Messages, their states and who may be written to; `pace` is the seconds between two states."""

    def __init__(self, line: Line, store: TextStore | None = None, *, pace: float = 0.4) -> None:
        self.line, self.pace = line, pace
        self.store = store or TextStore()
        self.faults = Faults()
        self.webhooks = Webhooks(line.token)
        #: Moved by tests that let a day pass.
        self.later = timedelta(0)
        self._going: set[asyncio.Task[None]] = set()

    def now(self) -> datetime:
        """Return the exchange's own time."""
        return datetime.now(UTC) + self.later

    def send(self, form: Mapping[str, str], media_urls: Sequence[str]) -> Text:
        """Take a message of the shop's; raises Refused with the provider's code."""
        to, sender, body = form.get("To", ""), form.get("From", ""), form.get("Body", "")
        if not to:
            raise Refused(21604, "A 'To' phone number is required.")
        if not sender:
            raise Refused(21603, "A 'From' phone number is required.")
        if not _NUMBER.fullmatch(number_of(to)):
            raise Refused(21211, f"Invalid 'To' Phone Number: {to[:40]}")
        if channel_of(to) != channel_of(sender):
            raise Refused(21910, "Invalid From and To pair. From and To should be of the same channel")
        if sender != self.line.number(channel_of(to)):
            code = 63007 if channel_of(to) == "whatsapp" else 21606
            raise Refused(code, f"The From number {sender[:40]} is not one of this account's.")
        content_sid = form.get("ContentSid")
        if content_sid:
            body = _worded(content_sid, form.get("ContentVariables", ""))
        if not body and not media_urls:
            raise Refused(21602, "Message body is required.")
        if len(body) > LONGEST:
            raise Refused(21617, "The concatenated message body exceeds the 1600 character limit.")
        if len(media_urls) > MOST_MEDIA:
            raise Refused(21623, "Number of media files exceeds allowed limit.")
        if channel_of(to) == "sms" and self.has_opted_out(to):
            raise Refused(21610, "Attempt to send to unsubscribed recipient")
        text = Text(
            sid=new_sid("MM" if media_urls else "SM"),
            inbound=False,
            sender=sender,
            to=to,
            body=body,
            status="queued",
            at=self.now(),
            media_urls=list(media_urls),
            callback=form.get("StatusCallback"),
            content_sid=content_sid,
        )
        self.store.put(text)
        self._go(self._carry(text))
        return text

    def write(
        self,
        phone: str,
        channel: Channel,
        body: str,
        media: Sequence[tuple[str, bytes]] = (),
        *,
        extra: Mapping[str, str] | None = None,
    ) -> Text:
        """Let a person write to the shop; the shop is told beside it."""
        prefix = WHATSAPP if channel == "whatsapp" else ""
        text = Text(
            sid=new_sid("MM" if media else "SM"),
            inbound=True,
            sender=f"{prefix}{phone}",
            to=self.line.number(channel),
            body=body,
            status="received",
            at=self.now(),
            media=[Media(new_sid("ME"), kind, content) for kind, content in media],
            extra=dict(extra or {}),
        )
        word = _OPT_OUT.get(body.strip().upper()) if channel == "sms" else None
        if word:
            text.extra["OptOutType"] = word
        self.store.put(text)
        if word:
            self.store.put(self._automatic(text, _AUTOMATIC[word]))
        match self.faults.take(phone, "no_webhook", "twice"):
            case "no_webhook":
                pass
            case "twice":
                for _ in range(2):
                    self._go(self._tell(text))
            case _:
                self._go(self._tell(text))
        return text

    def read(self, phone: str) -> None:
        """Let a person look at WhatsApp: all that was delivered there is read."""
        for text in self.store.listed(phone=phone, channel="whatsapp"):
            if not text.inbound and text.status == "delivered":
                self._go(self._move(text, "read"))

    def has_opted_out(self, address: str) -> bool:
        """Tell whether a person's last word on it was STOP."""
        words = [text.extra["OptOutType"] for text in self.store.listed(phone=number_of(address)) if "OptOutType" in text.extra]
        return next((word == "STOP" for word in reversed(words) if word != "HELP"), False)

    def window_open(self, address: str) -> bool:
        """Tell whether WhatsApp carries free text to this person now."""
        written = [text.at for text in self.store.listed(phone=number_of(address), channel="whatsapp") if text.inbound]
        return bool(written) and self.now() - written[-1] < WINDOW

    def form_of(self, text: Text) -> dict[str, str]:
        """Return what the shop is told of a message a person wrote."""
        line = self.line
        form = {
            "ToCountry": "GB",
            "SmsMessageSid": text.sid,
            "NumMedia": str(len(text.media)),
            "SmsSid": text.sid,
            "MessageSid": text.sid,
            "SmsStatus": "received",
            "Body": text.body,
            "To": text.to,
            "From": text.sender,
            "NumSegments": "1",
            "AccountSid": line.account,
            "ApiVersion": "2010-04-01",
        }
        if text.channel == "whatsapp":
            form |= {"ProfileName": "Sandbox", "WaId": text.phone.lstrip("+"), "MessageType": "image" if text.media else "text"}
        for number, media in enumerate(text.media):
            form[f"MediaContentType{number}"] = media.content_type
            form[f"MediaUrl{number}"] = f"{line.address}/2010-04-01/Accounts/{line.account}/Messages/{text.sid}/Media/{media.sid}"
        return form | text.extra

    async def settled(self) -> None:
        """Wait until everything under way has arrived."""
        while self._going:
            await asyncio.gather(*self._going, return_exceptions=True)

    async def close(self) -> None:
        """Stop all that is under way."""
        for task in self._going:
            task.cancel()
        await asyncio.gather(*self._going, return_exceptions=True)
        await self.webhooks.close()

    def _automatic(self, answered: Text, body: str) -> Text:
        return Text(
            new_sid("SM"),
            inbound=False,
            sender=answered.to,
            to=answered.sender,
            body=body,
            status="delivered",
            at=self.now(),
            automatic=True,
        )

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self._going.add(task)
        task.add_done_callback(self._going.discard)

    async def _tell(self, text: Text) -> None:
        await self.webhooks.post(f"{self.line.webhook}/messages", self.form_of(text))

    async def _carry(self, text: Text) -> None:
        fate = self.faults.take(text.phone, "undelivered", "unreachable", "silent")
        if text.channel == "whatsapp" and not text.content_sid and not self.window_open(text.to):
            await self._move(text, "failed", 63016)
        elif fate == "unreachable":
            await self._move(text, "failed", 30008)
        else:
            await self._move(text, "sent", tell=fate != "silent")
            if fate == "undelivered":
                await self._move(text, "undelivered", 30003)
            else:
                await self._move(text, "delivered", tell=fate != "silent")

    async def _move(self, text: Text, status: str, error_code: int | None = None, *, tell: bool = True) -> None:
        await asyncio.sleep(self.pace)
        if not text.move(status, self.now(), error_code):
            return
        self.store.put(text)
        if tell and text.callback:
            await self.webhooks.post(text.callback, self.status_form(text, status))

    def status_form(self, text: Text, status: str) -> dict[str, str]:
        """Return what the shop is told of a message it sent."""
        form = {
            "SmsSid": text.sid,
            "SmsStatus": status,
            "MessageStatus": status,
            "To": text.to,
            "MessageSid": text.sid,
            "AccountSid": self.line.account,
            "From": text.sender,
            "ApiVersion": "2010-04-01",
        }
        if text.error_code is not None:
            form["ErrorCode"] = str(text.error_code)
        if text.channel == "whatsapp":
            form |= {"ChannelPrefix": "whatsapp", "EventType": status.upper()}
        return form


def _worded(sid: str, variables: str) -> str:
    content = _CONTENTS.get(sid)
    if content is None:
        raise Refused(21655, "The ContentSid is Invalid", 400)
    try:
        values = json.loads(variables or "{}")
        if not isinstance(values, dict) or not all(isinstance(value, str) and value for value in values.values()):
            raise ValueError
    except ValueError:
        raise Refused(21656, "The ContentVariables Parameter is invalid.") from None
    return content.filled(values)
