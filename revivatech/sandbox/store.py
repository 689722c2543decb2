"""Where the sandbox keeps mail: in memory, and in a folder if it is given one."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from .message import ReceivedMail

LIMIT = 500


class MailStore:
    """The newest `limit` mails; survives a restart when `folder` is given."""

    def __init__(self, folder: Path | None = None, *, limit: int = LIMIT) -> None:
        self._folder = folder
        self._limit = limit
        self._mails: OrderedDict[str, ReceivedMail] = OrderedDict()
        self._watchers: set[asyncio.Queue[None]] = set()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._load(folder)

    def add(self, sender: str, recipients: list[str], raw: bytes) -> ReceivedMail:
        at = datetime.now(UTC)
        mail = ReceivedMail(f"{at:%Y%m%d%H%M%S%f}-{secrets.token_hex(3)}", at, sender, tuple(recipients), raw)
        if self._folder is not None:
            letter, envelope = self._folder / f"{mail.id}.eml", self._folder / f"{mail.id}.json"
            told = {"at": at.isoformat(), "sender": sender, "recipients": recipients}
            try:
                _write(letter, raw)
                # The envelope is written last: a mail without one was cut off and is not shown.
                _write(envelope, json.dumps(told).encode())
            except OSError:
                letter.unlink(missing_ok=True)
                envelope.unlink(missing_ok=True)
                raise
        self._mails[mail.id] = mail
        while len(self._mails) > self._limit:
            self._forget(next(iter(self._mails)))
        self._changed()
        return mail

    def listed(self, *, to: str | None = None, subject: str | None = None) -> list[ReceivedMail]:
        """Return mails in order of arrival whose recipient and subject contain the given words, case aside."""
        return [
            mail
            for mail in self._mails.values()
            if (to is None or any(to.lower() in one.lower() for one in mail.recipients))
            and (subject is None or subject.lower() in mail.subject.lower())
        ]

    def find(self, mail_id: str) -> ReceivedMail | None:
        return self._mails.get(mail_id)

    def delete(self, mail_id: str) -> bool:
        if mail_id not in self._mails:
            return False
        self._forget(mail_id)
        self._changed()
        return True

    def clear(self) -> None:
        for mail_id in list(self._mails):
            self._forget(mail_id)
        self._changed()

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Queue[None]]:
        """Yield a queue that gets an item whenever something was added or removed."""
        queue: asyncio.Queue[None] = asyncio.Queue(maxsize=1)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    def _changed(self) -> None:
        for queue in self._watchers:
            if not queue.full():
                queue.put_nowait(None)

    def _forget(self, mail_id: str) -> None:
        del self._mails[mail_id]
        if self._folder is not None:
            for ending in ("json", "eml"):
                (self._folder / f"{mail_id}.{ending}").unlink(missing_ok=True)

    def _load(self, folder: Path) -> None:
        for envelope in sorted(folder.glob("*.json")):
            try:
                kept = json.loads(envelope.read_text())
                raw = envelope.with_suffix(".eml").read_bytes()
                at = datetime.fromisoformat(kept["at"])
                self._mails[envelope.stem] = ReceivedMail(envelope.stem, at, str(kept["sender"]), tuple(map(str, kept["recipients"])), raw)
            except (OSError, ValueError, KeyError, TypeError):
                # Half a mail from a killed process is no reason not to start.
                envelope.unlink(missing_ok=True)
        for stray in folder.glob("*.eml"):
            if stray.stem not in self._mails:
                stray.unlink(missing_ok=True)
        while len(self._mails) > self._limit:
            self._forget(next(iter(self._mails)))


def _write(path: Path, content: bytes) -> None:
    scratch = path.with_name(path.name + ".new")
    scratch.write_bytes(content)
    os.replace(scratch, path)
