"""A typed address proves nothing: customers are found within one visitor only."""

import asyncio
from uuid import UUID, uuid4

from sqlalchemy import func, select

from backend.core.site import Site
from backend.customers import queries, service
from backend.customers.models import ContactPoint, Customer

EMAIL = "amira@mail.example"


async def _meet(site: Site, visitor: UUID | None, email: str = EMAIL, name: str = "Amira Haddad", phone: str | None = None) -> Customer:
    async with site.work() as session:
        return await service.find_or_create(session, visitor_id=visitor, name=name, email=email, phone=phone)


async def test_the_same_browser_and_address_are_the_same_customer(site: Site) -> None:
    visitor = uuid4()
    first = await _meet(site, visitor)
    again = await _meet(site, visitor, email="AMIRA@mail.example", name="Amira Haddad-Lee", phone="07700 900123")
    assert again.id == first.id
    async with site.work() as session:
        known = await queries.find_known(session, visitor)
        assert known is not None and known.name == "Amira Haddad-Lee"
        contacts = await queries.list_contacts(session, [first.id])
    assert contacts[first.id] == {"email": EMAIL, "phone": "+447700900123"}


async def test_another_browser_with_the_same_address_is_another_customer(site: Site) -> None:
    assert (await _meet(site, uuid4())).id != (await _meet(site, uuid4())).id
    assert (await _meet(site, None)).id != (await _meet(site, None)).id


async def test_one_browser_may_be_several_people(site: Site) -> None:
    visitor = uuid4()
    assert (await _meet(site, visitor)).id != (await _meet(site, visitor, email="mum@mail.example", name="Her Mum")).id


async def test_twenty_requests_at_once_make_one_customer(site: Site) -> None:
    visitor = uuid4()
    met = await asyncio.gather(*(_meet(site, visitor, phone="07700 900123") for _ in range(20)))
    assert len({customer.id for customer in met}) == 1
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Customer)) == 1
        assert await session.scalar(select(func.count()).select_from(ContactPoint)) == 2


async def test_nothing_is_proven_by_typing(site: Site) -> None:
    await _meet(site, uuid4(), phone="07700 900123")
    async with site.work() as session:
        assert all(contact.proven_at is None for contact in await session.scalars(select(ContactPoint)))
