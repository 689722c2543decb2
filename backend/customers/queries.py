"""Reading customers."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from backend.core.db import Session

from .errors import CustomerUnknown
from .models import ContactPoint, Customer


async def get_customer(session: Session, customer_id: UUID) -> Customer:
    """Return a customer; raises CustomerUnknown."""
    found = await session.get(Customer, customer_id)
    if found is None:
        raise CustomerUnknown
    return found


async def list_contacts(session: Session, customer_ids: Iterable[UUID]) -> dict[UUID, dict[str, str]]:
    """Return each customer's newest contact point of each kind, proven ones first: `{id: {"email": …, "phone": …}}`."""
    wanted = list(customer_ids)
    rows = await session.scalars(
        select(ContactPoint)
        .where(ContactPoint.customer_id.in_(wanted))
        .order_by(ContactPoint.proven_at.is_(None).desc(), ContactPoint.created_at, ContactPoint.id)
    )
    found: dict[UUID, dict[str, str]] = {customer_id: {} for customer_id in wanted}
    for row in rows:
        found[row.customer_id][row.kind] = row.value
    return found


async def find_known(session: Session, visitor_id: UUID) -> Customer | None:
    """Return the customer a visitor last was, for filling in forms on the same browser; never across visitors."""
    return (
        await session.scalars(
            select(Customer).where(Customer.visitor_id == visitor_id).order_by(Customer.created_at.desc(), Customer.id.desc()).limit(1)
        )
    ).first()
