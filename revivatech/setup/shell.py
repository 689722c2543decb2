"""Running the tools of set-up: output goes to a log, a failure becomes one clear sentence."""

import os
import re
import signal
import subprocess
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path

from revivatech.paths import NODE, ROOT, var
from revivatech.processes import dying_with, kill_group
from revivatech.trouble import Trouble

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_WORTH = ("error", "Error", "ERR!", "failed", "No space left")


def log_path() -> Path:
    """Where the tools' own words are kept."""
    return var() / "log" / "setup.log"


def environment(**extra: str) -> dict[str, str]:
    """Our environment, with our Node first, without what would make Python forget its compiled files or look elsewhere."""
    kept = {
        key: value for key, value in os.environ.items() if key not in {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV"}
    }
    return kept | {"PATH": f"{NODE}{os.pathsep}{kept.get('PATH', os.defpath)}", "PYTHONUNBUFFERED": "1"} | extra


def run(what: str, argv: Sequence[str | Path], *, cwd: Path = ROOT, env: Mapping[str, str] | None = None, remedy: str = "") -> str:
    """Run a tool to its end and return what it said; `what` completes the sentence "… failed"."""
    log_path().parent.mkdir(parents=True, exist_ok=True)
    with log_path().open("a", buffering=1, encoding="utf-8") as log:
        log.write(f"\n$ {' '.join(map(str, argv))}\n")
        process = subprocess.Popen(
            [str(part) for part in argv],
            cwd=cwd,
            env=environment() if env is None else dict(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
            # The kernel ties this to the thread that starts the process, so only the main thread may ask for it.
            preexec_fn=dying_with(os.getpid(), signal.SIGKILL) if threading.current_thread() is threading.main_thread() else None,
        )
        said: list[str] = []
        try:
            assert process.stdout is not None
            for line in process.stdout:
                said.append(line)
                log.write(line)
            code = process.wait()
        except BaseException:
            kill_group(process.pid, signal.SIGKILL)
            process.wait()
            raise
    if code:
        raise _failed(what, said, code, remedy)
    return "".join(said)


def foreground(argv: Sequence[str], *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run a tool with its words going straight to the reader; when we are told to stop it gets time to tidy up after itself."""
    process = subprocess.Popen(argv, cwd=cwd, env=dict(env), stdin=subprocess.DEVNULL)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise


def _failed(what: str, said: list[str], code: int, remedy: str) -> Trouble:
    lines = [line for line in (_COLOURS.sub("", raw).strip() for raw in said) if line]
    if any("No space left on device" in line or "ENOSPC" in line for line in lines):
        return Trouble(f"{what} failed because the disk is full.", "free some space and run the same command again.")
    telling = [line for line in lines if any(word in line for word in _WORTH)] or lines
    # npm says the reason first and where its log is last; others the other way round.
    npm = [line.removeprefix("npm error").strip() for line in lines if line.startswith("npm error") and " code " not in line]
    why = next(filter(None, npm), telling[-1] if telling else f"exit code {code}")
    remedy = remedy or f"read the end of {log_path()}, mend what it names and run the same command again."
    return Trouble(f"{what} failed: {why[:300]}", remedy)
