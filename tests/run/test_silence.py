"""A process that hangs is killed and started again; one that is busy, starved of the processor, or was asleep with the machine is not."""

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from revivatech import environment
from revivatech.supervisor import signs
from revivatech.trouble import Trouble
from tests.run.test_supervisor import Toys, until


class Machine:
    """A clock, and a process that answers, or not, to each question in turn."""

    def __init__(self, *answers: bool, naps: tuple[float, ...] = (), hungry: float = 0.0) -> None:
        self.now, self.waited, self.asked = 1000.0, 0.0, 0
        self._answers, self._naps, self._hungry = answers, dict(enumerate(naps)), hungry

    async def sign(self, patience: float) -> bool:
        """Take the whole patience and more where the machine naps, and let the process wait for the processor for its share of it."""
        await asyncio.sleep(0)
        number, self.asked = self.asked, self.asked + 1
        took = patience + self._naps.get(number, 0.0)
        self.now += took
        self.waited += took * self._hungry
        return number < len(self._answers) and self._answers[number]

    async def silent_after(self) -> float:
        began = self.now
        await signs.until_silent(self.sign, 30, waited=lambda: self.waited, clock=lambda: self.now)
        return self.now - began


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    real = asyncio.sleep
    monkeypatch.setattr(asyncio, "sleep", lambda _: real(0))


async def test_a_silent_process_is_looked_at_twice(quick: None) -> None:
    machine = Machine()
    assert await machine.silent_after() == pytest.approx(30)
    assert machine.asked == 2


async def test_time_without_a_processor_does_not_count(quick: None) -> None:
    assert await Machine(hungry=0.8).silent_after() >= 120


async def test_after_a_sleep_of_the_machine_it_looks_again(quick: None) -> None:
    machine = Machine(naps=(3600.0, 0.0))
    assert await machine.silent_after() == pytest.approx(3600 + 20 + 30)
    late = Machine(naps=(0.0, 3600.0))
    assert await late.silent_after() == pytest.approx(20 + 3600 + 10 + 30)


async def test_a_late_answer_starts_the_count_afresh(quick: None) -> None:
    machine = Machine(False, True, False, True)
    await machine.silent_after()
    assert machine.asked == 6


@pytest.fixture
def toys(tmp_path: Path) -> Iterator[Toys]:
    running = Toys(tmp_path, silence=2.5)
    yield running
    running.end()


def restarted(toys: Toys, name: str, old: int) -> Callable[[], bool]:
    return lambda: toys.pids().get(name, old) != old


def test_a_hung_process_is_started_again_and_its_neighbours_are_not(toys: Toys) -> None:
    old = toys.pids()
    os.kill(old["door"], signal.SIGSTOP)
    os.kill(old["beating"], signal.SIGUSR2)
    until(restarted(toys, "door", old["door"]))
    until(restarted(toys, "beating", old["beating"]))
    said = toys.said()
    for name in ("door", "beating"):
        assert f"{name} has given no sign of life for 2.5 s; killing it" in said
        assert f"{name} ended (by signal SIGKILL); starting it again in 0.25 s" in said
    assert toys.pids()["spared"] == old["spared"]


def test_the_spared_one_is_woken_and_never_killed(toys: Toys) -> None:
    old = toys.pids()["spared"]
    os.kill(old, signal.SIGSTOP)
    until(lambda: "spared has given no sign of life for 2.5 s, because somebody has stopped it; waking it" in toys.said())
    until(lambda: Path(f"/proc/{old}/stat").read_text().split()[2] != "T")
    assert toys.pids()["spared"] == old


def test_a_busy_moment_and_a_sleep_of_us_all_kill_nobody(toys: Toys) -> None:
    old = toys.pids()
    os.kill(old["beating"], signal.SIGUSR1)
    everybody = [toys.process.pid, *old.values()]
    for number in (signal.SIGSTOP, signal.SIGCONT):
        for pid in everybody:
            os.kill(pid, number)
        with pytest.raises(AssertionError):  # longer than the limit, and nothing of the kind happens
            until(lambda: "no sign of life" in toys.said() or toys.pids() != old, seconds=3.2)


def test_stopping_does_not_wait_for_the_stopped(toys: Toys) -> None:
    os.kill(toys.pids()["door"], signal.SIGSTOP)
    toys.process.send_signal(signal.SIGTERM)
    assert toys.process.wait(30) == 0
    assert "did not stop in" not in toys.said()


@pytest.mark.parametrize(("text", "seconds"), [("", 30.0), ("0", 0.0), ("2.5", 2.5)])
def test_the_limit_is_a_setting(text: str, seconds: float) -> None:
    assert environment.longest_silence({"REVIVATECH_LONGEST_SILENCE": text}) == seconds


@pytest.mark.parametrize("text", ["soon", "-1", "0.2", "nan", "inf", "7200"])
def test_a_limit_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(Trouble, match="REVIVATECH_LONGEST_SILENCE is"):
        environment.longest_silence({"REVIVATECH_LONGEST_SILENCE": text})
