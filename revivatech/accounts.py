"""PostgreSQL refuses to run as root, so as root it runs under an unprivileged account that exists already."""

import os
import pwd
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from revivatech.trouble import Trouble

_CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True)
class Account:
    """Whose rights a server process gets; for anybody but root always their own."""

    name: str
    uid: int
    gid: int

    @property
    def is_me(self) -> bool:
        return self.uid == os.geteuid()

    def spawn_options(self) -> dict[str, Any]:
        """What `subprocess` needs to start a process as this account."""
        return {} if self.is_me else {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can_reach(self, path: Path) -> bool:
        """Whether this account may enter every folder above `path`, judged by owner, group and mode."""
        return self.is_me or all(self._can_enter(folder) for folder in path.absolute().parents)

    def _can_enter(self, folder: Path) -> bool:
        try:
            found = folder.stat()
        except FileNotFoundError:
            return True
        shift = 6 if found.st_uid == self.uid else 3 if found.st_gid == self.gid else 0
        return bool(found.st_mode >> shift & 1)


def server_account(data: Path) -> Account:
    """The account that owns `data`, or for a new folder me, or the first unprivileged account there is when I am root."""
    me = os.geteuid()
    if me != 0:
        return _by_uid(me)
    if data.exists() and (owner := data.stat().st_uid) != 0:
        return _by_uid(owner)
    for name in _CANDIDATES:
        try:
            return _account(pwd.getpwnam(name))
        except KeyError:
            continue
    raise Trouble(
        "PostgreSQL does not run as root, and this machine has no unprivileged account for it.",
        "run as an ordinary user, add an account with `useradd --system postgres`, or set DATABASE_URL to a PostgreSQL of your own.",
    )


def _by_uid(uid: int) -> Account:
    try:
        return _account(pwd.getpwuid(uid))
    except KeyError:
        raise Trouble(
            f"PostgreSQL needs a named account, and user id {uid} has none on this machine.",
            "run as a user of this machine, or set DATABASE_URL to a PostgreSQL of your own.",
        ) from None


def _account(entry: pwd.struct_passwd) -> Account:
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid)
