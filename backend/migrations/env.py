"""Run by alembic with the connection that `backend.core.migrate` holds."""

from typing import Any

from alembic import context

import backend.registry  # noqa: F401  # knows all tables
from backend.core.db import Base

PROCRASTINATE = "procrastinate_"


def ours(thing: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:
    """Leave the job queue's tables to the job queue."""
    return not (kind == "table" and name is not None and name.startswith(PROCRASTINATE))


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    include_object=ours,
    compare_type=True,
    transaction_per_migration=True,
)
with context.begin_transaction():
    context.run_migrations()
