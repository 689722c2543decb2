"""Every foreseeable trouble is one clear sentence, says what to do, and ends with exit code 1 and no traceback."""

import json
import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from backend.core.settings import SANDBOX_ACCOUNT, SANDBOX_TOKEN
from revivatech import __main__ as command_line
from revivatech import database, environment, production
from revivatech.paths import ROOT
from revivatech.setup import checks, pythons, shell, steps
from revivatech.setup.digests import Stamp, of_file, of_sources
from revivatech.setup.models import broken
from revivatech.trouble import Trouble

GOOD = {
    "REVIVATECH_ENV": "production",
    "REVIVATECH_SECRET": "s" * 32,
    "REVIVATECH_HUB_SECRET": "h" * 16,
    "DATABASE_URL": "postgresql://shop:pass@db.example/shop",
    "REVIVATECH_PUBLIC_URL": "https://repairs.example",
    "REVIVATECH_SMTP_URL": "smtps://user:pass@mail.example:465",
    "REVIVATECH_TWILIO_ACCOUNT_SID": "AC" + 32 * "a",
    "REVIVATECH_TWILIO_AUTH_TOKEN": 32 * "b",
    "REVIVATECH_TWILIO_SMS_NUMBER": "+441130000000",
    "REVIVATECH_TWILIO_WHATSAPP_NUMBER": "off",
}


@pytest.fixture
def door() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


def command(*words: str, **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "revivatech", *words],
        cwd=ROOT,
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_used_port_is_named_with_its_user_and_its_variable(door: socket.socket) -> None:
    port = door.getsockname()[1]
    with pytest.raises(Trouble) as caught:
        checks.port_free(port, "the site", "REVIVATECH_PORT")
    assert f"Port {port}, which the site needs, is already in use by process {os.getpid()}" in caught.value.what
    assert "REVIVATECH_PORT=" in caught.value.remedy


def test_run_refuses_a_used_port_before_anything_else(door: socket.socket, tmp_path: Path) -> None:
    done = command("run", REVIVATECH_PORT=str(door.getsockname()[1]), REVIVATECH_VAR=str(tmp_path))
    assert done.returncode == 1
    assert "which the site needs, is already in use" in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("port", ["0", "http", "70000", "-1"])
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(Trouble, match=r"REVIVATECH_PORT is .* which is no port"):
        environment.complete({"REVIVATECH_PORT": port, "REVIVATECH_ENV": "production"})


def test_a_full_disk_is_seen_before_the_work() -> None:
    with pytest.raises(Trouble, match=r"needs about 3\.2 GB of free disk in .*, and only 90 MB are left"):
        checks.disk_space(3200, free=lambda folder: 90_000_000)
    checks.disk_space(3200, free=lambda folder: 4_000_000_000)


def test_a_disk_that_fills_up_during_the_work_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIVATECH_VAR", str(tmp_path))
    with pytest.raises(Trouble, match="Unpacking failed because the disk is full"):
        shell.run("Unpacking", [sys.executable, "-c", "import os, sys; sys.exit('error: ' + os.strerror(28))"])


@pytest.mark.parametrize(("number", "words"), [(28, "The disk is full"), (13, "may not be used: Permission denied")])
def test_the_machines_own_troubles_are_sentences_too(
    number: int, words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def work(argv: list[str]) -> int:
        raise OSError(number, os.strerror(number), "/somewhere/var")

    monkeypatch.setattr(command_line, "_dispatch", work)
    monkeypatch.setattr(signal, "signal", lambda *_: None)  # the test runner keeps its own
    assert command_line.main() == 1
    said = capsys.readouterr().err
    assert words in said
    assert "/somewhere/var" in said
    assert "What to do:" in said


def test_a_failing_tool_is_told_in_its_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIVATECH_VAR", str(tmp_path))
    with pytest.raises(Trouble, match="Knitting failed: error: no wool") as caught:
        shell.run("Knitting", [sys.executable, "-c", "print('error: no wool'); print('bye'); raise SystemExit(2)"])
    assert "setup.log" in caught.value.remedy
    assert "error: no wool" in (tmp_path / "log" / "setup.log").read_text()


def test_without_python_310_it_says_where_to_get_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    refusing = tmp_path / "uv"
    refusing.write_text("#!/bin/sh\necho 'error: no download' >&2\nexit 2\n")
    refusing.chmod(0o755)
    for name, value in {"PATH": str(tmp_path), "PYENV_ROOT": str(tmp_path), "REVIVATECH_VAR": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(pythons, "UV", refusing)
    with pytest.raises(Trouble, match=r"needs Python 3\.10 .*none was found") as caught:
        pythons.python_310()
    assert "pyenv install 3.10" in caught.value.remedy


def test_a_wrong_python_310_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIVATECH_PYTHON310", sys.executable)
    with pytest.raises(Trouble, match=r"REVIVATECH_PYTHON310 names .* which is no Python 3\.10"):
        pythons.python_310()


def test_a_pyenv_shim_that_refuses_is_passed_over(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shims, version = tmp_path / "shims", tmp_path / "versions" / "3.10.99" / "bin"
    for folder, body in ((shims, "exit 127"), (version, "echo True")):
        folder.mkdir(parents=True)
        (folder / "python3.10").write_text(f"#!/bin/sh\n{body}\n")
        (folder / "python3.10").chmod(0o755)
    monkeypatch.setenv("PATH", str(shims))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path))
    assert pythons.python_310() == str(version / "python3.10")


def test_a_broken_model_file_is_found_by_its_hash(tmp_path: Path) -> None:
    (tmp_path / "encoder.onnx").write_bytes(b"weights")
    assert broken(tmp_path) == "manifest.json"
    (tmp_path / "manifest.json").write_text(json.dumps({"files": {"encoder.onnx": of_file(tmp_path / "encoder.onnx")}}))
    assert not broken(tmp_path)
    (tmp_path / "encoder.onnx").write_bytes(b"weight")
    assert broken(tmp_path) == "encoder.onnx"
    (tmp_path / "encoder.onnx").unlink()
    assert broken(tmp_path) == "encoder.onnx"


def test_a_database_that_does_not_answer_is_one_sentence_without_the_password() -> None:
    url = "postgresql://shop:hunter2@127.0.0.1:1/shop"
    done = command("migrate", DATABASE_URL=url)
    assert done.returncode == 1
    assert "The database shop at 127.0.0.1:1 cannot be reached" in done.stderr
    assert "DATABASE_URL" in done.stderr
    assert "Traceback" not in done.stderr
    assert "hunter2" not in done.stderr + done.stdout


def test_a_run_asks_for_the_database_before_it_sets_anything_up(tmp_path: Path) -> None:
    names = [port.variable for port in (environment.SITE, environment.RASA, environment.ACTIONS, environment.SANDBOX, environment.SMTP)]
    first = checks.free_port(near=20_000 + os.getpid() % 9_000)
    ports = {name: str(checks.free_port(near=first + 10 * index)) for index, name in enumerate(names)}
    done = command("run", DATABASE_URL="postgresql://shop:hunter2@127.0.0.1:1/shop", REVIVATECH_VAR=str(tmp_path), **ports)
    assert done.returncode == 1
    assert "The database shop at 127.0.0.1:1 cannot be reached: Connection refused." in done.stderr
    assert "Preparing" not in done.stdout


def test_an_address_that_is_none_is_not_repeated() -> None:
    with pytest.raises(Trouble) as caught:
        database.check_own("shop hunter2")
    assert "hunter2" not in str(caught.value)


def test_secrets_are_made_once_and_private(tmp_path: Path) -> None:
    path = tmp_path / "var" / "secrets.env"
    first = environment.stored_secrets(path)
    assert environment.stored_secrets(path) == first
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(len(value) >= 32 and "$" not in value for value in first.values())
    assert len(set(first.values())) == len(first)


def test_production_starts_when_everything_is_said() -> None:
    assert production.problems(GOOD) == []
    assert production.problems({**GOOD, "REVIVATECH_SMTP_URL": "off"}) == []
    assert production.problems({**GOOD, "REVIVATECH_TWILIO_ACCOUNT_SID": "off", "REVIVATECH_TWILIO_AUTH_TOKEN": ""}) == []


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"REVIVATECH_SECRET": ""}, "REVIVATECH_SECRET is missing"),
        ({"REVIVATECH_SECRET": "short"}, "REVIVATECH_SECRET is shorter than 32"),
        ({"REVIVATECH_HUB_SECRET": "$" * 20}, "REVIVATECH_HUB_SECRET contains a $"),
        ({"REVIVATECH_HUB_SECRET": "s" * 32}, "are the same"),
        ({"DATABASE_URL": ""}, "DATABASE_URL is missing"),
        ({"REVIVATECH_PUBLIC_URL": "http://repairs.example"}, "REVIVATECH_PUBLIC_URL must be the https"),
        ({"REVIVATECH_SMTP_URL": ""}, "configure e-mail, or set it to `off`"),
        ({"REVIVATECH_SMTP_URL": "smtp://127.0.0.1:8025"}, "points at the sandbox"),
        ({"REVIVATECH_TWILIO_ACCOUNT_SID": ""}, "configure SMS and WhatsApp, or set it to `off`"),
        ({"REVIVATECH_TWILIO_ACCOUNT_SID": SANDBOX_ACCOUNT}, "is the sandbox's account"),
        ({"REVIVATECH_TWILIO_AUTH_TOKEN": SANDBOX_TOKEN}, "give the account's token"),
        ({"REVIVATECH_TWILIO_WHATSAPP_NUMBER": ""}, "give the shop's number"),
    ],
)
def test_production_refuses(change: dict[str, str], reason: str) -> None:
    assert any(reason in problem for problem in production.problems(GOOD | change)), production.problems(GOOD | change)


def test_production_refuses_demo_accounts_and_the_demo_shop() -> None:
    with pytest.raises(Trouble, match=r"admin@demo\.example still has the demo's password"):
        production.check(GOOD, demo_accounts=["admin@demo.example"])
    assert "not for production" in command("demo", **GOOD).stderr


def test_production_run_lists_every_reason() -> None:
    done = command("run", REVIVATECH_ENV="production", REVIVATECH_PUBLIC_URL="http://shop.example")
    assert done.returncode == 1
    assert done.stderr.count("\n  - ") >= 4
    assert "Traceback" not in done.stderr


def test_production_makes_no_secrets(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REVIVATECH_VAR", str(tmp_path))
    told = environment.complete({"REVIVATECH_ENV": "production"})
    assert "REVIVATECH_SECRET" not in told
    assert not any("SANDBOX" in name or "SMTP" in name for name in told)


def test_a_step_is_done_once_and_again_when_its_inputs_change(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    stamp, inputs, done = Stamp(tmp_path / "made" / "stamp"), ["one"], []

    def make() -> None:
        done.append(inputs[0])
        stamp.write(inputs[0])

    step = steps.Step("Toy", lambda: stamp.read() == inputs[0], make, megabytes=1)
    for value in ("one", "one", "two"):
        inputs[0] = value
        steps.carry_out([step])
    assert done == ["one", "two"]
    assert "[1/1] Toy" in capsys.readouterr().out


def test_digests_follow_contents_and_names() -> None:
    assert of_sources("requirements/uv.txt") != of_sources("requirements/uv.in")
    assert of_sources("requirements") == of_sources("requirements")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_set_up_leaves_no_tool_running(tmp_path: Path, number: signal.Signals) -> None:
    mark = f"set-up-toy-{tmp_path.name}-{number}"
    program = f"""
import signal, sys
from revivatech import __main__
from revivatech.setup import shell
def work(argv):
    shell.run("Toy", [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)", {mark!r}])
__main__._dispatch = work
sys.exit(__main__.main())
"""
    process = subprocess.Popen(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "REVIVATECH_VAR": str(tmp_path)},
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    log = tmp_path / "log" / "setup.log"
    deadline = time.monotonic() + 30
    while not (log.exists() and mark in log.read_text() and _running(mark, process.pid)):
        assert time.monotonic() < deadline
        time.sleep(0.05)
    process.send_signal(number)
    _, said = process.communicate(timeout=10)
    assert process.returncode == 130
    assert "Interrupted" in said
    assert "Traceback" not in said
    # Whoever is interrupted while starting a tool leaves its end to the kernel, which acts a moment after us.
    deadline = time.monotonic() + 2
    while _running(mark, process.pid):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def _running(mark: str, but: int) -> list[int]:
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if mark.encode() in words and int(entry.name) != but:
            found.append(int(entry.name))
    return found


def test_variables_that_cannot_be_meant_are_named_without_their_values() -> None:
    said = command("site", **{**GOOD, "REVIVATECH_SECRET": "hunter2", "REVIVATECH_PORT": "http", "REVIVATECH_TRUSTED_PROXIES": "0.0.0.0/0"})
    assert said.returncode == 1 and "Traceback" not in said.stderr
    for name in ("REVIVATECH_SECRET", "REVIVATECH_PORT", "REVIVATECH_TRUSTED_PROXIES (must name the proxies, not everybody)"):
        assert name in said.stderr
    assert "What to do: correct or unset it" in said.stderr and "hunter2" not in said.stderr
