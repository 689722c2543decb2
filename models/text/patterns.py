"""Facts a pattern can find: reference, e-mail, UK phone, postcode, and a person's name."""

import re
from pathlib import Path
from typing import Any

import yaml

from models.text import addresses
from models.text.normal import EMAIL, PHONE, POSTCODE

REFERENCE = re.compile(r"\b(?:rt)[\s-]?([2-9a-hj-np-z]{5})\b", re.IGNORECASE)
REFERENCE_LIKE = re.compile(r"\brt-[0-9a-z]{1,12}\b|\brt\s?(?=[a-z]*\d)[0-9a-z]{2,12}\b", re.IGNORECASE)
BARE_REFERENCE = re.compile(r"^\W*(?=[2-9A-HJ-NP-Za-hj-np-z]*\d)(?=[2-9A-HJ-NP-Za-hj-np-z]*[A-Za-z])([2-9A-HJ-NP-Za-hj-np-z]{5})\W*$")
NAME = r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ'’-]*"
SURE = re.compile(
    r"\b(?:my (?:full )?name(?:'s| is)?|name(?:'s| is|:| (?:should|shd|needs to|has to) (?:be|say|read))?|i am called|i'?m called|call me"
    r"|under the name(?: of)?|(?:book|put|have) (?:it|me|that|this)(?: down)? (?:under|as|in)"
    rf"|in the name of)\s+({NAME}(?:\s+{NAME}){{0,3}})",
    re.IGNORECASE,
)
#: "Jo Bloggs is the name".
NAMED = re.compile(rf"^\W*({NAME}(?:\s+{NAME}){{0,3}}) is (?:the|my) name\b", re.IGNORECASE)
#: Slips of the thumb on the one word that says where the name stands.
NAME_SLIP = re.compile(r"\b(?:nme|nam|nmae|naem|namee|nname|anme|mame|nane)\b(?=(?:'s| is| should|:)? )", re.IGNORECASE)
MAYBE = re.compile(r"\b(?:it'?s|it is|i'?m|i am|this is)\s+(" + NAME + r"(?:\s+" + NAME + r"){0,2})", re.IGNORECASE)
LISTS = yaml.safe_load(Path(__file__).with_name("names.yml").read_text("utf-8"))
STOP, COMMON = set(LISTS["stop"].split()), set(LISTS["common"].split())
#: Words that follow a state and no name.
GOES_ON = frozenset(("on", "in", "at", "off", "out", "up", "down", "all", "when", "while", "since", "like", "after", "from", "over", "if"))
#: What leads up to a correction: "sorry Joe", "no it's Joe", "oops, should be Joe".
SORRY = re.compile(
    r"^\W*(?:(?:no|nope|oops|whoops|sorry|soz|apologies|actually|i mean|i meant|typo|it'?s|that'?s|make that|should be|should say|"
    r"meant to (?:say|put|type)|spelt|the name|my name|name|is)\b\W*)+",
    re.IGNORECASE,
)
#: How something read back is corrected in a word.
RATHER = re.compile(
    r"^\W*(?:(?:no|nope|sorry|oops)\b\W*)*(?:make (?:that|it)|(?:that |it )?should (?:be|say)|it'?s spelt|spelt)\s", re.IGNORECASE
)
#: What leads up to a name.
LEAD = re.compile(r"^\W*(?:it'?s|i'?m|i am|this is|my name is|my name'?s|name'?s)\s+", re.IGNORECASE)
#: "Bcc:", "To:" and other labels name a field, never a person; the words of a form do not either.
LABEL = re.compile(r"(?<!\S)[A-Za-z][\w-]*\s?:")
#: No name is written with these, so whoever was asked for one is asked again.
MARKUP = re.compile(r"[<>{}\[\]\\=;|]|://")
#: "friday suits me" and "tomorrow" are days, though they look like names.
DAY_FIRST = re.compile(
    r"^\W*(?:mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?s?\b"
    r"|^\W*(?:today|tonight|tomorrow|tomoz|tmrw|next|this)\b",
    re.IGNORECASE,
)
CHANGED = re.compile(r"\bchange (?:my |the )?name to (" + NAME + r"(?:\s+" + NAME + r"){0,3})", re.IGNORECASE)


def name(text: str, beside_email: bool) -> str | None:
    """The person's name, when the text gives one."""
    text = NAME_SLIP.sub("name", text)
    whole, text = text, EMAIL.sub(" ; ", text)
    match = CHANGED.search(text) or NAMED.search(text) or SURE.search(text)
    if match:
        return _tidy(match.group(1), sure=True)
    match = MAYBE.search(text)
    if match and not _goes_on(match):
        tidy = _tidy(match.group(1), sure=False)
        if tidy:
            return tidy
    if beside_email:
        whole = LABEL.sub(" ; ", whole)
        rest = addresses.ODD.sub(" ", EMAIL.sub(" ", PHONE.sub(" ", whole)))
        return bare_name(rest) or next((found for part in re.split(r"[,;\n]", rest) if (found := bare_name(part))), None)
    return None


def _goes_on(match: "re.Match[str]") -> bool:
    """Whether a single small word after "it's" is followed by what no name is: "it's syuck on the logo"."""
    first, *more = match.group(1).split()
    return first.islower() and bool(more) and more[0].lower() in GOES_ON


def bare_name(text: str) -> str | None:
    """A name that stands alone, as in an answer to "what's your name?"."""
    rest = re.sub(
        r"\b(?:and|my|e-?mail|is|phone|number|mobile|address|the|name|it'?s|i'?m|thanks|please|here|sure|ok|yes|yeah|hi|contact|tel|no|with)\b",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    words = re.findall(NAME, rest)
    if not 1 <= len(words) <= 4 or re.search(r"\d", rest):
        return None
    return _tidy(" ".join(words), sure=len(words) > 1 and all(w[0].isupper() for w in words))


def answered_name(text: str) -> tuple[str | None, bool]:
    """The name in an answer that holds nothing else, and whether it takes the place of one given before ("sorry, Joe Bloggs")."""
    rest = SORRY.sub("", text.strip())
    corrects = rest != text.strip()
    rest = re.split(r"[,;]?\s+(?:not|rather than|instead of)\s+", rest)[0]
    if "?" in rest or "@" in rest or MARKUP.search(rest) or DAY_FIRST.search(rest):
        return None, corrects
    said = re.findall(NAME, rest)
    found = bare_name(rest.title() if len(said) == 1 and len(rest.strip()) == 2 else rest)
    whole = found is not None and (len(said) <= 2 or len(found.split()) >= len(said) - 1)
    return (found if whole else None), corrects


def _tidy(raw: str, sure: bool) -> str | None:
    words = []
    for word in raw.split():
        if word.lower().strip("'’-") in STOP:
            break
        words.append(word)
    if not words or (not sure and any(w.lower() in COMMON for w in words)):
        return None
    if not sure and words[0].islower() and len(words) < 2 and len(words[0]) < 3:
        return None
    if sure and all(w.lower() in COMMON for w in words):
        return None
    return " ".join(w if any(c.isupper() for c in w[1:]) or "-" in w else w[0].upper() + w[1:] for w in words[:4])


def find(text: str) -> dict[str, Any]:
    """All facts of this kind in the text."""
    facts: dict[str, Any] = {}
    reference = REFERENCE.search(text) or BARE_REFERENCE.match(text)
    if reference:
        facts["reference"] = f"RT-{reference.group(1).upper()}"
    elif REFERENCE_LIKE.search(text):
        facts["reference_invalid"] = REFERENCE_LIKE.search(text).group().upper()  # type: ignore[union-attr]
    text = addresses.written(text)
    facts.update(addresses.email(text))
    without = EMAIL.sub(" ", text)
    phone = PHONE.search(without)
    if phone:
        digits = re.sub(r"[^\d+]", "", phone.group())
        facts["phone"] = "+44" + digits[1:] if digits.startswith("0") else digits
    postcode = POSTCODE.search(without)
    if postcode and not phone:
        code = re.sub(r"\s", "", postcode.group()).upper()
        facts["postcode"] = f"{code[:-3]} {code[-3:]}"
    person = name(text, beside_email="email" in facts or "email_invalid" in facts)
    if person:
        facts["name"] = person
    return facts
