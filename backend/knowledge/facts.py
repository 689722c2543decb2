"""What articles leave open, filled in from where it is decided: hours, addresses, fees, months and minutes have no second home."""

import re
from collections.abc import Awaitable, Callable, Iterable, Mapping
from string import Formatter
from typing import Any

from backend.bookings.config import BookingConfig, MailInConfig
from backend.bookings.mail_in import packing
from backend.capacity import words
from backend.capacity.config import CapacityConfig
from backend.capacity.routes import get_shop
from backend.core import config
from backend.core.db import Session
from backend.core.money import Money
from backend.devices import catalogue
from backend.pricing import book as price_book
from backend.pricing.basis import UrgencyRate
from backend.pricing.config import PricingConfig
from backend.pricing.rules import DIAGNOSTIC

Facts = Mapping[str, Any]

#: Repairs people ask to wait for; those of them that can be waited for are named.
_WAITED_FOR = ("screen", "battery", "charge_port", "camera_rear", "speaker")
_KINDS = {"phone": "phones", "tablet": "tablets", "laptop": "laptops", "desktop": "desktop computers", "console": "game consoles"}
_KINDS |= {"watch": "smart watches"}
_ISLANDS = {"BF": "forces' addresses", "GY": "Guernsey", "JE": "Jersey", "IM": "the Isle of Man"}


async def _shop(session: Session) -> dict[str, Any]:
    shop = await get_shop(session)
    closed = [f"{words.day_label(day.date)} ({day.reason})" for day in shop.closed_days[:3]]
    return {
        "shop": shop.name,
        "address": shop.address,
        "street": re.sub(r"^\d+\w?\s+", "", shop.street),
        "city": shop.city,
        "postcode": shop.postcode,
        "phone": shop.phone,
        "email": shop.email,
        "open_now": shop.opening_words,
        "week": words.week_sentence([(day.day, day.hours) for day in shop.hours]),
    } | ({"closed_days": _joined(closed)} if closed else {})


async def _terms(session: Session) -> dict[str, Any]:
    bookings = await config.get(session, BookingConfig)
    slots = await config.get(session, CapacityConfig)
    return {
        "hold": _count(bookings.hold_minutes, "minute"),
        "notice": _long(slots.notice),
        "horizon": _count(slots.horizon_days, "day"),
        "quote_days": _count((await config.get(session, PricingConfig)).quote_days, "day"),
        "move_until": _until(bookings.move_notice),
        "cancel_until": _until(bookings.cancel_notice),
    } | ({"moves": "once" if bookings.moves == 1 else f"{bookings.moves} times"} if bookings.moves else {})


async def _post(session: Session) -> dict[str, Any]:
    terms = await config.get(session, MailInConfig)
    if not terms.offered:
        return {"post_instead": f"please bring yours to {(await get_shop(session)).address}"}
    outside = [_ISLANDS.get(area, area) for area in terms.outside]
    found = {"post_days": _count(terms.transit_days, "day"), "packing": "\n".join(f"- {step}" for step in packing("phone"))}
    return found | ({"post_outside": _joined(outside, "or")} if outside else {})


async def _trade(session: Session) -> dict[str, Any]:
    known, book = await catalogue.current(session), await price_book.current(session)
    rates = book.rates
    devices = [device for device in known.devices.values() if not device.retired]
    kinds = [word for category, word in _KINDS.items() if any(device.category == category for device in devices)]
    fees: dict[Money, list[str]] = {}
    for category, minor in rates.bench_fee.items():
        fees.setdefault(Money(minor, rates.currency), []).append(_KINDS[category])
    asked_for = [known.services[code] for code in _WAITED_FOR if code in known.services]
    return {
        "kinds": _joined(kinds),
        "brands": _joined(sorted({device.brand for device in devices})),
        "models": str(len(devices)),
        "waited_for": _joined(service.label.lower() for service in asked_for if service.while_you_wait),
        "grades": {code: _joined(service.grades) for code, service in known.services.items() if service.grades},
        "minutes": {code: {kind: _long(count) for kind, count in service.minutes.items()} for code, service in known.services.items()},
        "warranty": {code: _warranty(service.warranty_months) for code, service in known.services.items()},
        "cover": {code: _count(service.warranty_months, "month") for code, service in known.services.items() if service.warranty_months},
        "bench_fees": _joined(f"{fee} for {_joined(kinds)}" for fee, kinds in sorted(fees.items())),
        "diagnostic_time": _long(max(known.services[DIAGNOSTIC].minutes.values())),
        "urgency": {name: _surcharge(rate, rates.currency) for name, rate in rates.urgency.items()},
        "vat": f"{rates.vat:.0%}",
    }


_SOURCES: dict[Callable[[Session], Awaitable[dict[str, Any]]], frozenset[str]] = {
    _shop: frozenset({"shop", "address", "street", "city", "postcode", "phone", "email", "open_now", "week", "closed_days"}),
    _terms: frozenset({"hold", "notice", "horizon", "quote_days", "move_until", "cancel_until", "moves"}),
    _post: frozenset({"post_days", "post_outside", "post_instead", "packing"}),
    _trade: frozenset(
        {
            "kinds",
            "brands",
            "models",
            "waited_for",
            "grades",
            "minutes",
            "warranty",
            "cover",
            "bench_fees",
            "diagnostic_time",
            "urgency",
            "vat",
        }
    ),
}
#: Every name an article may use.
NAMES = frozenset().union(*_SOURCES.values())


async def gather(session: Session, names: Iterable[str]) -> Facts:
    """Return the named facts, asking only the services that know them; what the shop does not have is left out."""
    wanted, found = set(names), dict[str, Any]()
    for source, told in _SOURCES.items():
        if wanted & told:
            found |= await source(session)
    return found


def fill(source: str, facts: Facts) -> str | None:
    """Return a text with its facts, or None when the shop lacks one of them: such a text is not shown rather than guessed."""
    try:
        return Formatter().vformat(source, (), facts)
    except (KeyError, TypeError):
        return None


def _joined(items: Iterable[str], last: str = "and") -> str:
    *many, one = [*items] or [""]
    return f"{', '.join(many)} {last} {one}" if many else one


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'}"


def _long(minutes: int) -> str:
    """Return a duration in the units people use."""
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    said = [_count(number, unit) for number, unit in ((days, "day"), (hours, "hour"), (rest, "minute")) if number]
    return " ".join(said) or "no time"


def _until(notice: int) -> str:
    return f"up to {_long(notice)} before your appointment" if notice else "until your appointment begins"


def _surcharge(rate: UrgencyRate, currency: str) -> str:
    return f"{rate.share:.0%} of the labour, at least {Money(rate.minimum, currency)} and at most {Money(rate.maximum, currency)}"


def _warranty(months: int) -> str:
    if months == 0:
        return "no warranty"
    return "one month's warranty" if months == 1 else f"{months} months' warranty"
