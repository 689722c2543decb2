"""Writing customers down."""

from uuid import UUID

from sqlalchemy import select

from backend.core import locks
from backend.core.db import Session

from . import rules
from .models import ContactPoint, Customer

LOCALE = "en-GB"


async def find_or_create(session: Session, *, visitor_id: UUID | None, name: str, email: str, phone: str | None = None) -> Customer:
    """Return this visitor's customer with that e-mail address, or a new one; a typed address never finds another visitor's customer.

    Raises NameInvalid, EmailInvalid or PhoneInvalid. Takes the visitor's lock, so that two requests at once make one customer.
    """
    name, email = rules.name(name), rules.email(email)
    phone = rules.phone(phone) if phone else None
    customer: Customer | None = None
    if visitor_id is not None:
        await locks.take(session, f"visitor:{visitor_id}")
        mine = select(Customer).join(ContactPoint, ContactPoint.customer_id == Customer.id)
        mine = mine.where(Customer.visitor_id == visitor_id, ContactPoint.kind == "email", ContactPoint.value == email)
        customer = (await session.scalars(mine.order_by(Customer.created_at.desc(), Customer.id.desc()).limit(1))).first()
    if customer is None:
        customer = Customer(name=name, locale=LOCALE, visitor_id=visitor_id, created_at=session.now())
        session.add(customer)
        await session.flush()
        session.add(ContactPoint(customer_id=customer.id, kind="email", value=email, created_at=session.now()))
    else:
        customer.name = name
    if phone:
        await _add_phone(session, customer, phone)
    await session.flush()
    return customer


async def _add_phone(session: Session, customer: Customer, phone: str) -> None:
    where = (ContactPoint.customer_id == customer.id, ContactPoint.kind == "phone", ContactPoint.value == phone)
    known = (await session.scalars(select(ContactPoint).where(*where))).first()
    if known is None:
        session.add(ContactPoint(customer_id=customer.id, kind="phone", value=phone, created_at=session.now()))
    else:
        known.created_at = session.now()  # the number used last is the one to call
