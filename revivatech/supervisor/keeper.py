"""Keeping one child alive: start, wait until ready, start again when it dies, stop."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from revivatech.paths import ROOT
from revivatech.processes import dying_with, kill_group
from revivatech.supervisor.child import Child
from revivatech.trouble import Trouble

if TYPE_CHECKING:
    from revivatech.supervisor.supervisor import Supervisor

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
#: A child that stayed up this long starts its pauses afresh.
_STEADY_AFTER = 30.0
#: Before it was ever ready, a child may die this often; then the start is given up.
_TRIES = 4
_LONGEST_LINE = 64 * 1024


class Keeper:
    """One child under the supervisor's eyes."""

    def __init__(self, child: Child, supervisor: "Supervisor", changed: Callable[[], None]) -> None:
        self.child = child
        self.process: asyncio.subprocess.Process | None = None
        self.was_ready = asyncio.Event()
        self.is_ready = False
        self.starts = 0
        self._home = supervisor
        self._changed = changed
        self._stopping = False
        self._spawning = False
        self._wake = asyncio.Event()
        self._said = asyncio.Event()
        self._pipe = -1
        self._last_words = ""

    async def keep(self) -> None:
        """Run until stopped; raises Trouble when the child cannot be started at all."""
        for name in self.child.needs:
            await self._home.keepers[name].was_ready.wait()
        pause = _FIRST_PAUSE
        while not self._stopping:
            began = time.monotonic()
            code = await self._live(began)
            if self._stopping or (self.child.once and code == 0):
                return
            if self.child.once:
                raise Trouble(f"{self.child.name} failed: {self._last_words or f'exit code {code}'}", self._advice())
            if not self.was_ready.is_set() and self.starts >= _TRIES:
                raise Trouble(
                    f"{self.child.name} ended {self.starts} times before it was ready: {self._last_words or f'exit code {code}'}",
                    self._advice(),
                )
            if time.monotonic() - began > _STEADY_AFTER:
                pause = _FIRST_PAUSE
            self._home.output.say(f"{self.child.name} ended ({_reason(code)}); starting it again in {pause:g} s")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._wake.wait(), pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    async def stop(self) -> None:
        """Ask, wait, insist; afterwards nobody of its group is left."""
        self._stopping = True
        self._wake.set()
        while self._spawning:
            await asyncio.sleep(0.02)
        process = self.process
        if process is None:
            return
        for number, patience in ((self.child.stop_signal, self.child.grace), (signal.SIGKILL, 5.0)):
            if process.returncode is None:
                with contextlib.suppress(ProcessLookupError):
                    # The main process alone: it knows best how to end its own children.
                    process.send_signal(number)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await process.wait()
                break
            self._home.output.say(f"{self.child.name} did not stop in {patience:g} s; killing it")
        kill_group(process.pid, signal.SIGKILL)

    def kill(self) -> None:
        """No more patience."""
        self._stopping = True
        if self.process is not None:
            kill_group(self.process.pid, signal.SIGKILL)

    async def _live(self, began: float) -> int:
        self._spawning = True
        self._said.clear()
        try:
            process = await self._spawn()
        finally:
            self._spawning = False
        if process is None:
            return 0
        self._home.guard.add(process.pid, self.child.death_signal)
        self._changed()
        return await self._watch(process, began)

    async def _spawn(self) -> asyncio.subprocess.Process | None:
        if self.child.prepare:
            await asyncio.to_thread(self.child.prepare)
        if self._stopping:
            return None
        options: dict[str, Any] = {"cwd": ROOT, "stdin": asyncio.subprocess.DEVNULL, "start_new_session": True}
        options |= {"preexec_fn": dying_with(os.getpid(), self.child.death_signal), "env": self.child.env}
        if self.child.options:
            options |= self.child.options()
        self.starts += 1
        # A pipe of our own: with asyncio's, `wait` would not return while a grandchild holds the other end.
        reading, writing = os.pipe()
        try:
            self.process = await asyncio.create_subprocess_exec(*self.child.command(), stdout=writing, stderr=writing, **options)
        except BaseException:
            os.close(reading)
            raise
        finally:
            os.close(writing)
        self._pipe = reading
        return self.process

    async def _watch(self, process: asyncio.subprocess.Process, began: float) -> int:
        listening = asyncio.create_task(self._listen(self._pipe))
        gate = asyncio.create_task(self._wait_until_ready(began)) if not self.child.once else None
        try:
            code = await process.wait()
        finally:
            if gate:
                gate.cancel()
        # What it started and left behind goes too; then its pipe closes and the last lines come through.
        kill_group(process.pid, signal.SIGKILL)
        self._home.guard.remove(process.pid)
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(listening, 2)
        self.is_ready = False
        self.process = None
        if self.child.once and code == 0:
            self._now_ready(began)
        self._changed()
        return code

    async def _wait_until_ready(self, began: float) -> None:
        if self.child.says:
            await self._said.wait()
        while not await self.child.ready():
            await asyncio.sleep(0.1)
        self._now_ready(began)
        self._changed()

    def _now_ready(self, began: float) -> None:
        self.is_ready = True
        self.was_ready.set()
        verb = "done" if self.child.once else "ready"
        self._home.output.say(f"{self.child.name} {verb} after {time.monotonic() - began:.1f} s")

    async def _listen(self, pipe: int) -> None:
        reader = asyncio.StreamReader(limit=_LONGEST_LINE)
        transport, _ = await asyncio.get_running_loop().connect_read_pipe(
            lambda: asyncio.StreamReaderProtocol(reader), os.fdopen(pipe, "rb")
        )
        hushed = False
        try:
            while not reader.at_eof():
                try:
                    raw = await reader.readline()
                except ValueError:  # a line longer than the limit; what was read of it is dropped
                    continue
                text = raw.decode(errors="replace").rstrip()
                if text:
                    if self.child.says and self.child.says in text:
                        self._said.set()
                    if not text.strip().startswith("What to do:"):
                        self._last_words = text.strip()[-500:]
                    hushed = self._is_hushed(text) or (hushed and text.startswith("  "))
                    self._home.output.line(self.child.name, text, shown=not hushed)
        finally:
            transport.close()

    def _is_hushed(self, text: str) -> bool:
        return bool(self.child.hush and self.child.hush.search(text))

    def _advice(self) -> str:
        name = self.child.name
        return f"read the lines of {name} above (also in {self._home.logs / name}.log), mend what they name and start again."


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"by signal {signal.Signals(-code).name}"
    return f"by signal {-code}"
