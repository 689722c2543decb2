"""UK postcodes: how one is written, and what the shop's rules say about the place it names."""

import re
from collections.abc import Collection, Mapping

from .errors import OutsideArea, PostcodeInvalid

#: Every postcode area of the United Kingdom, the Crown dependencies and the forces (Royal Mail's list).
_WRITTEN = """
    AB AL B BA BB BD BF BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD
    HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S
    SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE
"""
AREAS = frozenset(_WRITTEN.split())
_POSTCODE = re.compile(r"(?P<area>[A-Z]{1,2})(?P<district>[0-9][0-9A-Z]?) ?(?P<inward>[0-9][ABD-HJLNP-UW-Z]{2})")


def postcode(text: str) -> str:
    """Return a postcode as Royal Mail writes it, such as `LS1 5AB`; raises PostcodeInvalid."""
    found = _POSTCODE.fullmatch("".join(text.upper().split())[:8])
    if found is None or found["area"] not in AREAS or len("".join(text.split())) > 8:
        raise PostcodeInvalid
    return f"{found['area']}{found['district']} {found['inward']}"


def extra_days(tidy: str, *, outside: Collection[str], further: Mapping[str, int]) -> int:
    """Return how many days longer a parcel takes from a postcode; raises OutsideArea. Rules name areas (`BT`) or districts (`TR21`)."""
    outward = tidy.partition(" ")[0]
    area = outward.rstrip("0123456789") if outward[-1].isdigit() else re.match(r"[A-Z]+", outward)[0]  # type: ignore[index]
    if outward in outside or area in outside:
        raise OutsideArea(postcode=tidy)
    return further.get(outward, further.get(area, 0))
