"""The database we bring along: made once, started, killed, started again, stopped without a trace."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from revivatech.accounts import Account, server_account
from revivatech.paths import ROOT
from revivatech.postgres import EmbeddedPostgres
from revivatech.processes import is_alive, working_in
from revivatech.trouble import Trouble


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """A folder the database's account may enter, as a checkout outside /root is."""
    made = Path(tempfile.mkdtemp(prefix="rvt-", dir="/tmp"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture
def server(folder: Path) -> Iterator[EmbeddedPostgres]:
    made = EmbeddedPostgres(folder / "postgres")
    yield made
    made.stop()


def ask(server: EmbeddedPostgres, query: str, database: str = "postgres") -> object:
    with psycopg.connect(server.url(database, driver="postgresql"), autocommit=True) as connection:
        cursor = connection.execute(query)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def test_it_keeps_what_was_written_through_stop_and_start(server: EmbeddedPostgres) -> None:
    server.start()
    assert server.create_database("shop")
    assert not server.create_database("shop")
    ask(server, "CREATE TABLE kept AS SELECT 42 AS answer", "shop")
    pid = server.pid
    server.stop()
    assert pid and not is_alive(pid)
    assert not server.ready()
    server.start()
    assert ask(server, "SELECT answer FROM kept", "shop") == 42


def test_it_recovers_from_a_kill_with_a_lock_file_of_somebody_else(server: EmbeddedPostgres) -> None:
    server.start()
    ask(server, "CREATE TABLE survived AS SELECT 1 AS one")
    server.kill()
    # The process id in the lock file may meanwhile be anybody's: here it is ours.
    lock = server.place / "postmaster.pid"
    assert lock.exists()
    lines = lock.read_text().split("\n")
    lock.write_text("\n".join([str(os.getpid()), *lines[1:]]))
    server.start()
    assert ask(server, "SELECT one FROM survived") == 1


def test_a_second_server_on_the_same_data_is_told_so(server: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> None:
    server.start()
    monkeypatch.setattr("revivatech.postgres._bury.__defaults__", (0.2,))
    with pytest.raises(Trouble, match=f"Another PostgreSQL .process {server.pid}. already uses"):
        EmbeddedPostgres(server.data).start()
    assert server.ready()


def test_it_dies_with_a_killed_parent(folder: Path) -> None:
    program = f"""
import time
from pathlib import Path
from revivatech.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path({str(folder / "postgres")!r}))
server.start()
print(server.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    assert is_alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    deadline = time.monotonic() + 10
    while is_alive(pid) or list(working_in(folder / "postgres")):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_a_long_path_gets_a_short_folder_for_its_socket(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60) / "postgres"
    server = EmbeddedPostgres(deep)
    server.start()
    try:
        assert server.sockets() != deep
        assert server.sockets().stat().st_mode & 0o777 == 0o700
        assert ask(server, "SELECT 7") == 7
    finally:
        server.stop()
        sockets = server.sockets()
        assert not list(sockets.iterdir())
        sockets.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root changes accounts")
def test_a_folder_its_account_cannot_enter_keeps_its_modes(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    server = EmbeddedPostgres(closed / "var" / "postgres")
    server.start()
    try:
        assert server.data.is_symlink()
        assert closed.stat().st_mode & 0o777 == 0o700
        assert ask(server, "SELECT 7") == 7
        assert server.place.stat().st_mode & 0o777 == 0o700
    finally:
        server.stop()
        shutil.rmtree(server.place)


def test_something_else_in_its_place_is_left_alone(folder: Path) -> None:
    taken = folder / "taken"
    taken.mkdir()
    (taken / "holiday.txt").write_text("sand")
    with pytest.raises(Trouble, match="is in the way and holds no database"):
        EmbeddedPostgres(taken).start()
    assert (taken / "holiday.txt").read_text() == "sand"
    assert not list(folder.glob(".taken*"))


def test_another_major_version_is_refused_in_one_sentence(folder: Path) -> None:
    old = folder / "old"
    old.mkdir()
    (old / "PG_VERSION").write_text("13\n")
    with pytest.raises(Trouble, match="was made by PostgreSQL 13, and this is PostgreSQL") as caught:
        EmbeddedPostgres(old).start()
    assert "restore the dump" in caught.value.remedy


def test_a_temporary_server_leaves_nothing() -> None:
    with EmbeddedPostgres.temporary() as server:
        place, pid = server.place, server.pid
        assert ask(server, "SHOW fsync") == "off"
    assert pid and not is_alive(pid)
    assert not place.parent.exists()


def test_reach_is_judged_by_owner_group_and_others(tmp_path: Path) -> None:
    stranger = Account("stranger", 54321, 54321)
    inner = tmp_path / "inner"
    inner.mkdir()
    tmp_path.chmod(0o700)
    assert not stranger.can_reach(inner / "file")
    assert server_account(tmp_path / "new").can_reach(Path("/tmp/file"))
