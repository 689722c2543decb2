"""Taking people on, letting them in, keeping others out."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select

from backend.core.audit import AuditRow
from backend.core.db import Session
from backend.core.errors import Invalid, NotFound
from backend.core.ids import uuid7
from backend.core.principal import ANONYMOUS
from backend.core.site import Site
from backend.identity import passwords, sessions, staff
from backend.identity.errors import EmailRefused, PasswordRefused, SessionEnded, StaffExists
from backend.identity.jobs import forget_old_sessions
from backend.identity.models import Staff, StaffSession
from backend.identity.sessions import SignedIn
from backend.identity.staff import TOO_MANY, WRONG, SignInRefused
from tests.conftest import PASSWORD, MovableClock

SAM: dict[str, Any] = {"email": "Sam.Lee@Example.com", "name": " Sam   Lee ", "role": "technician", "password": PASSWORD}


async def hire(site: Site, **changes: Any) -> Staff:
    async with site.work() as session:
        return await staff.create_staff(session, **(SAM | changes))


async def sign_in(site: Site, password: str = PASSWORD, email: str = "sam.lee@example.com", address: str = "192.0.2.1") -> Any:
    async with site.work() as session:
        return await staff.sign_in(session, email=email, password=password, address=address)


async def signed_in(site: Site, **how: Any) -> tuple[SignedIn, str]:
    answer = await sign_in(site, **how)
    assert not isinstance(answer, SignInRefused)
    return answer  # type: ignore[no-any-return]


async def resumes(site: Site, secret: str) -> bool:
    try:
        async with site.work() as session:
            await sessions.resume(session, secret)
    except SessionEnded:
        return False
    return True


async def audited(site: Site) -> list[str]:
    async with site.work() as session:
        return list(await session.scalars(select(AuditRow.action).order_by(AuditRow.at, AuditRow.id)))


async def test_somebody_is_taken_on(site: Site) -> None:
    sam = await hire(site)
    assert (sam.email, sam.name, sam.role) == ("sam.lee@example.com", "Sam Lee", "technician")
    assert PASSWORD not in sam.password_hash
    assert await audited(site) == ["staff.created"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"email": "nonsense"}, EmailRefused),
        ({"email": "a@b\r\nBcc: c@d.example"}, EmailRefused),
        ({"name": "  "}, Invalid),
        ({"name": "x" * 81}, Invalid),
        ({"role": "owner"}, Invalid),
        ({"password": "Password1234!"}, PasswordRefused),
        ({"password": "sam.lee@example.com"}, PasswordRefused),
    ],
)
async def test_what_cannot_be_kept_is_refused(site: Site, changes: dict[str, Any], refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        await hire(site, **changes)
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(Staff)) == 0


async def test_one_address_is_one_person_however_it_is_written(site: Site) -> None:
    await hire(site)
    with pytest.raises(StaffExists):
        await hire(site, email="SAM.LEE@EXAMPLE.COM")


async def test_the_right_password_opens_a_session(site: Site) -> None:
    sam = await hire(site)
    who, secret = await signed_in(site, email=" SAM.lee@example.com ")
    async with site.work() as session:
        resumed = await sessions.resume(session, secret)
    assert resumed.principal.id == sam.id and resumed.principal.session_id == who.session.id
    assert resumed.principal.may("technician") and not resumed.principal.may("manager")


@pytest.mark.parametrize(
    ("role", "roles"),
    [("technician", {"technician"}), ("manager", {"technician", "manager"}), ("admin", {"technician", "manager", "admin"})],
)
async def test_a_higher_role_holds_the_lower_ones(site: Site, role: str, roles: set[str]) -> None:
    await hire(site, role=role)
    who, _ = await signed_in(site)
    assert who.principal.roles == roles


async def test_a_wrong_password_and_an_unknown_person_get_the_same_answer(site: Site) -> None:
    await hire(site)
    assert await sign_in(site, "maple-teacup-orbit!") == WRONG
    assert await sign_in(site, email="nobody@example.com") == WRONG
    assert await sign_in(site, email="\u0000", password="") == WRONG
    assert (await audited(site)).count("staff.sign_in_failed") == 3


async def test_after_ten_tries_from_one_place_even_the_right_password_waits(site: Site, clock: MovableClock) -> None:
    await hire(site)
    answers = [await sign_in(site, f"wrong password {n}") for n in range(10)]
    assert set(answers) == {WRONG}
    assert await sign_in(site) == TOO_MANY
    assert "staff.sign_in_limited" in await audited(site)
    assert not isinstance(await sign_in(site, address="198.51.100.7"), SignInRefused), "the owner gets in from elsewhere"
    clock.move(minutes=15)
    assert not isinstance(await sign_in(site), SignInRefused)


async def test_many_tries_at_once_count_each(site: Site) -> None:
    await hire(site)
    answers = await asyncio.gather(*[sign_in(site, f"wrong password {n}") for n in range(16)])
    assert answers.count(WRONG) == 10 and answers.count(TOO_MANY) == 6


async def test_one_address_cannot_try_many_people(site: Site) -> None:
    answers = [await sign_in(site, email=f"person{n}@example.com") for n in range(31)]
    assert answers[29] == WRONG and answers[30] == TOO_MANY


async def test_one_account_is_not_guessed_from_many_addresses(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "ACCOUNT_LIMIT", 5)
    await hire(site)
    answers = [await sign_in(site, f"wrong password {n}", address=f"203.0.113.{n}") for n in range(7)]
    assert answers == [WRONG] * 5 + [TOO_MANY] * 2


async def test_guessing_from_many_addresses_does_not_shut_the_owner_out(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(staff, "ACCOUNT_LIMIT", 5)
    await hire(site)
    await signed_in(site, address="192.0.2.1")
    for n in range(7):
        await sign_in(site, f"wrong password {n}", address=f"203.0.113.{n}")
    assert await sign_in(site, address="203.0.113.99") == TOO_MANY
    assert not isinstance(await sign_in(site, address="192.0.2.1"), SignInRefused)


async def test_signing_out_ends_that_session_only(site: Site) -> None:
    await hire(site)
    (one, first), (_, second) = [await signed_in(site) for _ in range(2)]
    for _ in range(2):
        async with site.work() as session:
            await sessions.end(session, one.session.id)
    assert not await resumes(site, first) and await resumes(site, second)
    assert (await audited(site)).count("staff.signed_out") == 1


async def test_an_hour_without_a_request_ends_a_session(site: Site, clock: MovableClock) -> None:
    await hire(site)
    _, secret = await signed_in(site)
    for _ in range(3):
        clock.move(minutes=59)
        assert await resumes(site, secret), "each request keeps it alive"
    clock.move(minutes=61)
    assert not await resumes(site, secret)


async def test_twelve_hours_end_a_session_whatever_happens(site: Site, clock: MovableClock) -> None:
    await hire(site)
    _, secret = await signed_in(site)
    for _ in range(23):
        clock.move(minutes=31)
        assert await resumes(site, secret)
    clock.move(minutes=31)
    assert not await resumes(site, secret)


async def test_new_password_new_role_and_leaving_end_every_session_at_once(site: Site) -> None:
    sam = await hire(site)
    other = "seven-otters-at-dawn"
    changes: list[tuple[str, Callable[[Session], Awaitable[None]]]] = [
        (PASSWORD, lambda session: staff.set_password(session, sam.id, other)),
        (other, lambda session: staff.change_role(session, sam.id, "manager")),
        (other, lambda session: staff.disable(session, sam.id)),
    ]
    for password, change in changes:
        secrets = [(await signed_in(site, password=password))[1] for _ in range(2)]
        async with site.work() as session:
            await change(session)
        assert [await resumes(site, secret) for secret in secrets] == [False, False]
    assert await sign_in(site, other) == WRONG, "who has left gets in no more"


async def test_a_disabled_person_is_out_even_if_a_session_was_left_open(site: Site) -> None:
    sam = await hire(site)
    _, secret = await signed_in(site)
    async with site.work() as session:
        (await staff.get_staff(session, sam.id)).disabled_at = session.now()
    assert not await resumes(site, secret)


async def test_a_weak_new_password_changes_nothing(site: Site) -> None:
    sam = await hire(site)
    _, secret = await signed_in(site)
    with pytest.raises(PasswordRefused):
        async with site.work() as session:
            await staff.set_password(session, sam.id, "short")
    assert await resumes(site, secret)


async def test_a_hash_of_older_settings_is_renewed_at_the_next_sign_in(site: Site) -> None:
    sam = await hire(site)
    async with site.work() as session:
        (await staff.get_staff(session, sam.id)).password_hash = PasswordHasher(time_cost=1, memory_cost=8_192, parallelism=1).hash(
            PASSWORD
        )
    await signed_in(site)
    async with site.work() as session:
        assert not passwords.is_outdated((await staff.get_staff(session, sam.id)).password_hash)


async def test_nobody_is_found_by_a_foreign_id(site: Site) -> None:
    async with site.work() as session:
        with pytest.raises(NotFound):
            await staff.get_staff(session, uuid7())


async def test_whoever_is_no_staff_has_no_staff_session(site: Site) -> None:
    async with site.work(ANONYMOUS) as session:
        assert await sessions.current(session) is None


@pytest.mark.parametrize("secret", ["", "x" * 32, "é" * 20, "x" * 5_000])
async def test_a_made_up_cookie_resumes_nothing(site: Site, secret: str) -> None:
    assert not await resumes(site, secret)


async def test_sessions_long_over_are_forgotten(site: Site, clock: MovableClock) -> None:
    await hire(site)
    await signed_in(site)
    clock.move(days=31)
    await signed_in(site)
    await forget_old_sessions.work(site)
    async with site.work() as session:
        assert await session.scalar(select(func.count()).select_from(StaffSession)) == 1
