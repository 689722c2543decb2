"""Keeping one child alive: start, wait until ready, start again when it dies, stop."""

import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from revivatech.paths import ROOT
from revivatech.processes import dying_with, is_stopped, kill_group
from revivatech.supervisor import signs
from revivatech.supervisor.child import Child
from revivatech.supervisor.ear import Ear
from revivatech.trouble import Trouble

if TYPE_CHECKING:
    from revivatech.supervisor.supervisor import Supervisor

_FIRST_PAUSE, _LONGEST_PAUSE = 0.25, 10.0
#: A child that stayed up this long starts its pauses afresh.
_STEADY_AFTER = 30.0
#: Before it was ever ready, a child may die this often; then the start is given up.
_TRIES = 4


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
        self._ear = Ear(child, supervisor.output)
        self._pipe = -1
        self._pulse: signs.Pulse | None = None

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
                raise Trouble(f"{self.child.name} failed: {self._ear.last_words or f'exit code {code}'}", self._advice())
            if not self.was_ready.is_set() and self.starts >= _TRIES:
                raise Trouble(
                    f"{self.child.name} ended {self.starts} times before it was ready: {self._ear.last_words or f'exit code {code}'}",
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
                    process.send_signal(signal.SIGCONT)  # to somebody stopped the first signal would say nothing
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
        self._ear.said.clear()
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
        if self.child.pulse:
            self._pulse = signs.Pulse()
            options |= {"env": {**(options["env"] or os.environ), **self._pulse.env}, "pass_fds": [self._pulse.writing]}
        try:
            self.process = await asyncio.create_subprocess_exec(*self.child.command(), stdout=writing, stderr=writing, **options)
        except BaseException:
            os.close(reading)
            self._forget_pulse()
            raise
        finally:
            os.close(writing)
            if self._pulse:
                os.close(self._pulse.writing)
        self._pipe = reading
        return self.process

    async def _watch(self, process: asyncio.subprocess.Process, began: float) -> int:
        listening = asyncio.create_task(self._ear.listen(self._pipe))
        attending = asyncio.create_task(self._attend(process, began)) if not self.child.once else None
        try:
            code = await process.wait()
        finally:
            if attending:
                attending.cancel()
            self._forget_pulse()
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

    async def _attend(self, process: asyncio.subprocess.Process, began: float) -> None:
        """Wait until it is ready; from then on kill it when it gives no sign of life, which starts it again."""
        if self.child.says:
            await self._ear.said.wait()
        while not await self.child.ready():
            await asyncio.sleep(0.1)
        self._now_ready(began)
        self._changed()
        sign = self._pulse.ask if self._pulse else self.child.sign
        limit = self._home.longest_silence
        if not sign or not limit:
            return
        while not self._stopping:
            await signs.until_silent(sign, limit, waited=lambda: signs.waited_for_processor(process.pid))
            with contextlib.suppress(ProcessLookupError):  # it ended at this moment, and `_watch` knows
                self._answer_to_silence(process, limit)

    def _answer_to_silence(self, process: asyncio.subprocess.Process, limit: float) -> None:
        if self._stopping:
            return
        silent = f"{self.child.name} has given no sign of life for {limit:g} s"
        if not self.child.spare:
            self._home.output.say(f"{silent}; killing it")
            process.kill()
        elif is_stopped(process.pid):
            self._home.output.say(f"{silent}, because somebody has stopped it; waking it")
            process.send_signal(signal.SIGCONT)
        else:
            self._home.output.say(f"{silent}; it may be busy and is left alone")

    def _forget_pulse(self) -> None:
        if self._pulse:
            self._pulse.close()
            self._pulse = None

    def _now_ready(self, began: float) -> None:
        self.is_ready = True
        self.was_ready.set()
        verb = "done" if self.child.once else "ready"
        self._home.output.say(f"{self.child.name} {verb} after {time.monotonic() - began:.1f} s")

    def _advice(self) -> str:
        name = self.child.name
        return f"read the lines of {name} above (also in {self._home.logs / name}.log), mend what they name and start again."


def _reason(code: int) -> str:
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"by signal {signal.Signals(-code).name}"
    return f"by signal {-code}"
