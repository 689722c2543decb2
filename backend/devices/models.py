"""The catalogue's tables: models with their names, faults, repair services, and how they hang together."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from backend.core.db import Base, Id


class CatalogueVersion(Base):
    """One published state of the catalogue; the newest is in force."""

    __tablename__ = "catalogue_versions"
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    digest: Mapped[str]
    published_at: Mapped[datetime]


class DeviceModel(Base):
    """One model of a device, such as the Galaxy S23 Ultra."""

    __tablename__ = "device_models"
    id: Mapped[Id]
    slug: Mapped[str] = mapped_column(unique=True)
    brand: Mapped[str]
    model: Mapped[str]
    name: Mapped[str]
    category: Mapped[str]
    year: Mapped[int]
    #: How dear its parts are: flagship, high, mid or entry.
    price_class: Mapped[str] = mapped_column(server_default="mid")
    variants: Mapped[dict[str, Any]]
    specs: Mapped[dict[str, Any]] = mapped_column(server_default="{}")
    #: Features it has not; faults and services that need one do not apply.
    without: Mapped[list[str]] = mapped_column(server_default="[]")
    #: `file` for models from our data files, `staff` for models added or changed in the shop.
    source: Mapped[str]
    #: Counts the changes, so that of two people who change it at once one is told.
    revision: Mapped[int] = mapped_column(server_default="1")
    retired_at: Mapped[datetime | None]
    aliases: Mapped[list["DeviceAlias"]] = relationship(lazy="raise", cascade="all, delete-orphan", order_by="DeviceAlias.position")


class DeviceAlias(Base):
    """Another name of a model: what people write (`alias`) or what is printed on it (`identifier`)."""

    __tablename__ = "device_aliases"
    __table_args__ = (UniqueConstraint("model_id", "kind", "text"),)
    id: Mapped[Id]
    model_id: Mapped[UUID] = mapped_column(ForeignKey("device_models.id", ondelete="CASCADE"))
    kind: Mapped[str]
    text: Mapped[str]
    position: Mapped[int]


class Fault(Base):
    """A symptom: what the customer tells or shows."""

    __tablename__ = "faults"
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    phrase: Mapped[str]
    categories: Mapped[list[str]]
    needs: Mapped[str | None]
    position: Mapped[int]


class RepairService(Base):
    """What the shop does about a fault, and prices."""

    __tablename__ = "repair_services"
    code: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str]
    needs_part: Mapped[bool]
    grades: Mapped[list[str]]
    #: Bench minutes by category; a category without an entry is not served.
    minutes: Mapped[dict[str, Any]]
    skill: Mapped[str]
    warranty_months: Mapped[int]
    while_you_wait: Mapped[bool]
    needs: Mapped[str | None]
    position: Mapped[int]


class FaultService(Base):
    """How likely a service is what mends a fault on devices of a category."""

    __tablename__ = "fault_services"
    category: Mapped[str] = mapped_column(primary_key=True)
    fault_code: Mapped[str] = mapped_column(ForeignKey("faults.code"), primary_key=True)
    service_code: Mapped[str] = mapped_column(ForeignKey("repair_services.code"), primary_key=True)
    prior: Mapped[Decimal] = mapped_column(Numeric(4, 3))
