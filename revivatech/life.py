"""A process of ours from its first line to its last: a database that stays away ends it in one line instead of a page."""

from collections.abc import Coroutine
from typing import Any

import psycopg
import psycopg_pool
import uvloop
from procrastinate.exceptions import ConnectorException
from sqlalchemy.exc import OperationalError

from backend.core import logs

log = logs.get(__name__)
#: The first: nobody could listen to the database in the time a start may take.
_AWAY = (TimeoutError, psycopg.OperationalError, psycopg_pool.PoolTimeout, OperationalError, ConnectorException)


def live(work: Coroutine[Any, Any, None]) -> int:
    """Run to the end and return the exit code; whoever started us starts another."""
    try:
        uvloop.run(work)
    except _AWAY as error:
        log.error("database_unreachable", error=type(error).__name__)
        return 1
    return 0
