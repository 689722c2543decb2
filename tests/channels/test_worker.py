"""The worker as its own process: it says when it is ready, ends when told, and may be killed."""

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from backend.core.clock import SystemClock
from backend.core.settings import Settings
from revivatech.supervisor.signs import Pulse
from tests.channels.assistant import FakeAssistant, echo
from tests.channels.chat import Chat

ROOT = Path(__file__).parents[2]
StartWorker = Callable[..., Any]


@pytest.fixture
def clock() -> SystemClock:
    """Two processes share the machine's clock, not a test's."""
    return SystemClock()


@pytest.fixture
def limits() -> dict[str, Any]:
    return {"turn_lease": 3.0, "turn_timeout": 2.0, "action_timeout": 1.0, "turn_typing_after": 1.0, "turn_sweep": 0.2}


@pytest.fixture
async def start_worker(settings: Settings, limits: dict[str, Any], tmp_path: Path) -> AsyncIterator[StartWorker]:
    started: list[asyncio.subprocess.Process] = []

    async def start(pulse: Pulse | None = None) -> asyncio.subprocess.Process:
        names = ("rasa_url", "backend_url", "public_url", "var", *limits)
        environment = {f"REVIVATECH_{name.upper()}": str(getattr(settings, name)) for name in names} | {
            "REVIVATECH_SECRET": settings.secret.get_secret_value(),
            "REVIVATECH_HUB_SECRET": settings.hub_secret.get_secret_value(),
            "REVIVATECH_SMTP_URL": settings.smtp_url.get_secret_value(),
            "DATABASE_URL": settings.database_url.get_secret_value(),
            "PATH": os.environ["PATH"],
        }
        argv = (sys.executable, "-c", "from revivatech.worker import main; main()")
        beat = [pulse.writing] if pulse else []
        environment |= pulse.env if pulse else {}
        process = await asyncio.create_subprocess_exec(*argv, cwd=ROOT, env=environment, stderr=asyncio.subprocess.PIPE, pass_fds=beat)
        started.append(process)
        assert process.stderr is not None
        async with asyncio.timeout(60):
            async for line in process.stderr:
                if b"worker_ready" in line:
                    break
            else:
                raise AssertionError("the worker ended before it was ready")
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.communicate()


async def test_a_worker_answers_and_ends_when_told(chat: Chat, assistant: FakeAssistant, start_worker: StartWorker) -> None:
    worker = await start_worker()
    await chat.send("hello")
    assert await chat.hear("bot") == ["You said: hello"]
    worker.send_signal(signal.SIGTERM)
    _, rest = await asyncio.wait_for(worker.communicate(), 20)
    assert worker.returncode == 0, rest


async def test_a_killed_worker_costs_a_lease_and_no_answer(chat: Chat, assistant: FakeAssistant, start_worker: StartWorker) -> None:
    first, second = await start_worker(), await start_worker()
    asked = asyncio.Event()

    async def hang(turn: dict[str, Any]) -> Any:
        asked.set()
        await asyncio.sleep(60)

    assistant.behaviour = hang
    await chat.send("are you still there?")
    await asyncio.wait_for(asked.wait(), 10)
    assistant.behaviour = echo
    # Whichever holds the turn is killed with the other; a third comes as the supervisor would start it.
    first.kill()
    second.kill()
    killed = time.monotonic()
    await start_worker()
    assert (await asyncio.wait_for(chat.hear("bot"), 30)) == ["You said: are you still there?"]
    assert time.monotonic() - killed < 30
    assert assistant.turns[0]["turn"] == assistant.turns[1]["turn"]


async def test_a_worker_gives_signs_of_life_until_it_hangs(start_worker: StartWorker) -> None:
    pulse = Pulse()
    worker = await start_worker(pulse)
    assert await pulse.ask(20)
    worker.send_signal(signal.SIGSTOP)
    await pulse.ask(1)  # a beat that was under way
    assert not await pulse.ask(1.5)
    worker.send_signal(signal.SIGCONT)
    assert await pulse.ask(20)
    pulse.close()
    os.close(pulse.writing)
