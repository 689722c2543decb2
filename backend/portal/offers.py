"""What the shop window says about prices: for each common repair, what it costs on the model where it costs least."""

from dataclasses import dataclass
from datetime import date
from weakref import WeakKeyDictionary

from backend.core.db import Session
from backend.core.money import Money
from backend.core.site import Site
from backend.devices import catalogue
from backend.devices.catalogue import Catalogue
from backend.pricing import book as price_book
from backend.pricing import rules
from backend.pricing import service as pricing
from backend.pricing.basis import Plan
from backend.pricing.book import Book

_COMMON = (
    ("screen", "screen", "phone", "Phone screens", "Cracked glass, a black display, lines, or touch that ignores you."),
    ("battery", "battery", "phone", "Phone batteries", "Empty by lunchtime, or off while it still says 20%."),
    ("charge", "charge_port", "phone", "Charging sockets", "Charges only at an angle, or not at all."),
    ("laptop", "screen", "laptop", "Laptop screens", "Broken, dark or striped, whichever way the lid fell."),
    ("keyboard", "keyboard", "laptop", "Laptop keyboards", "Keys that stick, repeat or have gone."),
    ("drop", "liquid_clean", "phone", "Liquid damage", "Switch it off, do not charge it, and bring it in soon."),
)
SAMPLE = ("samsung-galaxy-s23-ultra", "screen")


@dataclass(frozen=True, slots=True)
class Offer:
    """One repair in the shop window."""

    icon: str
    title: str
    text: str
    price: str
    minutes: str


@dataclass(frozen=True, slots=True)
class Window:
    """All prices of the shop window, as one version of the catalogue and one of the price book give them on one day."""

    versions: tuple[int, int, date]
    #: The common repairs with their lowest price, part, labour and VAT included; without a price where the book has none.
    offers: tuple[Offer, ...]
    #: What the repair in the example conversation costs; empty when it cannot be said.
    sample_price: str


_held: "WeakKeyDictionary[Site, Window]" = WeakKeyDictionary()


async def current(session: Session) -> Window:
    """Return the shop window's prices; some two hundred are worked out only when a new version was published."""
    known, book = await catalogue.current(session), await price_book.current(session)
    versions = (known.version, book.version, session.now().date())
    held = _held.get(session.site)
    if held is None or held.versions != versions:
        offers = tuple(_offer(known, book, versions[2], *common) for common in _COMMON if common[1] in known.services)
        held = _held[session.site] = Window(versions, offers, _sample_price(known, book, versions[2]))
    return held


def _sample_price(known: Catalogue, book: Book, day: date) -> str:
    slug, service = SAMPLE
    if slug not in known.devices or service not in known.services:
        return ""
    price = _price(known, book, day, slug, service)
    return str(price) if price else ""


def _offer(known: Catalogue, book: Book, day: date, icon: str, service: str, category: str, title: str, text: str) -> Offer:
    slugs = [device.slug for device in known.devices.values() if device.category == category and not device.retired]
    prices = [price for price in (_price(known, book, day, slug, service) for slug in slugs) if price]
    minutes = known.services[service].minutes.get(category)
    return Offer(icon, title, text, str(min(prices)) if prices else "", _spell(minutes) if minutes else "")


def _price(known: Catalogue, book: Book, day: date, slug: str, code: str) -> Money | None:
    device, service = known.devices[slug], known.services[code]
    if not service.possible_on(device):
        return None
    # Priced by the same rules as a quote, so that the window never says what the counter does not.
    basis = pricing.basis_of(known, book, device, Plan(services=(code,), open={}), urgency="standard", day=day)
    return rules.price(basis).total if all(work.priced for work in basis.works) else None


def _spell(minutes: int) -> str:
    hours, rest = divmod(minutes, 60)
    if hours == 0:
        return f"{rest} min"
    return f"{hours} h" if rest == 0 else f"{hours} h {rest} min"
