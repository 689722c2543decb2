"""Work that happens later: procrastinate on the same database, enqueued inside the caller's transaction."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

import procrastinate
import psycopg_pool
from procrastinate import JobContext

from . import logs

if TYPE_CHECKING:
    from .db import Session
    from .site import Site

log = logs.get(__name__)
Work = Callable[..., Awaitable[None]]

#: A job whose worker died is put back after this many seconds without a heartbeat.
STALLED_AFTER = 30


@dataclass(frozen=True, slots=True)
class Task:
    """A named job: what to run, on which queue, how often to try again."""

    name: str
    work: Work
    queue: str
    attempts: int
    wait: int
    cron: str | None = None


TASKS: dict[str, Task] = {}


def task(*, queue: str = "default", attempts: int = 5, wait: int = 2) -> Callable[[Work], Task]:
    """Declare `async def work(site, **ids)` as a job, tried `attempts` times with exponential back-off from `wait` seconds."""

    def declare(work: Work) -> Task:
        return _add(Task(f"{work.__module__}.{work.__name__}", work, queue, attempts, wait))

    return declare


def periodic(*, cron: str, queue: str = "periodic") -> Callable[[Work], Task]:
    """Declare `async def work(site)` to run by a cron expression of five or six fields (six: with seconds, last)."""

    def declare(work: Work) -> Task:
        return _add(Task(f"{work.__module__}.{work.__name__}", work, queue, 1, 0, cron))

    return declare


def _add(new: Task) -> Task:
    if new.name in TASKS:
        raise RuntimeError(f"two jobs are called {new.name}")
    TASKS[new.name] = new
    return new


async def enqueue(session: "Session", what: Task, *, at: datetime | None = None, lock: str | None = None, **ids: Any) -> None:
    """Enqueue a job in the session's transaction; arguments are ids and plain values only."""
    connection = await (await session.connection()).get_raw_connection()
    options: dict[str, Any] = {"connection": connection.driver_connection, "lock": lock}
    if at is not None:
        options["schedule_at"] = at
    arguments = {key: str(value) if not isinstance(value, int | float | bool | None) else value for key, value in ids.items()}
    await session.site.jobs.app.configure_task(what.name, queue=what.queue, **options).defer_async(**arguments)


class Jobs:
    """The job queue of one process."""

    def __init__(self, site: "Site") -> None:
        self._site = site
        connector = procrastinate.PsycopgConnector(conninfo=site.settings.conninfo, min_size=1, max_size=8, timeout=10)
        self.app = procrastinate.App(connector=connector)
        for spec in TASKS.values():
            self._register(spec)

    def _register(self, spec: Task) -> None:
        async def run(context: JobContext, /, timestamp: int | None = None, **ids: Any) -> None:
            try:
                await spec.work(self._site, **ids)
            except Exception:
                log.exception("job_failed", job=spec.name, job_id=context.job.id if context.job else None, **ids)
                raise

        retry = procrastinate.RetryStrategy(max_attempts=spec.attempts, exponential_wait=spec.wait) if spec.attempts > 1 else False
        registered = self.app.task(name=spec.name, queue=spec.queue, retry=retry, pass_context=True)(run)
        if spec.cron:
            self.app.periodic(cron=spec.cron)(registered)

    async def work(self, *, concurrency: int = 16) -> None:
        """Run jobs until cancelled; running ones get a few seconds to end."""
        async with self.app.open_async():
            watch = asyncio.create_task(self._requeue_stalled())
            try:
                await self.app.run_worker_async(
                    concurrency=concurrency,
                    fetch_job_polling_interval=0.25,
                    install_signal_handlers=False,
                    delete_jobs="successful",
                    shutdown_graceful_timeout=5,
                    update_heartbeat_interval=5,
                    stalled_worker_timeout=STALLED_AFTER,
                )
            finally:
                watch.cancel()

    async def run_due(self) -> None:
        """Run what is due, and what that leads to, on an app that is open already; returns once nothing is left."""
        due = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        # A worker that does not wait leaves when it sees no job, though the last ones it runs may be enqueueing more.
        while (await self.app.connector.execute_query_one_async(due))["count"]:
            await self.app.run_worker_async(
                wait=False, install_signal_handlers=False, listen_notify=False, delete_jobs="successful", concurrency=8
            )

    async def _requeue_stalled(self) -> None:
        # A killed worker leaves its jobs marked as running: nothing else puts them back.
        while True:
            await asyncio.sleep(STALLED_AFTER / 3)
            try:
                for job in await self.app.job_manager.get_stalled_jobs(seconds_since_heartbeat=STALLED_AFTER):
                    log.warning("job_requeued", job=job.task_name, job_id=job.id)
                    await self.app.job_manager.retry_job(job)
            except (procrastinate.exceptions.ConnectorException, psycopg_pool.PoolTimeout) as error:
                log.warning("stalled_jobs_unseen", error=type(error).__name__)
