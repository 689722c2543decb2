"""What the shop itself edits: versioned `shop_config` rows, in force from the commit that stored them."""

from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict
from sqlalchemy import UniqueConstraint, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped

from . import audit
from .db import Base, Id, Session
from .errors import Conflict
from .held import Held
from .ids import uuid7


class ConfigRow(Base):
    """One version of one part of the shop's configuration."""

    __tablename__ = "shop_config"
    __table_args__ = (UniqueConstraint("key", "version"),)
    id: Mapped[Id]
    key: Mapped[str]
    version: Mapped[int]
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]
    by: Mapped[UUID | None]


class Config(BaseModel):
    """Base of a part of the configuration; every field has a default, so a new field needs no migration."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    key: ClassVar[str]


class ConfigChanged(Conflict):
    """Somebody else saved in the meantime."""

    code, title = "config_changed", "Somebody else changed these settings in the meantime."


C = TypeVar("C", bound=Config)


async def get(session: Session, kind: type[C]) -> C:
    """Return the part of the configuration in force."""
    put_here = session.info.get(("config", kind.key))
    return put_here if isinstance(put_here, kind) else await _in_force.get(session, kind)


async def version(session: Session, kind: type[Config]) -> int:
    """Return the number of the version in force, 0 for the defaults: what `put` may be told to expect."""
    row = await _latest(session, kind.key)
    return row.version if row else 0


async def put(session: Session, value: Config, *, expected_version: int | None = None) -> int:
    """Store a new version and return its number; raises ConfigChanged when the expected version is not the latest."""
    row = await _latest(session, value.key)
    latest = row.version if row else 0
    if expected_version is not None and expected_version != latest:
        raise ConfigChanged
    new = insert(ConfigRow).values(
        id=uuid7(), key=value.key, version=latest + 1, data=value.model_dump(mode="json"), at=session.now(), by=session.principal.id
    )
    # Of two who save at the same moment, one is told.
    if (await session.execute(new.on_conflict_do_nothing().returning(ConfigRow.id))).first() is None:
        raise ConfigChanged
    session.info["config", value.key] = value
    await audit.record(session, "config.changed", key=value.key, version=latest + 1)
    return latest + 1


async def _load(session: Session, kind: type[C]) -> C:
    row = await _latest(session, kind.key)
    return kind.model_validate(row.data if row else {})


_in_force: Held[Any] = Held(_load, ConfigRow)


async def _latest(session: Session, key: str) -> ConfigRow | None:
    return (await session.scalars(select(ConfigRow).where(ConfigRow.key == key).order_by(ConfigRow.version.desc()).limit(1))).first()
