"""Everything the portal serves, joined to the application."""

from aiohttp import web

from backend.core.site import Site
from backend.portal import (
    appointments,
    desk,
    files,
    help_pages,
    home,
    reference,
    security,
    sign_in,
    staff_calendar,
    staff_catalogue,
    staff_orders,
    staff_people,
    staff_photos,
    staff_prices,
    staff_rules,
    tracking,
)

apis = [
    home.pages,
    help_pages.pages,
    tracking.pages,
    appointments.pages,
    sign_in.pages,
    desk.pages,
    staff_orders.pages,
    staff_photos.pages,
    staff_calendar.pages,
    staff_catalogue.pages,
    staff_people.pages,
    staff_prices.pages,
    staff_rules.pages,
    reference.pages,
]


def attach(app: web.Application, site: Site) -> None:
    """Put the files and the headers of every answer on the application."""
    files.add_routes(app)
    security.install(app, site.settings)
