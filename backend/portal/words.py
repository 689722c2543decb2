"""How pages say times and amounts."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import phonenumbers

SHOP_ZONE = ZoneInfo("Europe/London")


def moment(at: datetime, zone: ZoneInfo = SHOP_ZONE) -> str:
    """A moment by the shop's clock: "Tue 25 Nov, 10:30"."""
    local = at.astimezone(zone)
    return f"{local:%a} {local.day} {local:%b}, {local:%H:%M}"


def full_moment(at: datetime, zone: ZoneInfo = SHOP_ZONE) -> str:
    """A moment in full: "Tuesday 25 November 2026, 10:30 GMT"."""
    local = at.astimezone(zone)
    return f"{local:%A} {local.day} {local:%B} {local:%Y}, {local:%H:%M} {local:%Z}"


def phone(number: str) -> str:
    """A phone number grouped as people write it: "+44 7700 900123"."""
    try:
        return phonenumbers.format_number(phonenumbers.parse(number, "GB"), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    except phonenumbers.NumberParseException:
        return number


def ago(at: datetime, now: datetime, zone: ZoneInfo = SHOP_ZONE) -> str:
    """How long ago, roughly; past a day the moment itself says more."""
    passed = now - at
    if passed < timedelta(minutes=1):
        return "just now"
    if passed < timedelta(hours=1):
        return _some(int(passed.total_seconds() // 60), "minute")
    if passed < timedelta(hours=24):
        return _some(int(passed.total_seconds() // 3600), "hour")
    if at.astimezone(zone).date() == now.astimezone(zone).date() - timedelta(days=1):
        return f"yesterday, {at.astimezone(zone):%H:%M}"
    return moment(at, zone)


def _some(count: int, unit: str) -> str:
    return f"{count} {unit}{'' if count == 1 else 's'} ago"
