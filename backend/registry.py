"""Every slice, joined in one place: importing this module knows all tables, routes, jobs and subscribers."""

from aiohttp.typedefs import Middleware

from .conversations import models as conversation_models
from .conversations.routes import api as conversations
from .conversations.turns import fence_deed, record_deed
from .core import audit, config, events, idempotency, limits
from .core.api import Api
from .core.hooks import Hooks
from .core.site import Site
from .identity import jobs as identity_jobs
from .identity import models as identity_models
from .identity.authenticate import authenticate
from .messaging import jobs as messaging_jobs
from .messaging import models as messaging_models

#: Imported for their tables, jobs and subscribers.
SLICES = [audit, config, events, idempotency, limits, conversation_models, identity_models, identity_jobs, messaging_models, messaging_jobs]


def apis() -> list[Api]:
    """Return every slice's routes."""
    return [conversations]


def middlewares(site: Site) -> list[Middleware]:
    """Return what every request passes through, outermost first."""
    return []


def hooks() -> Hooks:
    """Return the edge's open places, filled."""
    return Hooks(authenticate=authenticate, fence_deed=fence_deed, record_deed=record_deed)
