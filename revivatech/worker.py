"""The worker: bot turns and everything that happens later, in one process."""

import asyncio
import gc
import signal

from backend.core import logs
from backend.core.settings import Settings
from channels.caretaker import Caretaker
from channels.texts.carrying import Carrier
from channels.turns import Turns
from revivatech import life, pulse
from revivatech.site import open_site

log = logs.get(__name__)


async def work(settings: Settings) -> None:
    """Work until told to stop; turns and jobs in flight get a few seconds to end, turns that do not are given to other workers."""
    site = open_site(settings)
    turns, caretaker, carrier = Turns(site), Caretaker(site), Carrier(site)
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    jobs: asyncio.Task[None] | None = None
    stopped = asyncio.create_task(stop.wait())
    try:
        await turns.start()
        caretaker.start()
        carrier.start()
        jobs = asyncio.create_task(site.jobs.work(), name="jobs")
        gc.collect()
        gc.freeze()
        gc.set_threshold(20_000, 20, 1000)
        log.info("worker_ready")
        async with pulse.beating():
            await asyncio.wait({jobs, stopped}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
        if jobs is not None and not jobs.done():
            jobs.cancel()
        await caretaker.stop()
        await carrier.stop()
        await turns.stop()
        ended = await asyncio.gather(*[jobs] if jobs else [], return_exceptions=True)
        await site.close()
    for error in ended:
        if isinstance(error, Exception):
            raise error  # the process ends, and the supervisor starts another


def main() -> int:
    """Run the worker process."""
    settings = Settings()
    logs.configure(json=settings.log_json)
    return life.live(work(settings))
