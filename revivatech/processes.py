"""Small facts about processes that both the supervisor and the database need."""

import ctypes
import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


def dying_with(parent: int, number: signal.Signals) -> Callable[[], None]:
    """A `preexec_fn`: the kernel sends `number` to the new process when the process `parent` ends, however it ends."""

    def arrange() -> None:
        if _libc is None:
            return
        _libc.prctl(_PR_SET_PDEATHSIG, int(number), 0, 0, 0)
        if os.getppid() != parent:  # it died before we asked
            os._exit(1)

    return arrange


def is_alive(pid: int) -> bool:
    """Whether a process of this id exists and is more than an unread exit status."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return sys.platform != "linux"
    return status.rpartition(")")[2].split()[0] not in "ZX"


def is_stopped(pid: int) -> bool:
    """Whether somebody has stopped the process (SIGSTOP); Linux only, elsewhere False."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    except OSError:
        return False


def working_in(folder: Path) -> Iterator[int]:
    """Ids of the processes whose current directory is `folder` (Linux; elsewhere none are found)."""
    wanted = str(folder.resolve())
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.readlink(entry / "cwd") == wanted:
                yield int(entry.name)
        except OSError:
            continue


def kill_group(group: int, number: signal.Signals) -> bool:
    """Send `number` to a process group; False when nobody is left in it."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    except PermissionError:  # a member under another account that we may not signal
        return True
    return True
