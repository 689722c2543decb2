"""Mails keep to the design tokens, and no stranger's words become more than words."""

from __future__ import annotations

import math
import re

import pytest

from backend.notifications.palette import DARK, LIGHT
from backend.notifications.render import greeting
from revivatech.paths import ROOT

_OKLCH = re.compile(r"--([a-z-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)")


def as_hex(lightness: float, chroma: float, hue: float) -> str:
    """OKLCH to sRGB (Björn Ottosson, A perceptual color space for image processing, 2020)."""
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    encoded = (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055 for v in (min(1.0, max(0.0, v)) for v in linear))
    return "#" + "".join(f"{round(255 * v):02x}" for v in encoded)


def tokens(sheet: str) -> dict[str, str]:
    return {name.replace("-", "_"): as_hex(*map(float, values)) for name, *values in _OKLCH.findall(sheet)}


def test_the_palette_is_the_token_sheet() -> None:
    sheet = (ROOT / "widget" / "src" / "shared" / "tokens.css").read_text()
    light, dark = sheet.split("@media (prefers-color-scheme: dark)")[:2]
    assert tokens(light).items() >= LIGHT.items()
    assert tokens(dark.split('[data-theme="dark"]')[0]).items() >= DARK.items()


@pytest.mark.parametrize("name", ["Ada Lovelace", "J. R. R. Tolkien", "Zoë O'Hara-Ångström", "王小明", "Martin St. John"])
def test_people_are_greeted_by_name(name: str) -> None:
    assert greeting(name) == name


@pytest.mark.parametrize(
    "name", ["", "Win at www.evil.example", "visit evil.com now", "http://evil", "mail me@evil", "A" * 41, "see evil.co/x"]
)
def test_advertisements_are_not_greeted(name: str) -> None:
    assert greeting(name) == ""


def test_a_greeting_is_one_plain_line() -> None:
    assert greeting("Ada\r\n\u202eLove\x00lace\u2028") == "Ada Love lace"
