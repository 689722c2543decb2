"""E-mail addresses as people give them: typed, typed wrong, or spelt out as on the telephone."""

import re
from typing import Any

from models.text.normal import EMAIL

ODD = re.compile(r"[\w.+-]+\s?@[\s@]?[\w.@-]*|[\w.+-]+(?:\sdot\s[\w-]+)*\s(?:at)\s[\w-]+(?:\sdot\s[a-z][\w.]*)+", re.IGNORECASE)
_SIGNS = {"dot": ".", "point": ".", "underscore": "_", "dash": "-", "hyphen": "-", "plus": "+"}
_SIGN = rf"(?:\.|\s*[(\[]\s*dot\s*[)\]]\s*|\s+(?:{'|'.join(_SIGNS)})\s+)"
_AT = r"(?:\s*[(\[]\s*at\s*[)\]]\s*|\s+at\s+|\s*@\s*)"
#: Words with signs said between them, "at", and a host whose last part is letters.
SPELT = re.compile(
    rf"(?<![\w@.])(?P<who>[\w+'-]+(?:{_SIGN}[\w+'-]+)*)(?P<at>{_AT})(?P<host>[a-z0-9-]+(?:{_SIGN}[a-z0-9-]+)*{_SIGN}[a-z]{{2,}})\b",
    re.IGNORECASE,
)
#: "look at amazon.co.uk" is no address; beside a plain "at" a dot was said, the host is one everybody knows, or "e-mail" is said.
_HOSTS = "gmail|googlemail|hotmail|outlook|yahoo|icloud|live|aol|btinternet"
_MEANT = re.compile(rf"\bdot\b|[(\[]\s*at\b|@|\b(?:{_HOSTS}|proton\w*)\b", re.IGNORECASE)
_NAMED = re.compile(r"\be-?mail\b", re.IGNORECASE)


def written(text: str) -> str:
    """The text with addresses that were spelt out written as usual: "jo dot bloggs at gmail dot com"."""

    def plain(said: re.Match[str]) -> str:
        if EMAIL.fullmatch(said.group()) or not (_MEANT.search(said.group()) or _NAMED.search(text)):
            return said.group()
        return f"{_signed(said['who'])}@{_signed(said['host']).lower()}"

    return SPELT.sub(plain, text)


def _signed(said: str) -> str:
    signed = re.sub(rf"\s+({'|'.join(_SIGNS)})\s+", lambda sign: _SIGNS[sign.group(1).lower()], said, flags=re.IGNORECASE)
    return re.sub(r"\s*[(\[]\s*dot\s*[)\]]\s*", ".", signed, flags=re.IGNORECASE)


def email(text: str) -> dict[str, Any]:
    """The e-mail meant: in "x not y" the first, after "not x, y" the second; `email_invalid` when it only looks like one."""
    found = []
    for match in EMAIL.finditer(text):
        if not re.search(r"\bnot\s+(?:it'?s\s+)?$", text[: match.start()], re.IGNORECASE):
            found.append(re.sub(r"\s", "", match.group()).strip(".'"))
    if found:
        return {"email": found[-1] if re.search(r"\b(?:sorry|actually|i mean|meant)\b", text, re.IGNORECASE) else found[0]}
    odd = ODD.search(text)
    return {"email_invalid": odd.group().strip()} if odd else {}
