"""All children of one shop: started as their needs allow, kept alive, stopped together."""

import asyncio
import contextlib
import json
import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from revivatech.supervisor.broom import Guard
from revivatech.supervisor.child import Child
from revivatech.supervisor.keeper import Keeper
from revivatech.supervisor.output import Output
from revivatech.trouble import Trouble

_STOPPING = (signal.SIGINT, signal.SIGTERM)


class Supervisor:
    """Runs `children` until a signal comes or the start fails.

    `state` is a file that always tells which processes there are; `on_ready` is called once, when all are ready; a process that gives no
    sign of life for `longest_silence` seconds (0: whoever) is killed and started again.
    """

    def __init__(
        self,
        children: Sequence[Child],
        output: Output,
        *,
        logs: Path = Path("var/log"),
        state: Path | None = None,
        on_ready: Callable[[], None] = lambda: None,
        longest_silence: float = 30.0,
    ) -> None:
        self.output = output
        self.logs = logs
        self.guard = Guard()
        self.keepers = {child.name: Keeper(child, self, self._write_state) for child in children}
        self.longest_silence = longest_silence
        self._state = state
        self._on_ready = on_ready
        self._stop = asyncio.Event()

    async def run(self) -> None:
        """Return after a clean stop; raise Trouble (everything stopped) when the start failed."""
        self._catch_signals()
        tasks = [asyncio.create_task(keeper.keep(), name=name) for name, keeper in self.keepers.items()]
        announcing = asyncio.create_task(self._announce())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            waiting: set[asyncio.Task[object]] = {stopping, *tasks}
            while not stopping.done():
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done - {stopping}:
                    task.result()  # a Trouble goes up; a `once` child that is done is fine
        finally:
            announcing.cancel()
            stopping.cancel()
            await self._stop_all(dict(zip(self.keepers, tasks, strict=True)))

    def stop(self) -> None:
        """Begin the stop; a second call kills."""
        if self._stop.is_set():
            self.output.say("Stopping at once")
            for keeper in self.keepers.values():
                keeper.kill()
            return
        self.output.say("Stopping …")
        self._stop.set()

    def _catch_signals(self) -> None:
        """Installed whatever they were before: a shell starts background jobs with SIGINT ignored, and we stop all the same."""
        loop = asyncio.get_running_loop()
        for number in _STOPPING:
            loop.add_signal_handler(number, self.stop)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup asked us to go on
            loop.add_signal_handler(signal.SIGHUP, self.stop)

    async def _announce(self) -> None:
        for keeper in self.keepers.values():
            await keeper.was_ready.wait()
        self._on_ready()

    async def _stop_all(self, tasks: Mapping[str, "asyncio.Task[None]"]) -> None:
        began = time.monotonic()
        for turn in ((True, False), (False, False), (False, True)):
            await asyncio.gather(*(keeper.stop() for keeper in self.keepers.values() if (keeper.child.first, keeper.child.last) == turn))
        for name, task in tasks.items():
            if not self.keepers[name].starts:
                task.cancel()  # it still waits for another to become ready
        _, late = await asyncio.wait(tasks.values(), timeout=5)
        for task in late:
            task.cancel()
        for result in await asyncio.gather(*tasks.values(), return_exceptions=True):
            if isinstance(result, Exception) and not isinstance(result, Trouble):
                self.output.say(f"while stopping: {result!r}")
        await asyncio.to_thread(self.guard.close)
        if self._state:
            self._state.unlink(missing_ok=True)
        self.output.say(f"Stopped after {time.monotonic() - began:.1f} s; no process is left.")

    def _write_state(self) -> None:
        if not self._state:
            return
        children = {
            name: {"pid": keeper.process.pid, "ready": keeper.is_ready, "starts": keeper.starts, **keeper.child.facts}
            for name, keeper in self.keepers.items()
            if keeper.process
        }
        draft = self._state.with_suffix(".new")
        with contextlib.suppress(OSError):  # a full disk must not stop the shop
            draft.write_text(json.dumps({"supervisor": os.getpid(), "children": children}, indent=2) + "\n")
            draft.replace(self._state)
