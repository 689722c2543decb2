"""Refusals about prices and quotes."""

from backend.core.errors import Conflict, Gone, Invalid, NotFound


class NoPrice(Invalid):
    """The price book has no price for this repair of this model: people have to look."""

    code, title = "no_price", "We have no ready price for this repair. We will look at it and tell you."


class NothingToQuote(Invalid):
    """Neither a fault nor a repair service was named."""

    code, title = "nothing_to_quote", "Say what is wrong or which repair you want."


class QuoteUnknown(NotFound):
    """There is no such quote, or it is somebody else's."""

    code, title = "quote_unknown", "We do not know this quote."


class QuoteExpired(Gone):
    """The quote's time is over; a new one is quickly made."""

    code, title = "quote_expired", "This quote has expired. Please ask for a new one."


class QuoteReplaced(Conflict):
    """A newer version of the quote exists."""

    code, title = "quote_replaced", "There is a newer version of this quote."


class QuoteBooked(Conflict):
    """The quote already has its booking."""

    code, title = "quote_booked", "This quote is already booked."
