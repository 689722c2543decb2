"""Upkeep of files: what nobody sent, what a crash left behind, and what was erased with its conversation."""

import asyncio
from collections.abc import Sequence
from pathlib import PurePosixPath
from uuid import UUID

from backend.core import jobs, logs
from backend.core.site import Site
from backend.files import queries, rules
from backend.files.receiving import clear_incoming, store
from backend.files.store import keys_of

log = logs.get(__name__)
BATCH = 500


@jobs.periodic(cron="23 * * * *")
async def sweep(site: Site) -> None:
    """Forget what was never sent, then remove all bytes that no row names. Two at once do each other no harm."""
    unsent = 0
    while batch := await _forget_unsent(site):
        unsent += batch
    orphans = 0
    found: list[str] = []
    async for key in store(site.settings).older_than(rules.ORPHAN_SECONDS):
        found.append(key)
        if len(found) == BATCH:
            orphans += await _remove_orphans(site, found)
            found.clear()
    orphans += await _remove_orphans(site, found)
    orphans += await asyncio.to_thread(clear_incoming, site.settings, rules.ORPHAN_SECONDS)
    if unsent or orphans:
        log.info("files_swept", unsent=unsent, orphans=orphans)


async def _forget_unsent(site: Site) -> int:
    async with site.work() as session:
        files = await queries.list_unsent(session, BATCH)
        for file in files:
            await session.delete(file)
    # Only after the commit: bytes without a row are found again, a row without bytes would be a promise broken.
    for file in files:
        await store(site.settings).delete(keys_of(file.id).values())
    return len(files)


async def _remove_orphans(site: Site, keys: Sequence[str]) -> int:
    ids = {key: file_id for key in keys if (file_id := _file_id(key)) is not None}
    async with site.work() as session:
        known = await queries.list_known(session, set(ids.values()))
    orphans = [key for key in keys if ids.get(key) not in known]
    await store(site.settings).delete(orphans)
    return len(orphans)


def _file_id(key: str) -> UUID | None:
    try:
        return UUID(PurePosixPath(key).name.partition(".")[0])
    except ValueError:
        return None
