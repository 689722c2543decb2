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


class PriceKnown(Conflict):
    """The book has a price: nobody needs to be asked."""

    code, title = "price_known", "We have a price for this repair. Ask for a quote."


class TooManyPriceRequests(Conflict):
    """Several questions of this customer wait for an answer already."""

    code, title = "too_many_price_requests", "You have asked for several prices already. We answer those first."


class PriceRequestUnknown(NotFound):
    """There is no such request."""

    code, title = "price_request_unknown", "We do not know this request."


class PriceRequestAnswered(Conflict):
    """A colleague was quicker."""

    code, title = "price_request_answered", "This was answered already."


class TotalInvalid(Invalid):
    """A quote by hand must come to something."""

    code, title = "total_invalid", "The lines must add up to more than nothing and no more than £20,000."
