"""What one child says, line by line: kept, shown, and searched for the word that it is ready."""

import asyncio
import os

from revivatech.supervisor.child import Child
from revivatech.supervisor.output import Output

_LONGEST_LINE = 64 * 1024


class Ear:
    """Listens to one child, through all its lives."""

    def __init__(self, child: Child, output: Output) -> None:
        self.said = asyncio.Event()  # the line that `child.says`
        self.last_words = ""
        self._child = child
        self._output = output

    async def listen(self, pipe: int) -> None:
        """Read until nobody holds the other end any more."""
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
                    if self._child.says and self._child.says in text:
                        self.said.set()
                    if not text.strip().startswith("What to do:"):
                        self.last_words = text.strip()[-500:]
                    hushed = self._is_hushed(text) or (hushed and text.startswith("  "))
                    self._output.line(self._child.name, text, shown=not hushed)
        finally:
            transport.close()

    def _is_hushed(self, text: str) -> bool:
        return bool(self._child.hush and self._child.hush.search(text))
