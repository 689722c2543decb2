"""Load: things begun at fixed moments, however long they take, with the generator's own share of a core beside the figures."""

import asyncio
import contextlib
import gc
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field

from tests.bench.figures import Figure, rounded
from tests.chaos.report import percentile
from tests.stack import Stack


@dataclass
class Sample:
    """Durations in seconds, and what went wrong instead."""

    seconds: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    wall: float = 0.0
    own_cpu: float = 0.0

    def ms(self, share: float) -> float:
        """A percentile in milliseconds, to three digits."""
        return rounded(percentile(self.seconds, share) * 1000)

    @property
    def rate(self) -> float:
        """Finished a second."""
        return rounded(len(self.seconds) / self.wall) if self.wall else 0.0

    @property
    def note(self) -> str:
        """What a reader must know beside the figure."""
        words = f"n={len(self.seconds)}, generator {self.own_cpu / self.wall:.0%} of a core" if self.wall else ""
        return words + (f", {len(self.faults)} FAILED: {self.faults[0]}" if self.faults else "")


class Work:
    """Processor time from here on: the one figure that a busy machine hardly spoils."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._before = stack.cpu()

    def each(self, name: str, thing: str, count: int, *, bar: float | None = None) -> Figure:
        """Milliseconds of a core for each thing, over all processes of the shop, the most expensive first."""
        used = {kind: seconds - self._before.get(kind, 0.0) for kind, seconds in self._stack.cpu().items()}
        each = {kind: seconds * 1000 / max(1, count) for kind, seconds in used.items() if seconds > 0}
        note = ", ".join(f"{kind} {ms:.1f}" for kind, ms in sorted(each.items(), key=lambda item: -item[1]) if ms >= 0.05)
        return Figure(name, rounded(sum(each.values())), f"ms a {thing}", bar, note=note)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Leave what stands now out of the generator's own rubbish collection: with a thousand pages that is a pause of 0.3 s, and no fault
    of the shop's."""
    gc.collect()
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


async def at_rate(rate: float, seconds: float, begin: Callable[[int], Awaitable[float | None]]) -> Sample:
    """Begin something `rate` times a second; each returns its own seconds, or None for "not counted".

    Lateness of the generator itself counts: a shop that stalls must not slow down who measures it.
    """
    sample, tasks = Sample(), []
    start, cpu = time.perf_counter(), time.process_time()

    async def one(number: int, due: float) -> None:
        late = time.perf_counter() - due
        try:
            took = await begin(number)
        except Exception as error:  # whatever it was, it is one failed request among many
            sample.faults.append(repr(error)[:120])
            return
        if took is not None:
            sample.seconds.append(took + late)

    for number in range(int(rate * seconds)):
        due = start + number / rate
        if (wait := due - time.perf_counter()) > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(one(number, due)))
    await asyncio.gather(*tasks)
    sample.wall, sample.own_cpu = time.perf_counter() - start, time.process_time() - cpu
    return sample


async def in_turn(workers: int, seconds: float, step: Callable[[int], Awaitable[float | None]]) -> Sample:
    """So many at a time, each beginning again when it is done."""
    sample = Sample()
    start, cpu = time.perf_counter(), time.process_time()

    async def work(number: int) -> None:
        while time.perf_counter() - start < seconds:
            try:
                took = await step(number)
            except Exception as error:  # see above
                sample.faults.append(repr(error)[:120])
                await asyncio.sleep(0.05)
                continue
            if took is not None:
                sample.seconds.append(took)

    await asyncio.gather(*(work(number) for number in range(workers)))
    sample.wall, sample.own_cpu = time.perf_counter() - start, time.process_time() - cpu
    return sample
