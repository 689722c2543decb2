"""Tables and the session every verb takes."""

import typing
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import BigInteger, DateTime, LargeBinary, MetaData, Uuid
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase, mapped_column

from .ids import uuid7
from .principal import SYSTEM, Principal

if typing.TYPE_CHECKING:
    from .settings import Settings
    from .site import Site

Id = Annotated[UUID, mapped_column(primary_key=True, default=uuid7)]


class Base(DeclarativeBase):
    """Mother of all tables; constraint names are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: typing.ClassVar[dict[Any, Any]] = {
        datetime: DateTime(timezone=True),
        UUID: Uuid(),
        bytes: LargeBinary(),
        dict[str, Any]: JSONB(none_as_null=True),
        list[dict[str, Any]]: JSONB(none_as_null=True),
        list[str]: JSONB(none_as_null=True),
        int: BigInteger(),
    }


class Session(AsyncSession):
    """A unit of work: the transaction, who asked for it, and what time it is."""

    site: "Site"
    principal: Principal = SYSTEM

    def now(self) -> datetime:
        """Return the injected clock's time."""
        return self.site.clock.now()

    @property
    def settings(self) -> "Settings":
        """Return the process settings."""
        return self.site.settings
