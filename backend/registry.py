"""Every slice, joined in one place: importing this module knows all tables, routes, jobs and subscribers."""

from .bookings import jobs as booking_jobs
from .bookings import models as booking_models
from .bookings.routes import api as bookings
from .capacity import hours
from .capacity import models as capacity_models
from .capacity import queries as capacity
from .capacity.routes import api as shop
from .conversations import models as conversation_models
from .conversations.routes import api as conversations
from .conversations.turns import fence_deed, record_deed
from .core import audit, config, events, idempotency, limits
from .core.api import Api
from .core.hooks import Hooks
from .customers import models as customer_models
from .devices import keeping_routes as keeping
from .devices import models as device_models
from .devices.routes import api as devices
from .files import jobs as file_jobs
from .files import models as file_models
from .files import routes as files
from .identity import jobs as identity_jobs
from .identity import models as identity_models
from .identity.authenticate import authenticate, counted
from .identity.routes import api as identity
from .knowledge.routes import api as knowledge
from .messaging import jobs as messaging_jobs
from .messaging import models as messaging_models
from .messaging import text_jobs, text_models
from .notifications import booking_mails, cards, code_mails, price_answers, ready_mails, reminders, repair_mails, repair_texts
from .portal import routes as portal
from .portal.problems import render_refusal
from .pricing import models as pricing_models
from .pricing.routes import api as quotes
from .pricing.unpriced_routes import api as price_requests
from .repairs import models as repair_models
from .repairs import photos as repair_photos
from .repairs.routes import api as repairs

#: Imported for their tables, jobs and subscribers.
SLICES = [
    audit,
    config,
    events,
    idempotency,
    limits,
    conversation_models,
    identity_models,
    file_models,
    file_jobs,
    identity_jobs,
    messaging_models,
    messaging_jobs,
    text_models,
    text_jobs,
    customer_models,
    device_models,
    capacity_models,
    pricing_models,
    booking_models,
    booking_jobs,
    repair_models,
    repair_photos,
    booking_mails,
    cards,
    code_mails,
    reminders,
    repair_mails,
    repair_texts,
    price_answers,
    ready_mails,
]


def apis() -> list[Api]:
    """Return every slice's routes."""
    return [
        conversations,
        identity,
        files.api,
        files.preflights,
        devices,
        keeping.api,
        shop,
        quotes,
        price_requests,
        bookings,
        repairs,
        knowledge,
        *portal.apis,
    ]


def hooks() -> Hooks:
    """Return the open places, filled."""
    return Hooks(
        authenticate=authenticate,
        counted=counted,
        fence_deed=fence_deed,
        record_deed=record_deed,
        opening=hours.opening,
        skills=capacity.list_skills,
        render_refusal=render_refusal,
    )
