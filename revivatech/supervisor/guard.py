"""The last broom: ends what is left of the children when the supervisor itself is killed.

The kernel ends our direct children (PR_SET_PDEATHSIG), but not the children of those. This process reads from a pipe which
groups live ("+123" and "-123"); when the pipe closes, it ends those that remain. Runs as a plain script without our packages.
"""

import os
import signal
import sys
import time


def main() -> None:
    """Read until the supervisor is gone, then sweep: a polite signal first for those that asked for it, then the hard one."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    groups: dict[int, int] = {}
    for line in sys.stdin:
        group, _, first = line[1:].partition(" ")
        if line.startswith("+"):
            groups[int(group)] = int(first)
        else:
            groups.pop(int(group), None)
    for group, first in groups.items():
        _send(group, first)
    deadline = time.monotonic() + 10
    while groups and time.monotonic() < deadline:
        time.sleep(0.05)
        groups = {group: first for group, first in groups.items() if _send(group, 0)}
    for group in groups:
        _send(group, signal.SIGKILL)


def _send(group: int, number: int) -> bool:
    try:
        # A database's main process alone is told to stop: its children would read the same signal as something else.
        os.kill(group, number) if number == signal.SIGINT else os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


if __name__ == "__main__":
    main()
