"""What is printed for whoever watches, who may look away: a held terminal (Ctrl-S) or a slow reader never stops the shop."""

import atexit
import contextlib
import errno
import os
import queue
import threading
import time

#: Lines that wait for a reader; what comes on top is not shown.
_ROOM = 2000


class Screen:
    """Prints to a file descriptor from a thread of its own; lines nobody takes are left out and counted."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._waiting: queue.Queue[str] = queue.Queue(_ROOM)
        self._left_out = 0
        self._gone = False
        threading.Thread(target=self._work, name="screen", daemon=True).start()
        atexit.register(self.drain)

    def print(self, line: str) -> None:
        """Show a line as soon as there is somebody to take it; returns at once."""
        with contextlib.suppress(queue.Full):
            if self._left_out:
                self._waiting.put_nowait(f"… {self._left_out} lines are not shown here; they are in the log files.")
                self._left_out = 0
            self._waiting.put_nowait(line)
            return
        self._left_out += 1

    def drain(self, patience: float = 2.0) -> None:
        """Wait until everything is shown, if somebody takes it."""
        deadline = time.monotonic() + patience
        while self._waiting.unfinished_tasks and not self._gone and time.monotonic() < deadline:
            time.sleep(0.01)

    def _work(self) -> None:
        while True:
            self._show(f"{self._waiting.get()}\n".encode(errors="replace"))
            self._waiting.task_done()

    def _show(self, left: bytes) -> None:
        # Not through sys.stdout: its lock, held in a write that never ends, would be in the way at exit.
        try:
            while left and not self._gone:
                left = left[os.write(self._descriptor, left) :]
        except OSError as error:
            # A full disk passes; a reader who went away does not come back. The words are in the log files.
            self._gone = error.errno not in (errno.ENOSPC, errno.EDQUOT)
