"""The visitor credential: opened, found again, never guessed."""

import asyncio

import pytest
from sqlalchemy import select

from backend.core.site import Site
from backend.identity import visitors
from backend.identity.authenticate import authenticate_visitor
from backend.identity.errors import CredentialUnknown
from backend.identity.models import Visitor
from tests.conftest import MovableClock


async def test_a_credential_leads_back_to_its_visitor(site: Site) -> None:
    async with site.work() as session:
        first, credential = await visitors.open(session, None)
    async with site.work() as session:
        again, same = await visitors.open(session, credential)
        found = await visitors.find(session, credential)
    assert again.id == first.id and same == credential
    assert found is not None and found.id == first.id


async def test_two_visitors_have_nothing_in_common(site: Site) -> None:
    async with site.work() as session:
        (one, first), (other, second) = [await visitors.open(session, None) for _ in range(2)]
    assert one.id != other.id and first != second


async def test_the_credential_itself_is_not_stored(site: Site) -> None:
    async with site.work() as session:
        _, credential = await visitors.open(session, None)
    async with site.work() as session:
        stored = (await session.scalars(select(Visitor.token_hash))).one()
    assert credential.encode() not in stored and len(credential) >= 32


@pytest.mark.parametrize("credential", ["", "rv_", "rv_" + "A" * 32, "rv_é", "rv_" + "x" * 5_000, "somebody", "rv_' OR 1=1 --"])
async def test_a_wrong_credential_opens_nothing_and_makes_nobody(site: Site, credential: str) -> None:
    async with site.work() as session:
        assert await visitors.find(session, credential) is None
    with pytest.raises(CredentialUnknown):
        async with site.work() as session:
            await visitors.open(session, credential)
    async with site.work() as session:
        assert (await session.scalars(select(Visitor))).all() == []


async def test_being_seen_is_written_once_in_a_while(site: Site, clock: MovableClock) -> None:
    async with site.work() as session:
        visitor, credential = await visitors.open(session, None)
        opened = visitor.last_seen_at
    clock.move(minutes=1)
    async with site.work() as session:
        assert (await visitors.get(session, credential)).last_seen_at == opened
    clock.move(minutes=5)
    async with site.work() as session:
        assert (await visitors.get(session, credential)).last_seen_at > opened


async def test_a_visitor_principal_is_that_visitor(site: Site) -> None:
    async with site.work() as session:
        visitor, credential = await visitors.open(session, None)
        principal = await authenticate_visitor(session, credential)
    assert (principal.kind, principal.visitor_id) == ("visitor", visitor.id)
    assert not principal.may("technician")


async def test_many_may_open_at_once(site: Site) -> None:
    async def one() -> str:
        async with site.work() as session:
            return (await visitors.open(session, None))[1]

    assert len(set(await asyncio.gather(*[one() for _ in range(30)]))) == 30
