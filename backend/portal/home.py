"""The shop window at the root of the site."""

from typing import Any

from aiohttp import web

from backend.capacity.routes import get_shop
from backend.capacity.schemas import ShopAnswer
from backend.core.api import Api
from backend.core.db import Session
from backend.portal import offers
from backend.portal.rendering import page

pages = Api("portal", page=True)

OTHERS = "back glass, cameras, speakers, buttons, hinges, slow laptops and lost data"


@pages.get("/")
async def home(request: web.Request, session: Session) -> web.Response:
    """Show what the shop does, what it costs, when it is open, and the chat."""
    shop = await get_shop(session)
    window = await offers.current(session)
    return page(
        request,
        "home.html",
        private=False,
        shop=shop_words(shop),
        offers=window.offers,
        others=OTHERS,
        sample_price=window.sample_price,
    )


def shop_words(shop: ShopAnswer) -> dict[str, Any]:
    """The shop as its pages show it."""
    return {
        "name": shop.name,
        "city": shop.city,
        "address": shop.address,
        "lines": [shop.street, f"{shop.city} {shop.postcode}"],
        "phone": shop.phone,
        "phone_link": "".join(character for character in shop.phone if character in "+0123456789"),
        "email": shop.email,
        "open_now": shop.today.open_now,
        "open_words": shop.opening_words,
        "hours": [{"day": row.day, "words": row.hours, "today": row.day == shop.today.day} for row in shop.hours],
        "exception": f"Closed today: {shop.today.reason}." if shop.today.reason else "",
    }
