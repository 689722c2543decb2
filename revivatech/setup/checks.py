"""What is looked at before anything starts: free disk and free ports."""

import errno
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from revivatech.paths import ROOT
from revivatech.trouble import Trouble


def disk_space(megabytes: int, *, folder: Path = ROOT, free: Callable[[Path], int] = lambda folder: shutil.disk_usage(folder).free) -> None:
    """Refuse when `folder`'s disk has less than `megabytes` to give."""
    left = free(folder) // 1_000_000
    if left < megabytes:
        raise Trouble(
            f"This needs about {_size(megabytes)} of free disk in {folder}, and only {_size(left)} are left.",
            "free some space, or move the project to a larger disk, and run the same command again.",
        )


def _size(megabytes: int) -> str:
    return f"{megabytes / 1000:.1f} GB" if megabytes >= 1000 else f"{megabytes} MB"


def port_free(port: int, what: str, variable: str, *, host: str = "127.0.0.1") -> None:
    """Refuse when another program listens on the port; names it where the machine tells."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                user = listener(port)
                raise Trouble(
                    f"Port {port}, which {what} needs, is already in use{f' by {user}' if user else ''}.",
                    f"end that program, or choose another port: {variable}={free_port(near=port)} make run",
                ) from None
            raise Trouble(
                f"{what[0].upper()}{what[1:]} may not listen on {host}:{port}: {error.strerror}.",
                f"choose another port: {variable}={free_port(near=max(port, 1024))} make run",
            ) from None


def free_port(*, near: int) -> int:
    """A port above `near` that nobody uses now."""
    for port in range(near + 1, min(near + 200, 65535)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listener(port: int) -> str:
    """ "process 123 (name)" of whoever listens on the port, or nothing when that cannot be seen."""
    inodes = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            fields = row.split()
            if fields[3] == "0A" and int(fields[1].rpartition(":")[2], 16) == port:
                inodes.add(f"socket:[{fields[9]}]")
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if inodes.intersection(os.readlink(handle) for handle in (process / "fd").iterdir()):
                words = (process / "cmdline").read_bytes().decode(errors="replace").split("\0")
                return f"process {process.name} ({' '.join(words).strip()[:80]})"
        except OSError:
            continue
    return ""
