"""The people who work here: taking somebody on, signing in, changing a password, leaving."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import get_args
from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import func, select

from backend.core import audit, email_faults, limits
from backend.core.audit import AuditRow
from backend.core.db import Session
from backend.core.errors import Invalid, NotFound, TooMany
from backend.core.ids import digest
from backend.identity import passwords, sessions
from backend.identity.errors import EmailRefused, PasswordRefused, StaffExists
from backend.identity.models import Staff
from backend.identity.roles import Role
from backend.identity.sessions import SignedIn

ADDRESS_LIMIT, ADDRESS_SECONDS = 30, 15 * 60
PAIR_LIMIT, PAIR_SECONDS = 10, 15 * 60
ACCOUNT_LIMIT, ACCOUNT_SECONDS = 100, 24 * 60 * 60
#: For so long an address somebody signed in from is theirs, and only the limits of the address itself hold there.
KNOWN_FOR = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class SignInRefused:
    """A sign-in that did not succeed: returned, not raised, so that what was recorded about it stays."""

    status: int
    words: str


WRONG = SignInRefused(401, "This e-mail address and password do not belong together.")
TOO_MANY = SignInRefused(429, "Too many attempts. Wait a quarter of an hour, or ask an administrator to help you in.")


async def create_staff(session: Session, *, email: str, name: str, role: Role, password: str) -> Staff:
    """Take somebody on; raises EmailRefused, PasswordRefused, StaffExists or Invalid for a name or role we cannot keep."""
    address = clean_email(email)
    name = " ".join(name.split())
    if not 1 <= len(name) <= 80:
        raise Invalid("A name has 1 to 80 characters.")
    if role not in get_args(Role):
        raise Invalid(f"A role is one of {', '.join(get_args(Role))}.")
    _check_password(password, email=address, name=name)
    if await find_by_email(session, address) is not None:
        raise StaffExists
    staff = Staff(
        email=address,
        name=name,
        role=role,
        password_hash=await session.site.pool.run(passwords.hash_password, password),
        created_at=session.now(),
    )
    session.add(staff)
    await session.flush()
    await audit.record(session, "staff.created", subject=staff.id, role=role)
    return staff


async def sign_in(session: Session, *, email: str, password: str, address: str) -> tuple[SignedIn, str] | SignInRefused:
    """A new session and its cookie secret; the same refusal, at the same pace, for a wrong password and an unknown person."""
    account = digest(email.strip().lower()).hex()[:32]
    try:
        await limits.hit(session.site, f"sign-in:address:{address}", ADDRESS_LIMIT, ADDRESS_SECONDS)
        await limits.hit(session.site, f"sign-in:pair:{account}:{address}", PAIR_LIMIT, PAIR_SECONDS)
        if not await _has_signed_in_from(session, email, address):  # guessers must not shut out whoever they guess at
            await limits.hit(session.site, f"sign-in:account:{account}", ACCOUNT_LIMIT, ACCOUNT_SECONDS)
    except TooMany:
        await audit.record(session, "staff.sign_in_limited", account=account, address=address)
        return TOO_MANY
    staff = await find_by_email(session, email)
    usable = staff if staff is not None and staff.disabled_at is None else None
    right = await session.site.pool.run(passwords.verify_password, usable.password_hash if usable else None, password)
    if usable is None or not right:
        await audit.record(session, "staff.sign_in_failed", subject=staff.id if staff else None, account=account, address=address)
        return WRONG
    if passwords.is_outdated(usable.password_hash):
        usable.password_hash = await session.site.pool.run(passwords.hash_password, password)
    signed_in, secret = await sessions.begin(session, usable)
    await audit.record(session, "staff.signed_in", subject=usable.id, address=address)
    return signed_in, secret


async def _has_signed_in_from(session: Session, email: str, address: str) -> bool:
    staff = await find_by_email(session, email)
    if staff is None:
        return False
    before = select(AuditRow.id).where(
        AuditRow.action == "staff.signed_in",
        AuditRow.subject == staff.id,
        AuditRow.data["address"].astext == address,
        AuditRow.at > session.now() - KNOWN_FOR,
    )
    return await session.scalar(before.limit(1)) is not None


async def set_password(session: Session, staff_id: UUID, password: str) -> None:
    """Give somebody a new password and sign them out everywhere."""
    staff = await get_staff(session, staff_id)
    _check_password(password, email=staff.email, name=staff.name)
    staff.password_hash = await session.site.pool.run(passwords.hash_password, password)
    await audit.record(session, "staff.password_set", subject=staff.id)
    await sessions.end_all(session, staff.id)


async def change_role(session: Session, staff_id: UUID, role: Role) -> None:
    """Give somebody another role; they sign in again with it."""
    staff = await get_staff(session, staff_id)
    before, staff.role = staff.role, role
    await audit.record(session, "staff.role_changed", subject=staff.id, before=before, after=role)
    await sessions.end_all(session, staff.id)


async def disable(session: Session, staff_id: UUID) -> None:
    """Shut somebody out, everywhere and at once."""
    staff = await get_staff(session, staff_id)
    staff.disabled_at = staff.disabled_at or session.now()
    await audit.record(session, "staff.disabled", subject=staff.id)
    await sessions.end_all(session, staff.id)


async def get_staff(session: Session, staff_id: UUID) -> Staff:
    """A member of staff by id; raises NotFound."""
    staff: Staff | None = await session.get(Staff, staff_id)
    if staff is None:
        raise NotFound
    return staff


async def find_by_email(session: Session, email: str) -> Staff | None:
    """A member of staff by e-mail address, however it is capitalised."""
    if "\x00" in email:  # which PostgreSQL cannot even be asked about
        return None
    found: Staff | None = await session.scalar(select(Staff).where(func.lower(Staff.email) == email.strip().lower()))
    return found


async def list_names(session: Session, ids: Iterable[UUID]) -> dict[UUID, str]:
    """The names of members of staff by id, for showing who did something; others' ids are not in it."""
    rows = await session.execute(select(Staff.id, Staff.name).where(Staff.id.in_(set(ids))))
    return {row.id: row.name for row in rows}


def clean_email(email: str) -> str:
    """One spelling of an address; raises EmailRefused with the reason in words."""
    try:
        return validate_email(email.strip(), check_deliverability=False, test_environment=True).normalized.lower()
    except EmailNotValidError as error:
        raise EmailRefused(email_faults.in_words(email.strip())) from error


def _check_password(password: str, *, email: str, name: str) -> None:
    wrong = passwords.fault(password, email=email, name=name)
    if wrong is not None:
        raise PasswordRefused(wrong)
