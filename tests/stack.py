"""The whole product as people run it: `python -m revivatech run` with a folder and ports of its own."""

import contextlib
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from revivatech.processes import dying_with, is_alive
from tests.people import Technician

ROOT = Path(__file__).resolve().parent.parent
#: A cold start of the assistant on a busy machine takes its time; a start that fails ends by itself and much sooner.
START = 240.0


@dataclass(frozen=True)
class Ports:
    """Free ports, found by trying."""

    site: list[int]
    rasa: int
    actions: int
    sandbox: int
    smtp: int

    @classmethod
    def free(cls, sites: int) -> "Ports":
        """Find all at once, so that no two are the same; the sites' are neighbours."""
        while True:
            first = _free()
            row = [first + n for n in range(sites)]
            others = [_free() for _ in range(4)]
            if all(_is_free(port) for port in row) and len({*row, *others}) == sites + 4:
                return cls(row, *others)


class Stack:
    """A running shop. `base` is the first site process, `bases` all of them."""

    def __init__(self, *, sites: int = 1, env: Mapping[str, str] | None = None) -> None:
        # Short and enterable by the database's account: a Unix socket's path is limited.
        self.var = Path(tempfile.mkdtemp(prefix="rv-", dir="/tmp"))
        self.var.chmod(0o755)
        self.ports = Ports.free(sites)
        self.sites = sites
        self.bases = [f"http://127.0.0.1:{port}" for port in self.ports.site]
        self.base = self.bases[0]
        self.sandbox = f"http://127.0.0.1:{self.ports.sandbox}"
        self.output = self.var / "run.out"
        self.env = self._environment(env or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._stopped: dict[int, list[int]] = {}

    def start(self, timeout: float = START) -> "Stack":
        """Start everything and return when the shop is ready; raises AssertionError with the last lines otherwise."""
        command = [sys.executable, "-m", "revivatech", "run", "--demo", "small"]
        if self.sites > 1:
            command += ["--processes", f"site={self.sites}"]
        with self.output.open("ab") as output:
            self._process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                # A test run that is killed takes its shop with it.
                preexec_fn=dying_with(os.getpid(), signal.SIGTERM),
            )
        try:
            self.wait_ready(timeout)
        except BaseException:
            self.close()
            raise
        return self

    def children(self) -> dict[str, dict[str, Any]]:
        """What the supervisor says of its processes, by name: pid, ready, starts, port."""
        with contextlib.suppress(OSError, ValueError):
            children: dict[str, dict[str, Any]] = json.loads((self.var / "run.json").read_text())["children"]
            return children
        return {}

    def pids(self) -> dict[str, int]:
        """The living processes by name."""
        return {name: int(child["pid"]) for name, child in self.children().items() if child["pid"] and is_alive(int(child["pid"]))}

    def names(self, kind: str) -> list[str]:
        """The names of all processes of a kind, such as every `site`."""
        return [name for name in self.expected if kind_of(name) == kind]

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> int | None:
        """Send a signal to one process alone (its children are the supervisor's to sweep); returns its id, or None."""
        pid = self.pids().get(name)
        if pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        return pid

    def stop_process(self, name: str, number: signal.Signals) -> int | None:
        """SIGSTOP or SIGCONT to a process and all that descend from it."""
        pid = self.pids().get(name)
        if pid is not None:
            self._signal(pid, number)
        return pid

    def go_on(self, pid: int) -> None:
        """SIGCONT to what was stopped, whether or not the process still has its name."""
        self._signal(pid, signal.SIGCONT)

    def cpu(self) -> dict[str, float]:
        """Seconds of processor time each kind of process has used so far, descendants included."""
        used: dict[str, float] = {}
        for name, pid in self.pids().items():
            used[kind_of(name)] = used.get(kind_of(name), 0.0) + sum(map(_cpu_seconds, descendants(pid)))
        return used

    def _signal(self, pid: int, number: signal.Signals) -> None:
        # Not by process group: each child of PostgreSQL has a group of its own.
        targets = descendants(pid) if number == signal.SIGSTOP else self._stopped.pop(pid, None) or descendants(pid)
        if number == signal.SIGSTOP:
            self._stopped[pid] = targets
        for target in targets:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(target, number)

    def remember_commits(self) -> None:
        """Let the database remember when each transaction was committed, for checkers that ask what came first."""
        import psycopg

        with psycopg.connect(self.database, autocommit=True) as connection:
            if connection.execute("SHOW track_commit_timestamp").fetchone() == ("on",):
                return
            connection.execute("ALTER SYSTEM SET track_commit_timestamp = on")
        before = self.children()["postgres"]["starts"]
        self.kill("postgres", signal.SIGINT)
        deadline = time.monotonic() + 60
        while self.children().get("postgres", {}).get("starts", before) == before:
            assert time.monotonic() < deadline, "the database was not started again"
            time.sleep(0.05)
        self.wait_ready(60, kinds=("site", "worker", "postgres"))

    def wait_ready(self, timeout: float = START, *, kinds: tuple[str, ...] | None = None) -> float:
        """Wait until every process (or those of the kinds) is ready and the site says so; returns the seconds it took."""
        began = time.monotonic()
        while not self.is_ready(kinds):
            assert self._process is not None and self._process.poll() is None, f"`revivatech run` ended:\n{self.tail()}"
            assert time.monotonic() - began < timeout, f"not ready after {timeout:g} s: {self.children()}\n{self.tail()}"
            time.sleep(0.1)
        return time.monotonic() - began

    def is_ready(self, kinds: tuple[str, ...] | None = None) -> bool:
        """Whether the processes of these kinds (None: all) are up and the sites serve."""
        children = self.children()
        wanted = [name for name in self.expected if kinds is None or kind_of(name) in kinds]
        if not all(children.get(name, {}).get("ready") for name in wanted):
            return False
        return not any(kind_of(name) == "site" for name in wanted) or all(_answers(f"{base}/readyz") for base in self.bases)

    @property
    def expected(self) -> list[str]:
        """Every process a running shop has."""
        more = [f"site{index}" for index in range(2, self.sites + 1)]
        return ["postgres", "sandbox", "rasa", "actions", "worker", "site", *more]

    @property
    def database(self) -> str:
        """The address libpq takes."""
        from revivatech.postgres import EmbeddedPostgres

        return EmbeddedPostgres(self.var / "postgres").url("revivatech", driver="postgresql")

    def tail(self, lines: int = 40) -> str:
        """The last lines the product printed."""
        return "\n".join(self.output.read_text(errors="replace").splitlines()[-lines:]) if self.output.exists() else ""

    def printed(self, word: str) -> int:
        """How many lines of the product's output hold the word."""
        with self.output.open(errors="replace") as lines:
            return sum(word in line for line in lines)

    def technician(self, name: str = "Maya", role: str = "technician") -> Technician:
        """A new member of staff who can sign in."""
        return Technician.hire(self, name, role)

    def stop(self) -> float:
        """Stop everything, keep the folder, and return the seconds it took; a product that does not stop by itself is killed."""
        for pid in list(self._stopped):
            self.go_on(pid)
        left, began = list(self.pids().values()), time.monotonic()
        if self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()
            try:
                self._process.wait(40)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        took = time.monotonic() - began
        deadline = time.monotonic() + 15
        while (alive := [pid for pid in left if is_alive(pid)]) and time.monotonic() < deadline:
            time.sleep(0.1)
        for pid in alive:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        assert not alive, f"processes were left behind: {alive}"
        return took

    def close(self) -> None:
        """Stop everything and leave nothing behind."""
        try:
            self.stop()
        finally:
            data = self.var / "postgres"
            if data.is_symlink():  # the database's account could not enter the folder; see EmbeddedPostgres
                shutil.rmtree(data.resolve(), ignore_errors=True)
            shutil.rmtree(self.var, ignore_errors=True)

    def _environment(self, more: Mapping[str, str]) -> dict[str, str]:
        # Nothing of the surroundings may leak in: a developer's own DATABASE_URL least of all.
        own = ("REVIVATECH_", "DATABASE_URL", "REDIS_URL")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        ports = self.ports
        return kept | {
            "REVIVATECH_VAR": str(self.var),
            "REVIVATECH_PORT": str(ports.site[0]),
            "REVIVATECH_PUBLIC_URL": self.base,
            # Simulated people come from addresses of their own (tests/people.py).
            "REVIVATECH_TRUSTED_PROXIES": "127.0.0.0/8",
            "REVIVATECH_BACKEND_URL": self.base,
            "REVIVATECH_RASA_PORT": str(ports.rasa),
            "REVIVATECH_RASA_URL": f"http://127.0.0.1:{ports.rasa}",
            "REVIVATECH_ACTIONS_PORT": str(ports.actions),
            "REVIVATECH_ACTIONS_URL": f"http://127.0.0.1:{ports.actions}",
            "REVIVATECH_SANDBOX_PORT": str(ports.sandbox),
            "REVIVATECH_SANDBOX_URL": self.sandbox,
            "REVIVATECH_SANDBOX_SMTP_PORT": str(ports.smtp),
            "REVIVATECH_SMTP_URL": f"smtp://127.0.0.1:{ports.smtp}",
            "PYTHONUNBUFFERED": "1",
            **more,
        }


@contextlib.contextmanager
def running(*, sites: int = 1, env: Mapping[str, str] | None = None) -> Iterator[Stack]:
    """A started Stack that is closed at the end; with REVIVATECH_KEEP_OUTPUT its output is copied to that folder."""
    made = Stack(sites=sites, env=env)
    try:
        yield made.start()
    finally:
        if (keep := os.environ.get("REVIVATECH_KEEP_OUTPUT")) and made.output.exists():
            Path(keep).mkdir(parents=True, exist_ok=True)
            shutil.copy(made.output, Path(keep) / f"run-{made.var.name}.log")
        made.close()


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """The whole product with two site processes, for every test of the session that asks."""
    with running(sites=2) as made:
        yield made


def kind_of(name: str) -> str:
    """The kind of a process: the second site is a site."""
    return name.rstrip("0123456789")


def descendants(pid: int) -> list[int]:
    """The process and all that descend from it."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents.setdefault(int(entry.read_text().rpartition(")")[2].split()[1]), []).append(int(entry.parent.name))
    found = [pid]
    for one in found:
        found += parents.get(one, [])
    return found


def _cpu_seconds(pid: int) -> float:
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        # With the time of children that have ended: a closed connection's work counts too.
        return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _free() -> int:
    # Below what the kernel hands out to outgoing connections: one of those could take the port before the shop does.
    while not _is_free(port := random.randrange(12_000, 30_000)):
        pass
    return port


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False


def _answers(address: str) -> bool:
    try:
        with urllib.request.urlopen(address, timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
