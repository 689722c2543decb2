"""One process of the shop: settings, database, clock, jobs, hints, and units of work."""

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any

from sqlalchemy import event, exc
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

from .clock import Clock, SystemClock
from .counters import Counters
from .db import Session
from .held import Shelf
from .hints import Hints
from .hooks import Hooks
from .jobs import Jobs
from .limits import Windows
from .outbound import Outbound
from .permissions import Matrix
from .pool import Pool
from .principal import SYSTEM, Principal
from .settings import Settings


class Site:
    """What every verb reaches through its session; made once per process."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None, hooks: Hooks | None = None) -> None:
        self.settings = settings
        self.clock: Clock = clock or SystemClock()
        self.hooks = hooks or Hooks()
        self.permissions = Matrix.load()
        self.engine = create_async_engine(
            settings.sqlalchemy_url,
            pool_size=settings.database_pool,
            max_overflow=0,
            # The same few connections first: their statements are prepared and their pages warm.
            pool_use_lifo=True,
            # A crowd queues for a connection rather than being sent away; callers with less patience hang up by themselves.
            pool_timeout=15,
            connect_args={
                "connect_timeout": 5,
                "prepare_threshold": 2,
                "options": "-c timezone=UTC -c lock_timeout=5s -c statement_timeout=30s -c idle_in_transaction_session_timeout=30s",
            },
        )
        _mind_idle_connections(self.engine)
        self._sessions = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)
        # The same connections; each statement is a transaction of its own, without the round trips of BEGIN and COMMIT.
        self._at_once = async_sessionmaker(self.engine.execution_options(isolation_level="AUTOCOMMIT"), class_=Session, autoflush=False)
        self.hints = Hints(settings.conninfo)
        self.shelf = Shelf(self.hints)
        self.counters = Counters.of(settings)
        self.windows = Windows()
        self.pool = Pool()
        self.outbound = Outbound(settings.rasa_url, settings.actions_url, settings.backend_url, *settings.twilio_bases)
        self.jobs = Jobs(self)

    @contextlib.asynccontextmanager
    async def work(self, principal: Principal = SYSTEM) -> AsyncIterator[Session]:
        """Open one unit of work: returning commits, raising rolls back; the transaction begins at the first query."""
        async with self._sessions() as session:
            session.site = self
            session.principal = principal
            yield session
            await session.commit()
            self.shelf.forget_written(session)

    @contextlib.asynccontextmanager
    async def at_once(self, principal: Principal = SYSTEM) -> AsyncIterator[Session]:
        """Open a session in which every statement stands by itself and is committed by its end; it takes no changed objects.

        For reading, where a transaction would see no more (each statement has its own snapshot anyway), and for what is whole in one
        statement. It ends without a ROLLBACK, too: that makes a connection forget all it has prepared.
        """
        async with self._at_once() as session:
            session.site = self
            session.principal = principal
            yield session
            if session.new or session.deleted or any(map(session.is_modified, session.dirty)):
                raise RuntimeError("Something was changed in a session that keeps no changes; `work` does.")

    async def close(self) -> None:
        """Give everything back."""
        await self.hints.stop()
        await self.outbound.close()
        if self.counters is not None:
            await self.counters.close()
        await self.engine.dispose()
        self.pool.close()


#: A connection that was used this many seconds ago is taken for alive; asking each time would double the round trips.
TRUSTED = 1.0


def _mind_idle_connections(engine: AsyncEngine) -> None:
    """Ask a connection that lay idle whether it lives before it is handed out; a dead one takes the others of its age with it."""
    dialect = engine.sync_engine.dialect

    @event.listens_for(engine.sync_engine, "checkin")
    def remember(connection: Any, record: Any) -> None:
        record.info["used"] = time.monotonic()

    @event.listens_for(engine.sync_engine, "checkout")
    def check(connection: Any, record: Any, proxy: Any) -> None:
        if time.monotonic() - record.info.get("used", time.monotonic()) < TRUSTED:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as error:
            raise exc.InvalidatePoolError from error
