"""The runner of the assistant's turns: wakes by hints and by a sweep, holds a lease per turn, answers or says truly that it cannot."""

import asyncio
import contextlib
import time
from typing import Any
from uuid import UUID

from sqlalchemy.exc import SQLAlchemyError

from backend.conversations import plain_turns, queries, service, turns, writing
from backend.conversations.replies import ASSISTANT, Lease, Outcome
from backend.core import logs
from backend.core.db import Session
from backend.core.settings import Settings
from backend.core.site import Site
from channels.answers import Answers

log = logs.get(__name__)
SWEPT_AT_ONCE = 200
#: Turns under way in one process; most of them wait for the assistant, which is asked fewer at a time.
LEASED_AT_ONCE = 500


def check_limits(settings: Settings) -> None:
    """Refuse to start unless every inner time limit is shorter than the one around it."""
    order = (settings.turn_typing_after, settings.turn_timeout, settings.turn_lease)
    if not (settings.action_timeout < settings.turn_timeout and order[0] < order[1] < order[2]):
        raise RuntimeError("Time limits must nest: action_timeout and turn_typing_after < turn_timeout < turn_lease.")


class Turns:
    """Answers every conversation in which the assistant is asked something; several processes may run one each."""

    def __init__(self, site: Site) -> None:
        check_limits(site.settings)
        self._site = site
        self._answers = Answers(site)
        self._free = asyncio.Semaphore(LEASED_AT_ONCE)
        self._running: dict[UUID, asyncio.Task[None]] = {}
        self._again: set[UUID] = set()
        self._held: dict[UUID, Lease] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._deaf: contextlib.ExitStack = contextlib.ExitStack()
        self._look = asyncio.Event()

    async def start(self) -> None:
        """Begin to listen and to sweep."""
        self._deaf.callback(self._site.hints.listen(writing.TOPIC, self._hear))
        self._site.hints.on_missed(self._look.set)
        await self._site.hints.start()
        self._sweeper = asyncio.create_task(self._sweep(), name="turn-sweep")

    async def stop(self, grace: float = 5.0) -> None:
        """Take nothing new, let running turns end within the grace, then give the rest to other workers at once."""
        self._deaf.close()
        if self._sweeper is not None:
            self._sweeper.cancel()
            await asyncio.gather(self._sweeper, return_exceptions=True)
            self._sweeper = None
        self._again.clear()
        running = list(self._running.values())
        if running:
            await asyncio.wait(running, timeout=grace)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        for lease in list(self._held.values()):
            try:
                async with self._site.work() as session:
                    await turns.give_up(session, lease)
            except (SQLAlchemyError, OSError):
                log.warning("lease_not_returned", conversation_id=str(lease.conversation_id))
        self._held.clear()

    def wake(self, conversation_id: UUID) -> None:
        """Look after a conversation now, or once more after the turn under way."""
        if conversation_id in self._running:
            self._again.add(conversation_id)
            return
        task = asyncio.create_task(self._look_after(conversation_id), name=f"turns-{conversation_id}")
        self._running[conversation_id] = task

    def _hear(self, hint: dict[str, Any]) -> None:
        if hint.get("ask"):
            self.wake(UUID(hint["id"]))

    async def _sweep(self) -> None:
        while True:
            try:
                async with self._site.at_once() as session:
                    for conversation_id in await queries.list_unanswered(session, limit=SWEPT_AT_ONCE):
                        self.wake(conversation_id)
            except (SQLAlchemyError, OSError) as error:
                log.warning("turn_sweep_failed", error=type(error).__name__)
            self._look.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look.wait(), self._site.settings.turn_sweep)

    async def _look_after(self, conversation_id: UUID) -> None:
        try:
            async with self._free:
                while await self._turn(conversation_id) or conversation_id in self._again:
                    self._again.discard(conversation_id)
        except (SQLAlchemyError, OSError) as error:
            # The lease ends by itself and the sweep comes by again.
            self._held.pop(conversation_id, None)
            log.warning("turn_lost", conversation_id=str(conversation_id), error=type(error).__name__)
        except Exception:
            # Nobody waits for this task: a fault that is not told here is never heard of.
            log.exception("turn_lost", conversation_id=str(conversation_id))
        finally:
            # Before anything else runs, so that no hint falls between the last look and the end.
            self._again.discard(conversation_id)
            self._running.pop(conversation_id, None)

    async def _turn(self, conversation_id: UUID) -> bool:
        lease = await self._lease(conversation_id)
        if lease is None:
            return False
        self._held[conversation_id] = lease
        started = time.monotonic()
        async with Typing(self._site, conversation_id) as typing:
            outcome = await self._answers.to(lease)
        ended = await self._store(lease, outcome, typing)
        self._held.pop(conversation_id, None)
        ids = {"conversation_id": str(conversation_id), "turn_id": str(lease.turn_id)}
        log.info("turn_ended", **ids, stored=ended.stored, failed=outcome.failed, ms=round((time.monotonic() - started) * 1000))
        return ended.more

    async def _lease(self, conversation_id: UUID) -> Lease | None:
        async with self._site.at_once() as session:
            lease = await plain_turns.lease(session, conversation_id)
        if lease is None:
            async with self._site.work() as session:
                lease = await turns.lease(session, conversation_id)
        return lease

    async def _store(self, lease: Lease, outcome: Outcome, typing: "Typing") -> turns.Ended:
        async with self._site.at_once() as session:
            if await plain_turns.add_replies(session, lease, outcome):
                if typing.shown:
                    await typing.show(session, on=False)
                return turns.Ended(stored=True)
        async with self._site.work() as session:
            ended = await turns.add_replies(session, lease, outcome)
            if typing.shown:
                await typing.show(session, on=False)
        return ended


class Typing:
    """Shows that the assistant types once an answer takes longer than a moment."""

    def __init__(self, site: Site, conversation_id: UUID) -> None:
        self._site = site
        self._conversation_id = conversation_id
        self._timer: asyncio.TimerHandle | None = None
        self._task: asyncio.Task[None] | None = None
        self.shown = False

    async def __aenter__(self) -> "Typing":
        self._timer = asyncio.get_running_loop().call_later(self._site.settings.turn_typing_after, self._begin)
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def show(self, session: Session, *, on: bool) -> None:
        """Say that typing has begun or ended, in the session's transaction."""
        await service.show_typing(session, self._conversation_id, author_kind="bot", author_name=ASSISTANT, on=on)

    def _begin(self) -> None:
        self.shown = True
        self._task = asyncio.create_task(self._show_on(), name=f"typing-{self._conversation_id}")

    async def _show_on(self) -> None:
        try:
            async with self._site.at_once() as session:
                await self.show(session, on=True)
        except (SQLAlchemyError, OSError) as error:
            log.warning("typing_not_shown", error=type(error).__name__)
