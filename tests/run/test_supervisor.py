"""The supervisor starts, restarts and stops, and nothing survives it."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from revivatech import environment
from revivatech.paths import ROOT
from revivatech.processes import is_alive
from revivatech.supervisor import shop


class Toys:
    """A running supervisor and what it says."""

    def __init__(self, folder: Path, *, ignoring: bool = False, below_make: bool = False, silence: float | None = None) -> None:
        self.folder = folder
        command = [sys.executable, "-m", "tests.run.toys", str(folder), *(["--silence", str(silence)] if silence else [])]
        if below_make:
            (folder / "Makefile").write_text(f"run:\n\t@exec {' '.join(command)} --with-parent\n")
            command = ["make", "-f", str(folder / "Makefile"), "run"]

        def heard() -> None:
            # However the tests were started: under nohup a hang-up is ignored by all that comes of them.
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN if ignoring else signal.SIG_DFL)

        with (folder / "said").open("wb") as said:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                stdout=said,
                stderr=said,
                start_new_session=True,
                preexec_fn=heard,
            )
        until(lambda: "all ready" in self.said())

    def said(self) -> str:
        return (self.folder / "said").read_text()

    def pids(self) -> dict[str, int]:
        children = json.loads((self.folder / "run.json").read_text())["children"]
        return {name: facts["pid"] for name, facts in children.items()}

    def everybody(self) -> list[int]:
        until(lambda: "grandchild " in self.said())
        grandchildren = [int(line.split()[-1]) for line in self.said().splitlines() if "grandchild " in line]
        return [*self.pids().values(), *grandchildren]

    def end(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.kill()
        self.process.wait()


def until(true: Callable[[], bool], *, seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[Toys]:
    running = Toys(tmp_path)
    yield running
    running.end()


def test_children_start_by_need_and_speak_with_their_names(toys: Toys) -> None:
    until(lambda: "plain    | up" in toys.said())
    assert (toys.folder / "log" / "plain.log").read_text().strip() == "up"
    assert set(toys.pids()) == {"plain", "parent", "stubborn"}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_all_and_leaves_nobody(toys: Toys, number: signal.Signals) -> None:
    everybody = toys.everybody()
    assert len(everybody) == 4
    toys.process.send_signal(number)
    assert toys.process.wait(30) == 0
    assert not [pid for pid in everybody if is_alive(pid)]
    assert "no process is left" in toys.said()
    assert not (toys.folder / "run.json").exists()


def test_an_ignored_interrupt_stops_it_too(tmp_path: Path) -> None:
    toys = Toys(tmp_path, ignoring=True)
    everybody = toys.everybody()
    toys.process.send_signal(signal.SIGINT)
    assert toys.process.wait(30) == 0
    assert not [pid for pid in everybody if is_alive(pid)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_what_ends_make_alone_ends_all(tmp_path: Path, number: signal.Signals) -> None:
    toys = Toys(tmp_path, below_make=True)
    everybody = toys.everybody()
    toys.process.send_signal(number)
    toys.process.wait(30)
    until(lambda: not [pid for pid in everybody if is_alive(pid)])
    until(lambda: "no process is left" in toys.said())


def test_a_second_signal_does_not_wait_for_the_stubborn(tmp_path: Path) -> None:
    toys = Toys(tmp_path)
    toys.process.send_signal(signal.SIGINT)
    until(lambda: "Stopping …" in toys.said())
    toys.process.send_signal(signal.SIGINT)
    assert toys.process.wait(30) == 0
    assert "Stopping at once" in toys.said()


def test_a_killed_child_is_started_again(toys: Toys) -> None:
    before = toys.everybody()
    old = toys.pids()
    os.kill(old["parent"], signal.SIGKILL)
    until(lambda: toys.pids().get("parent", old["parent"]) != old["parent"])
    assert "parent ended (by signal SIGKILL)" in toys.said()
    # Its own child went with it.
    until(lambda: not is_alive(before[-1]))
    assert toys.pids()["plain"] == old["plain"]


def test_nobody_survives_the_killed_supervisor(toys: Toys) -> None:
    everybody = toys.everybody()
    toys.process.kill()
    until(lambda: not [pid for pid in everybody if is_alive(pid)], seconds=15)


def test_a_child_that_cannot_start_ends_the_start(tmp_path: Path) -> None:
    program = """
import asyncio, sys
from revivatech.supervisor.child import Child
from revivatech.supervisor.output import Output
from revivatech.supervisor.supervisor import Supervisor
from revivatech.trouble import Trouble
children = [Child(name="lame", command=lambda: [sys.executable, "-c", "print('no such file: x'); raise SystemExit(3)"], once=True),
            Child(name="late", command=lambda: ["true"], needs=("lame",))]
try:
    asyncio.run(Supervisor(children, Output(None)).run())
except Trouble as trouble:
    print("TROUBLE", trouble)
"""
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=20, check=True)
    assert "TROUBLE lame failed: no such file: x" in said.stdout
    assert "What to do: read the lines of lame" in said.stdout
    assert not said.stderr


def test_who_needs_the_others_to_end_its_work_is_stopped_before_them(tmp_path: Path) -> None:
    program = """
import asyncio, signal, sys
from revivatech.supervisor.child import Child
from revivatech.supervisor.output import Output
from revivatech.supervisor.supervisor import Supervisor
waiting = (
    "import signal, sys, time; signal.signal(15, lambda *_: (time.sleep({pause}), print('leaves', flush=True), sys.exit())); "
    "print('up', flush=True); time.sleep(60)"
)
def child(name, pause, **more):
    return Child(name=name, command=lambda: [sys.executable, "-c", waiting.format(pause=pause)], says="up", **more)
children = [child("base", 0, last=True), child("helper", 0), child("asker", 0.5, first=True)]
asyncio.run(Supervisor(children, Output(None), on_ready=lambda: signal.raise_signal(signal.SIGINT)).run())
"""
    said = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True).stdout
    assert [line.split()[0] for line in said.splitlines() if "leaves" in line] == ["asker", "helper", "base"]


def test_a_reader_who_looks_away_does_not_stop_the_shop(tmp_path: Path) -> None:
    program = f"""
import asyncio, sys
from pathlib import Path
from revivatech.supervisor.child import Child
from revivatech.supervisor.output import Output
from revivatech.supervisor.supervisor import Supervisor
chatty = "[print('a word ' * 20) for _ in range(20_000)]; open({str(tmp_path / "done")!r}, 'w')"
children = [Child(name="chatty", command=lambda: [sys.executable, "-c", chatty], once=True)]
asyncio.run(Supervisor(children, Output(Path({str(tmp_path)!r}))).run())
"""
    # Nobody reads from this pipe until the process has long said everything.
    running = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        until(lambda: (tmp_path / "done").exists())
        running.send_signal(signal.SIGINT)
        said, _ = running.communicate(timeout=30)
    finally:
        running.kill()
    assert running.returncode == 0
    assert "lines are not shown here; they are in the log files." in said
    assert "Stopped after" in said
    assert len((tmp_path / "chatty.log").read_text().splitlines()) == 20_000


@pytest.mark.parametrize(("host", "reached"), [("127.0.0.2", "127.0.0.2"), ("0.0.0.0", "127.0.0.1"), ("127.0.0.1", "127.0.0.1")])
async def test_the_site_is_asked_where_it_listens(host: str, reached: str) -> None:
    async def live(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(live, reached, 0)
    port = server.sockets[0].getsockname()[1]
    told = {"REVIVATECH_HUB_SECRET": "h" * 16, "REVIVATECH_HOST": host, "REVIVATECH_PORT": str(port)}
    env = environment.complete({"REVIVATECH_ENV": "production", **told})
    site = next(child for child in shop.children(env, server=None, counts={}, demo=None) if child.name == "site")
    assert await site.ready() and site.sign is not None and await site.sign(5)
    server.close()
