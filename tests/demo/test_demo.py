"""The demo shop is believable, the same every time, and writes to nobody."""

from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import text

from backend.core.site import Site
from backend.files.jobs import sweep
from backend.messaging.jobs import finish_halfway
from backend.notifications.reminders import remind
from revivatech.demo import shop
from revivatech.sandbox.smtp import Mailbox
from tests.conftest import Client, MovableClock
from tests.demo import checker

#: What is the same whenever the shop is laid out on one day, whatever the hour.
PLAN = {
    "orders": "id, reference, customer_id, arrival, created_at",
    "customers": "id, name, created_at",
    "quotes": "id, device_slug, basis",
}
#: And what is the same at one hour.
LIFE = {
    "bookings": "id, order_id, starts_at, state, version",
    "repairs": "id, stage, version, moved_at",
    "repair_moves": "id, repair_id, to_stage, note, at",
    "outbound_messages": "id, dedupe, state",
    "events": "id, name, data",
}


async def test_a_year_keeps_every_rule_and_writes_to_nobody(
    site: Site, mailbox: Mailbox, drain: Callable[[], Awaitable[None]], staff: Any
) -> None:
    assert 1_500 <= await shop.lay_out(site) <= 2_500
    async with site.work() as session:
        assert await checker.faults(session) == []
    before = await _print(site, PLAN | LIFE)
    assert await shop.lay_out(site) == 0
    for job in (remind, finish_halfway, sweep):
        await job.work(site)
    await drain()
    assert mailbox.store.listed() == [] and await _print(site, PLAN | LIFE) == before
    technician: Client = await staff("technician")
    listed = await technician.json("GET", "/api/v1/orders", params={"limit": 100})
    stages = Counter(repair["stage"] for order in listed["items"] for repair in order["repairs"])
    assert len(stages) >= 6 and stages["booked"] >= 10 and stages["closed"] >= 10


async def test_a_day_has_one_shop_whatever_the_hour(site: Site, clock: MovableClock) -> None:
    assert 40 <= await shop.lay_out(site, shop.SMALL) <= 80
    async with site.work() as session:
        assert await checker.faults(session) == []
    plan, life = await _print(site, PLAN), await _print(site, LIFE)
    for hours, same in ((0, True), (5, False)):
        clock.move(hours=hours)
        async with site.work() as session:
            await session.execute(text(f"TRUNCATE {', '.join((*PLAN, *LIFE, 'visitors', 'audit_log', 'occupancy'))} CASCADE"))
        await shop.lay_out(site, shop.SMALL)
        assert await _print(site, PLAN) == plan
        assert (await _print(site, LIFE) == life) is same


BROKEN = {
    "quotes": "UPDATE quote_lines SET amount_minor = amount_minor + 1 WHERE kind = 'labour'",
    "bookings": "UPDATE orders SET rev = rev + 1",
    "calendar": "UPDATE bookings SET starts_at = starts_at - interval '10 hours'",
    "repairs": "UPDATE repair_moves SET to_stage = 'closed' WHERE to_stage = 'repairing'",
    "people": "UPDATE contact_points SET value = 'ada@mail.example.com' WHERE kind = 'email'",
    "records": "DELETE FROM events WHERE name = 'BookingConfirmed'",
    "quiet": "UPDATE outbound_messages SET state = 'queued'",
}


async def test_the_checker_sees_what_is_broken(site: Site) -> None:
    await shop.lay_out(site, shop.SMALL)
    for what, breaking in BROKEN.items():
        async with site.work() as session:
            await session.execute(text(breaking))
            found = await checker.faults(session)
            assert {fault.partition(":")[0] for fault in found} >= {what}
            await session.rollback()


async def _print(site: Site, tables: dict[str, str]) -> dict[str, str]:
    """What identifies the rows of some tables."""
    found = {}
    async with site.work() as session:
        for table, columns in tables.items():
            rows = f"SELECT md5(string_agg(t::text, '|' ORDER BY t::text)) FROM (SELECT {columns} FROM {table}) t"  # nosec B608
            found[table] = str(await session.scalar(text(rows)))
    return found
