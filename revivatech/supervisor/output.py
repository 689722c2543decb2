"""Lines of many processes in one stream: prefixed, coloured on a terminal, kept in a file for each."""

import contextlib
import re
import sys
from pathlib import Path
from typing import TextIO

from revivatech.supervisor.screen import Screen

_COLOURS = (36, 32, 33, 35, 34, 96, 92, 93, 95, 94)
_ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_LARGEST_LOG = 10_000_000


class Output:
    """Where the supervisor and its children speak."""

    def __init__(self, logs: Path | None, *, width: int = 8) -> None:
        self._screen = Screen(sys.stdout.fileno())
        self._coloured = sys.stdout.isatty()
        self._logs = logs
        self._files: dict[str, TextIO] = {}
        self._colours: dict[str, int] = {}
        self._width = width
        if logs:
            logs.mkdir(parents=True, exist_ok=True)

    def line(self, name: str, text: str, *, shown: bool = True) -> None:
        """One line of a child; kept in its file in any case."""
        plain = _ESCAPES.sub("", text)
        self._keep(name, plain)
        if not shown:
            return
        if not self._coloured:
            self._screen.print(f"{name:<{self._width}} | {plain}")
            return
        colour = self._colours.setdefault(name, _COLOURS[len(self._colours) % len(_COLOURS)])
        self._screen.print(f"\x1b[{colour}m{name:<{self._width}} |\x1b[0m {text}")

    def say(self, text: str) -> None:
        """One line of the supervisor itself."""
        self._keep("supervisor", text)
        self._screen.print(f"\x1b[1m{text}\x1b[0m" if self._coloured and text else text)

    def close(self) -> None:
        """Show what is still to be shown, and close the files."""
        self._screen.drain()
        for file in self._files.values():
            file.close()
        self._files.clear()

    def _keep(self, name: str, text: str) -> None:
        if not self._logs:
            return
        with contextlib.suppress(OSError):  # a full disk must not stop the shop
            file = self._files.get(name)
            if file is None or file.tell() > _LARGEST_LOG:
                file = self._files[name] = self._fresh(name, file)
            file.write(text + "\n")
            file.flush()

    def _fresh(self, name: str, full: TextIO | None) -> TextIO:
        """A new file; the one before is kept as `NAME.log.1`."""
        assert self._logs is not None
        if full:
            full.close()
        path = self._logs / f"{name}.log"
        if path.exists():
            path.replace(path.with_suffix(".log.1"))
        return path.open("a", encoding="utf-8")
