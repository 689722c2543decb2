"""Straight to the database of a running shop, for what would take people too long and for what only checkers may see."""

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import psycopg
from psycopg.rows import dict_row

from backend import registry
from backend.core.settings import Settings
from backend.core.site import Site


@contextlib.asynccontextmanager
async def shop(database: str) -> AsyncIterator[Site]:
    """A Site on somebody else's database: its own verbs, no server."""
    settings = Settings(secret="seeds-need-no-secret-of-the-running-shop", hub_secret="seeds-need-no-secret", database_url=database)
    site = Site(settings, hooks=registry.hooks())
    try:
        async with site.jobs.app.open_async():
            yield site
    finally:
        await site.close()


async def visitors(database: str, count: int) -> list[tuple[str, str]]:
    """New visitors with a conversation each, past the door that counts newcomers: credentials and conversation ids."""
    from backend.conversations import service
    from backend.identity import visitors as people

    made = []
    async with shop(database) as site:
        for start in range(0, count, 100):
            async with site.work() as session:
                for _ in range(min(100, count - start)):
                    visitor, credential = await people.open(session, None)
                    conversation = await service.open_conversation(session, visitor.id)
                    made.append((credential, str(conversation.id)))
    return made


async def rows(database: str, statement: str, *values: Any) -> list[dict[str, Any]]:
    """What a statement returns; ids come as text."""
    connection = await psycopg.AsyncConnection.connect(database, autocommit=True, row_factory=dict_row, connect_timeout=10)
    async with connection:
        cursor = await connection.execute(statement, list(values))
        return list(await cursor.fetchall()) if cursor.description else []


async def stranger(database: str) -> tuple[str, str]:
    """A visitor who has not begun a conversation yet: id and credential."""
    from backend.identity import visitors as people

    async with shop(database) as site, site.work() as session:
        visitor, credential = await people.open(session, None)
        return str(visitor.id), credential
