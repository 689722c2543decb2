"""Refusals of the sandbox (RFC 9457)."""

import json

from aiohttp import web


def problem(status: int, code: str, title: str) -> web.Response:
    """Return a problem+json answer."""
    body = {"type": f"urn:revivatech:problem:{code}", "title": title, "status": status, "code": code}
    return web.Response(status=status, text=json.dumps(body), content_type="application/problem+json")
