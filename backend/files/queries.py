"""Reads of files; `access_*` load only what the principal may see."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select

from backend.core.db import Session
from backend.files import rules
from backend.files.errors import FileUnknown
from backend.files.models import File


async def get_file(session: Session, file_id: UUID) -> File:
    """A file, whoever asks: for those who hold its link. Raises FileUnknown."""
    found = await session.get(File, file_id)
    if found is None:
        raise FileUnknown
    return found


async def access_file(session: Session, file_id: UUID) -> File:
    """A file its visitor may see, and staff; raises FileUnknown."""
    found = await get_file(session, file_id)
    who = session.principal
    if who.kind == "staff" or (who.visitor_id is not None and found.visitor_id == who.visitor_id):
        return found
    raise FileUnknown


async def find_upload(session: Session, owner: str, client_id: str) -> File | None:
    """What an owner has brought under a client id."""
    return (await session.scalars(select(File).where(File.owner == owner, File.client_id == client_id))).one_or_none()


async def count_since(session: Session, owner: str, since: datetime) -> int:
    """How many files an owner has brought since a moment."""
    return await session.scalar(select(func.count()).select_from(File).where(File.owner == owner, File.created_at > since)) or 0


async def list_of_message(session: Session, message_id: UUID) -> Sequence[File]:
    """The files of a message."""
    return (await session.scalars(select(File).where(File.message_id == message_id).order_by(File.id))).all()


async def list_sent(session: Session, visitor_id: UUID, *, after: datetime) -> Sequence[File]:
    """What was sent in a visitor's conversation after a moment, in order."""
    where = (File.visitor_id == visitor_id, File.sent_at > after)
    return (await session.scalars(select(File).where(*where).order_by(File.sent_at, File.id))).all()


async def list_files(session: Session, file_ids: Collection[UUID]) -> dict[UUID, File]:
    """Files by their ids, as far as there are any."""
    return {file.id: file for file in await session.scalars(select(File).where(File.id.in_(file_ids)))}


async def list_known(session: Session, file_ids: Collection[UUID]) -> set[UUID]:
    """Those of the ids that have a row."""
    return set(await session.scalars(select(File.id).where(File.id.in_(file_ids))))


async def list_unsent(session: Session, limit: int) -> Sequence[File]:
    """Files that nobody has sent or kept in time, locked; what somebody sends this very moment is left out."""
    idle_since = func.coalesce(File.let_go_at, File.created_at)
    where = (File.message_id.is_(None), ~File.kept, idle_since < session.now() - rules.UNSENT_KEPT)
    return (await session.scalars(select(File).where(*where).limit(limit).with_for_update(skip_locked=True))).all()
