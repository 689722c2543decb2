"""What several quotes are together, in words and money; one quote is the usual case."""

from collections.abc import Sequence

from backend.core.money import Money

from .models import Quote


def devices(quotes: Sequence[Quote]) -> str:
    """Return the devices by name: `iPhone 13`, `iPhone 13 and iPad Air`."""
    names = [quote.device_name for quote in quotes]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def services(quotes: Sequence[Quote]) -> list[str]:
    """Return what will be done, one line a device; the device is named where there are several."""
    lines = [", ".join(service["label"] for service in quote.services) for quote in quotes]
    return lines if len(lines) == 1 else [f"{quote.device_name}: {line}" for quote, line in zip(quotes, lines, strict=True)]


def total(quotes: Sequence[Quote]) -> Money:
    """Return what they come to."""
    sums = [Money(quote.total_minor, quote.currency) for quote in quotes]
    return sum(sums[1:], sums[0])


def spread(quotes: Sequence[Quote]) -> tuple[Money, Money] | None:
    """Return between which sums the bill will likely be, or None where every price is sure."""
    if not any(quote.low_minor is not None and quote.high_minor is not None and quote.low_minor != quote.high_minor for quote in quotes):
        return None
    low = [Money(quote.total_minor if quote.low_minor is None else quote.low_minor, quote.currency) for quote in quotes]
    high = [Money(quote.total_minor if quote.high_minor is None else quote.high_minor, quote.currency) for quote in quotes]
    return sum(low[1:], low[0]), sum(high[1:], high[0])
