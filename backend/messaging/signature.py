"""Whether a webhook comes from whoever holds the account's token: an HMAC over its address and its form, or over the hash of its body.

The address is the one customers reach us by, whatever a proxy made of it. Source: Twilio, "Webhooks security" (X-Twilio-Signature).
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from urllib.parse import SplitResult, parse_qs, urlsplit

HEADER = "X-Twilio-Signature"
_PORTS = {"https": 443, "http": 80}


def holds_for_form(token: str, url: str, form: Sequence[tuple[str, str]], signature: str) -> bool:
    """Tell whether a posted form is signed: its fields by name, each with its distinct values in order."""
    fields = [f"{name}{value}" for name, value in sorted(set(form))]
    return _signed(token, url, "".join(fields), signature)


def holds_for_body(token: str, url: str, body: bytes, signature: str) -> bool:
    """Tell whether a body that is no form is signed: the address names its SHA-256 as `bodySHA256`."""
    named = parse_qs(urlsplit(url).query).get("bodySHA256", [""])[0]
    whole = hmac.compare_digest(hashlib.sha256(body).hexdigest().encode(), named.encode("utf-8", "replace"))
    return _signed(token, url, "", signature) and whole


def sign(token: str, url: str, fields: str = "") -> str:
    """Return the signature of an address followed by the fields of a form."""
    digest = hmac.digest(token.encode(), f"{url}{fields}".encode("utf-8", "surrogatepass"), hashlib.sha1)
    return base64.b64encode(digest).decode()


def _signed(token: str, url: str, fields: str, signature: str) -> bool:
    given = signature.encode("utf-8", "replace")
    # Every comparison is made, so that none tells by its time.
    found = [hmac.compare_digest(sign(token, spelling, fields).encode(), given) for spelling in _spellings(url)]
    return any(found)


def _spellings(url: str) -> Iterable[str]:
    """The address with and without its port: which of the two is signed differs between the provider's services."""
    parts = urlsplit(url)
    if parts.port:
        return url, _at(parts, parts.netloc.rpartition(":")[0])
    return url, _at(parts, f"{parts.netloc}:{_PORTS.get(parts.scheme, 80)}")


def _at(parts: SplitResult, netloc: str) -> str:
    return parts._replace(netloc=netloc).geturl()
