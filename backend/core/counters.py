"""Counting in Redis, for shops that have one; whoever asks can do without an answer."""

import contextlib
import hashlib
import time
from typing import Any

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from . import logs
from .settings import Settings

log = logs.get(__name__)
#: Seconds Redis may take, and for how long it is left alone when it did not answer.
PATIENCE, REST = 0.25, 5.0
#: Connections of a process; a crowd waits for one, which is no fault of Redis.
CONNECTIONS = 16


class Counters:
    """Counts shared by all processes through Redis. A Redis that is away or slow costs a moment every few seconds, never a request."""

    def __init__(self, url: str, secret: str) -> None:
        limits = {"socket_timeout": PATIENCE, "socket_connect_timeout": PATIENCE, "retry": Retry(NoBackoff(), 0)}
        pool = BlockingConnectionPool.from_url(url, max_connections=CONNECTIONS, timeout=4 * PATIENCE, **limits)
        self._redis: Any = Redis.from_pool(pool)
        self._secret = hashlib.sha256(secret.encode()).digest()
        self._away_until = 0.0
        self._away = False

    @classmethod
    def of(cls, settings: Settings) -> "Counters | None":
        """Return the counters of a shop that has a Redis."""
        if settings.redis_url is None:
            return None
        return cls(settings.redis_url.get_secret_value(), settings.secret.get_secret_value())

    async def count(self, key: str, seconds: int) -> int | None:
        """Count one use of the key and return how many there are; None when Redis cannot be asked.

        A key is forgotten `seconds` after its last use.
        """
        if time.monotonic() < self._away_until:
            return None
        try:
            # One transaction: no count is ever left behind without an end.
            async with self._redis.pipeline(transaction=True) as together:
                name = self._name(key)
                count, _ = await together.incr(name).expire(name, seconds).execute()
        except (RedisError, OSError, TimeoutError) as error:
            self._away_until = time.monotonic() + REST
            if not self._away:
                log.warning("redis_away", error=type(error).__name__)
            self._away = True
            return None
        if self._away:
            self._away = False
            log.info("redis_back")
        return int(count)

    async def close(self) -> None:
        """Hang up."""
        with contextlib.suppress(RedisError, OSError):
            await self._redis.aclose()

    def _name(self, key: str) -> str:
        # Keys hold addresses: nobody who reads this Redis shall read those.
        return f"revivatech:count:{hashlib.blake2b(key.encode(), key=self._secret, digest_size=16).hexdigest()}"
