"""The messages of all phones, on disk while the sandbox is down, bounded."""

import asyncio
import base64
import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, fields
from datetime import datetime
from pathlib import Path
from typing import Any

from .texts import Channel, Media, Text

KEPT = 2_000


class TextStore:
    """Messages in the order in which they came to be."""

    def __init__(self, folder: Path | None = None, *, limit: int = KEPT) -> None:
        self._folder, self._limit = folder, limit
        self._texts: dict[str, Text] = {}
        self._watchers: set[asyncio.Queue[None]] = set()
        if folder is not None:
            folder.mkdir(parents=True, exist_ok=True)
            self._load(folder)

    def put(self, text: Text) -> None:
        """Keep a message as it is now."""
        self._texts[text.sid] = text
        if self._folder is not None:
            scratch = self._folder / f"{text.sid}.new"
            scratch.write_text(json.dumps(_written(text)))
            os.replace(scratch, self._folder / f"{text.sid}.json")
        while len(self._texts) > self._limit:
            self._forget(next(iter(self._texts)))
        for queue in self._watchers:
            if not queue.full():
                queue.put_nowait(None)

    def find(self, sid: str) -> Text | None:
        """Return a message by its identifier."""
        return self._texts.get(sid)

    def listed(self, *, phone: str | None = None, channel: Channel | None = None) -> list[Text]:
        """Return what a phone wrote and was written, oldest first."""
        return [
            text for text in self._texts.values() if (phone is None or text.phone == phone) and (channel is None or text.channel == channel)
        ]

    def clear(self) -> None:
        """Forget all of it."""
        for sid in list(self._texts):
            self._forget(sid)
        for queue in self._watchers:
            if not queue.full():
                queue.put_nowait(None)

    @asynccontextmanager
    async def watch(self) -> AsyncIterator[asyncio.Queue[None]]:
        """Yield a queue that gets an item whenever something changed."""
        queue: asyncio.Queue[None] = asyncio.Queue(maxsize=1)
        self._watchers.add(queue)
        try:
            yield queue
        finally:
            self._watchers.discard(queue)

    def _forget(self, sid: str) -> None:
        del self._texts[sid]
        if self._folder is not None:
            (self._folder / f"{sid}.json").unlink(missing_ok=True)

    def _load(self, folder: Path) -> None:
        found = []
        for path in folder.glob("*.json"):
            try:
                found.append(_read(json.loads(path.read_text())))
            except (OSError, ValueError, KeyError, TypeError):
                # Half a message from a killed process is no reason not to start.
                path.unlink(missing_ok=True)
        for text in sorted(found, key=lambda one: one.at):
            self._texts[text.sid] = text


def _written(text: Text) -> dict[str, Any]:
    media = [{**asdict(one), "content": base64.b64encode(one.content).decode()} for one in text.media]
    return {**asdict(text), "media": media, "at": text.at.isoformat(), "updated": text.updated.isoformat() if text.updated else None}


def _read(kept: dict[str, Any]) -> Text:
    media = [Media(one["sid"], one["content_type"], base64.b64decode(one["content"])) for one in kept["media"]]
    moments = {name: datetime.fromisoformat(kept[name]) if kept[name] else None for name in ("at", "updated")}
    known = {one.name for one in fields(Text)}
    return Text(**{**{name: value for name, value in kept.items() if name in known}, "media": media, **moments})
