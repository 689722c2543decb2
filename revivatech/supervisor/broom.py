"""Our end of the guard's pipe."""

import contextlib
import os
import signal
import subprocess
import sys
from pathlib import Path

from revivatech.supervisor import guard


class Guard:
    """Knows which process groups live, and outlives us just long enough to end them."""

    def __init__(self) -> None:
        self._groups: dict[int, int] = {}
        self._process = self._start()

    def add(self, group: int, first: signal.Signals) -> None:
        """A new group; `first` is what it is sent first should we be killed."""
        self._groups[group] = int(first)
        self._tell(f"+{group} {int(first)}\n")

    def remove(self, group: int) -> None:
        """That group is gone."""
        if self._groups.pop(group, None) is not None:
            self._tell(f"-{group}\n")

    def close(self) -> None:
        """End the guard; it sweeps whatever is still on its list."""
        assert self._process.stdin is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(12)

    def _start(self) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-S", "-E", str(Path(guard.__file__))],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            cwd="/",
            env={"PATH": os.defpath},
            start_new_session=True,
        )

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        try:
            self._process.stdin.write(line)
            self._process.stdin.flush()
        except OSError:  # somebody killed the guard: a new one learns the whole list
            self._process.wait()
            self._process = self._start()
            with contextlib.suppress(OSError):
                assert self._process.stdin is not None
                self._process.stdin.writelines(f"+{group} {first}\n" for group, first in self._groups.items())
                self._process.stdin.flush()
