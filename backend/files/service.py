"""The verbs of files: take one in, let a message have some, forget them."""

from collections.abc import AsyncIterable, Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from backend.core import config, events, jobs, locks, race
from backend.core.db import Session
from backend.core.errors import Refusal
from backend.core.ids import uuid7
from backend.core.principal import Principal
from backend.core.site import Site
from backend.files import imaging, queries, rules, scanner
from backend.files.config import FilesConfig
from backend.files.errors import FileSent, FilesTooMany, FileUnknown, UploadIdReused, UploadsTooMany
from backend.files.events import PhotosSent
from backend.files.links import PART
from backend.files.models import File
from backend.files.receiving import Received, Reception, store
from backend.files.store import PICTURE, THUMBNAIL, keys_of

_receptions: "WeakKeyDictionary[Site, Reception]" = WeakKeyDictionary()


async def take_in(site: Site, who: Principal, client_id: str, chunks: AsyncIterable[bytes], *, address: str | None = None) -> File:
    """Receive, check, make anew and keep a picture, once per client id; its repetition gives the same file.

    Nothing is open in the database while bytes travel or pictures are made. The bytes are safe before the row is written, so a row
    always has its file; a crash between the two leaves bytes without a row, which `jobs.sweep` removes.
    """
    reception = _receptions.get(site) or _receptions.setdefault(site, Reception(site.settings))
    owner = rules.owner_of(who)
    async with site.work(who) as session:
        if await queries.find_upload(session, owner, client_id) is None:
            await _check_count(session, owner)
    async with reception.receive(owner, chunks, address=address) as received:
        async with site.work(who) as session:
            if (known := await queries.find_upload(session, owner, client_id)) is not None:
                return _same(known, received.hash)
        await scanner.scan(site.settings, received.source)
        async with reception.bench.turn(address or owner):
            made = await site.pool.run(imaging.remake, received.source, received.picture, received.thumbnail)
        file_id = uuid7()
        keys, kept = keys_of(file_id), store(site.settings)
        await kept.put(keys[PICTURE], received.picture)
        await kept.put(keys[THUMBNAIL], received.thumbnail)
        await race.before("file.insert")
        try:
            async with site.work(who) as session:
                file = await _insert(session, file_id, client_id, made, received)
        except Refusal:
            await kept.delete(keys.values())
            raise
    if file.id != file_id:  # the same upload came twice at once, and the other one was first
        await kept.delete(keys.values())
    return _same(file, received.hash)


async def claim(
    session: Session, file_ids: Sequence[str], alts: Mapping[str, str], *, visitor_id: UUID
) -> tuple[list[File], list[dict[str, Any]]]:
    """Files of the principal's that no message has yet, locked, and the parts that show them.

    Raises FilesTooMany, FileUnknown for foreign ones too, and FileSent.
    """
    limit = (await config.get(session, FilesConfig)).per_message
    if len(file_ids) > limit:
        raise FilesTooMany(limit=limit)
    wanted = [UUID(file_id) for file_id in file_ids]
    rows = await session.scalars(select(File).where(File.id.in_(wanted)).order_by(File.id).with_for_update())
    mine = {file.id: file for file in rows if file.owner == rules.owner_of(session.principal)}
    if len(mine) < len(wanted):
        raise FileUnknown
    if any(file.message_id is not None for file in mine.values()):
        raise FileSent
    files = [mine[file_id] for file_id in wanted]
    for file in files:
        file.alt = " ".join(alts.get(str(file.id), "").split()) or None
        file.visitor_id = visitor_id
    return files, [_part(file) for file in files]


async def sent(session: Session, files: Collection[File], message_id: UUID, at: datetime) -> None:
    """Note in which message claimed files stand; the message has been written."""
    for file in files:
        file.message_id, file.sent_at = message_id, at
    await events.record(session, PhotosSent(message_id=message_id))


async def keep(session: Session, file_ids: Sequence[UUID]) -> dict[UUID, File]:
    """Keep files of the principal's for something that is no message, locked; raises FileUnknown for foreign ones too, and FileSent."""
    rows = await session.scalars(select(File).where(File.id.in_(file_ids)).order_by(File.id).with_for_update())
    mine = {file.id: file for file in rows if file.owner == rules.owner_of(session.principal)}
    if len(mine) < len({*file_ids}):
        raise FileUnknown
    if any(file.message_id is not None for file in mine.values()):
        raise FileSent
    for file in mine.values():
        file.kept, file.let_go_at = True, None
    return mine


async def let_go(session: Session, file_id: UUID, *, undo: bool = False) -> None:
    """Let a kept file go, to be forgotten in a day; or take that back. Raises FileUnknown when it has gone."""
    file = await session.get(File, file_id, with_for_update=True, populate_existing=True)
    if file is None:
        raise FileUnknown
    file.kept, file.let_go_at = undo, None if undo else session.now()


async def forget(session: Session, visitor_id: UUID) -> int:
    """Erase every file of a visitor's conversation: the links end with the commit, the bytes go right after it."""
    gone = (await session.scalars(delete(File).where(File.visitor_id == visitor_id).returning(File.id))).all()
    for file_id in gone:
        await jobs.enqueue(session, remove, file_id=file_id)
    return len(gone)


@jobs.task(attempts=8)
async def remove(site: Site, file_id: str) -> None:
    """Remove the bytes of a file that has no row any more."""
    await store(site.settings).delete(keys_of(UUID(file_id)).values())


async def _insert(session: Session, file_id: UUID, client_id: str, made: imaging.Made, received: Received) -> File:
    who = session.principal
    owner = rules.owner_of(who)
    # One after the other for each owner, so that the limit is one.
    await locks.take(session, f"uploads:{owner}")
    row = insert(File).values(
        id=file_id,
        owner=owner,
        client_id=client_id,
        visitor_id=who.visitor_id,
        created_at=session.now(),
        source_hash=received.hash,
        source_kind=made.kind,
        source_bytes=received.size,
        bytes=made.bytes,
        width=made.width,
        height=made.height,
        thumbnail_width=made.thumbnail_width,
        thumbnail_height=made.thumbnail_height,
    )
    if await queries.find_upload(session, owner, client_id) is None:
        await _check_count(session, owner)
    await session.execute(row.on_conflict_do_nothing(index_elements=["owner", "client_id"]))
    file = await queries.find_upload(session, owner, client_id)
    if file is None:
        raise FileUnknown
    return file


async def _check_count(session: Session, owner: str) -> None:
    settings = await config.get(session, FilesConfig)
    limit = settings.per_staff_and_day if session.principal.kind == "staff" else settings.per_owner_and_day
    if await queries.count_since(session, owner, session.now() - rules.DAY) >= limit:
        raise UploadsTooMany(limit=limit, retry_after=3600)


def _same(known: File, source_hash: bytes) -> File:
    if known.source_hash != source_hash:
        raise UploadIdReused
    return known


def _part(file: File) -> dict[str, Any]:
    small = {"width": file.thumbnail_width, "height": file.thumbnail_height}
    return {"type": PART, "file_id": str(file.id), "alt": file.alt, "width": file.width, "height": file.height, "thumbnail": small}
