"""From facts to a mail: MJML for those who see it drawn, plain text for everybody else."""

import re
from functools import cache
from typing import Any

import jinja2
import mrml

from backend.messaging.mime import one_line

from .palette import DARK, LIGHT

#: "shop.example", but not "J. R. Hartley" and not "St.John".
_DOMAIN = re.compile(r"\bwww\.|\w\.[a-z]{2,}\b")


@cache
def _templates(autoescape: bool) -> jinja2.Environment:
    made = jinja2.Environment(  # the text part of a mail is no HTML  # nosec B701
        loader=jinja2.PackageLoader("backend.notifications"),
        autoescape=autoescape,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    made.globals.update(light=LIGHT, dark=DARK)
    made.filters["unbroken"] = _unbroken
    return made


def _unbroken(value: str) -> str:
    """Keep a telephone number or a postcode on one line."""
    return value.replace(" ", "\u00a0")


def html(template: str, **context: Any) -> str:
    """Return the drawn mail; every value is escaped."""
    mjml = _templates(True).get_template(f"{template}.mjml.j2").render(**context)
    return mrml.to_html(mjml).content


def text(template: str, **context: Any) -> str:
    """Return the plain mail."""
    return _templates(False).get_template(f"{template}.txt.j2").render(**context)


def greeting(name: str) -> str:
    """Return the name to greet by, or nothing when it could carry a stranger's advertisement."""
    plain = one_line(name, 120)
    # Anybody can book under anybody's address: a "name" must not become a message with a link in it.
    suspicious = len(plain) > 40 or "@" in plain or "/" in plain or _DOMAIN.search(plain)
    return "" if suspicious else plain
