"""How much of the machine somebody else had: a limit in seconds means seconds of a machine of our own."""

import os
import time
from pathlib import Path

from tests.stack import Stack


class Others:
    """Counts processor time from its making on."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._cores = os.cpu_count() or 1
        self._busy, self._ours = _busy(), self._own()

    def share(self, seconds: float) -> float:
        """The share of all cores, 0 to 1, that neither the shop nor this process used in these seconds."""
        used = _busy() - self._busy - (self._own() - self._ours)
        return min(1.0, max(0.0, used / (seconds * self._cores)))

    def _own(self) -> float:
        return sum(self._stack.cpu().values()) + time.process_time()


def _busy() -> float:
    """Seconds all cores have worked since the machine started; none where the kernel does not say."""
    stat = Path("/proc/stat")
    if not stat.exists():
        return 0.0
    user, nice, system, _, _, *interrupts = map(int, stat.read_text().split("\n", 1)[0].split()[1:])
    return (user + nice + system + sum(interrupts[:3])) / os.sysconf("SC_CLK_TCK")
