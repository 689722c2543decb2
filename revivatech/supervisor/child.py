"""What the supervisor is told about one process."""

import re
import signal
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Gate = Callable[[], Awaitable[bool]]
#: Waits so many seconds for a sign of life and tells whether there was one.
Sign = Callable[[float], Awaitable[bool]]


async def _at_once() -> bool:
    return True


@dataclass(frozen=True, kw_only=True)
class Child:
    """One process: how it is started, whom it waits for, when it is ready, how it is stopped.

    A child that runs `once` is ready when it ended with 0; any other code ends the whole start.
    """

    name: str
    command: Callable[[], Sequence[str]]
    env: Mapping[str, str] | None = None
    needs: tuple[str, ...] = ()
    ready: Gate = _at_once
    says: str = ""  # ready only after a line with this was printed
    hush: re.Pattern[str] | None = None  # such lines, and what is indented below them, go to the file only
    once: bool = False
    sign: Sign | None = None  # how it proves, once ready, that it still does anything; silent too long it is killed
    pulse: bool = False  # it proves so by itself, through the pipe that revivatech/pulse.py writes to
    spare: bool = False  # however silent, it is never killed: it may be busy
    prepare: Callable[[], None] | None = None  # blocking work before every start; runs in a thread
    options: Callable[[], Mapping[str, Any]] | None = None  # more for `subprocess`, such as another account
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGKILL  # sent by the kernel when the supervisor is killed
    grace: float = 8.0
    first: bool = False  # stopped before all others: it needs them to end what it has begun
    last: bool = False  # stopped after all others
    facts: Mapping[str, Any] = field(default_factory=dict)  # shown in var/run.json, for tools and tests
