"""Where a request comes from: the peer's own address, or what a proxy we trust says of it."""

import hashlib
import hmac
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from .keys import signing_key
from .settings import UNIX, Proxy, Settings

#: Whoever comes by a Unix socket has no address, unless the proxy behind it is trusted and says one.
NOWHERE = "local"
#: The size of network one customer holds; counting its addresses one by one would count nobody.
_HOME = 64


def of(request: web.BaseRequest, settings: Settings) -> str:
    """Return the customer's address for limits and the audit; an IPv6 one as its /64 network."""
    peer = _read(request.remote or "")
    said = ",".join(request.headers.getall("X-Forwarded-For", ())) if settings.trusted_proxies else ""
    found = behind(peer, said, settings.trusted_proxies)
    return NOWHERE if found is None else _written(found)


def network(caller: str, settings: Settings) -> bytes | None:
    """Return what is kept of an address, so that those who come from it can be counted and it cannot be read; None for nowhere."""
    if caller == NOWHERE:
        return None
    return hmac.digest(signing_key(settings, "revivatech network 1"), caller.encode(), hashlib.sha256)[:16]


def behind(peer: IPv4Address | IPv6Address | None, said: str, trusted: Sequence[Proxy]) -> IPv4Address | IPv6Address | None:
    """Return who stands behind trusted proxies: each adds on the right whom it heard, and what lies left of a stranger is his own claim.

    None as the peer is a Unix socket, and as the answer somebody without an address.
    """
    found = peer
    for hop in reversed(said.split(",")):
        if not _is_trusted(found, trusted):
            break
        before = _read(hop.strip())
        if before is None:
            break
        found = before
    return found


def _is_trusted(hop: IPv4Address | IPv6Address | None, trusted: Sequence[Proxy]) -> bool:
    if hop is None:
        return UNIX in trusted
    return any(hop in proxy for proxy in trusted if proxy != UNIX)


def _read(text: str) -> IPv4Address | IPv6Address | None:
    # Some proxies add the port: 192.0.2.7:4711, [2001:db8::7]:4711
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def _written(address: IPv4Address | IPv6Address) -> str:
    return str(IPv6Network((address, _HOME), strict=False)) if isinstance(address, IPv6Address) else str(address)
