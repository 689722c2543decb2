"""The frame of set-up: which steps are due, is there room for them, do them with progress."""

import contextlib
import fcntl
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from revivatech.paths import TOOLS
from revivatech.setup import checks
from revivatech.setup.shell import log_path


@dataclass(frozen=True)
class Step:
    """One thing to make: `current` says that nothing is to do, `megabytes` what making it takes on disk."""

    title: str
    current: Callable[[], bool]
    make: Callable[[], None]
    megabytes: int = 50


def carry_out(steps: Sequence[Step]) -> None:
    """Do every step that is due, in order. A second copy of us waits for the first."""
    with _alone():
        due = [step for step in steps if not step.current()]
        if not due:
            return
        checks.disk_space(sum(step.megabytes for step in due) + 200)
        log_path().parent.mkdir(parents=True, exist_ok=True)
        log_path().write_text("")
        print(f"Preparing {len(due)} of {len(steps)} parts (what the tools say is in {os.path.relpath(log_path())}):", flush=True)
        for number, step in enumerate(due, 1):
            with _progress(f"[{number}/{len(due)}] {step.title}"):
                step.make()
        for step in steps:  # what was made may have made others due
            if step not in due and not step.current():
                with _progress(f"[+] {step.title}"):
                    step.make()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "setup.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up runs in this folder; waiting for it …", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _progress(title: str) -> Iterator[None]:
    """The title at once, the seconds at the end; on a terminal they count up, elsewhere a sign of life comes every half minute."""
    began = time.monotonic()
    done = threading.Event()
    live = sys.stdout.isatty()

    def beat() -> None:
        while not done.wait(1 if live else 30):
            seconds = time.monotonic() - began
            print(
                f"\r{title} … {seconds:.0f} s" if live else f"    … still at it after {seconds:.0f} s", end="" if live else "\n", flush=True
            )

    print(f"{title} …", end="" if live else "\n", flush=True)
    watcher = threading.Thread(target=beat, daemon=True)
    watcher.start()
    try:
        yield
    except BaseException:
        done.set()
        watcher.join()
        print(flush=True)
        raise
    done.set()
    watcher.join()
    print(f"\r{title}: {time.monotonic() - began:.1f} s" if live else f"    done in {time.monotonic() - began:.1f} s", flush=True)
