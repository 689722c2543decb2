"""What is read instead of a customer's own words: the same words for every address, number and reference, and plain lower case."""

import re

EMAIL = re.compile(r"[\w.+'-]+\s?@\s?[\w-]+(?:\.[\w-]+)+")
REFERENCE = re.compile(r"\brt[\s-]?[0-9a-z]{5}\b", re.IGNORECASE)
PHONE = re.compile(r"(?<![\w-])(?:\+44\s?|0)7?\d(?:[\s-]?\d){8,9}(?!\d)")
POSTCODE = re.compile(r"\b(?:[a-z]{1,2}\d[a-z\d]?)\s?\d[a-z]{2}\b", re.IGNORECASE)
# One way to say no, however formally it is written.
NOT = re.compile(r"\b(will|does|do|is|are|has|have|had|was|did|would|could|can) ?not\b")
REPEATED = re.compile(r"(\w)\1{3,}")


def normal(text: str) -> str:
    """The text with addresses, references, phone numbers and postcodes replaced by typical ones, and loooong letters shortened."""
    text = EMAIL.sub("jo@example.com", text)
    text = REFERENCE.sub("RT-7F3K2", text)
    text = PHONE.sub("07700 900123", text)
    text = POSTCODE.sub("LS1 4AB", text)
    return REPEATED.sub(r"\1\1", " ".join(text.split()))[:600]


def simple(text: str) -> str:
    """Lower case without apostrophes, one space between words, "does not" as "doesnt"; clause marks stay."""
    text = text.lower().replace("'", "").replace("’", "").replace("-", " ").replace("/", " , ").replace("%", " percent ")
    text = NOT.sub(lambda said: {"will": "wont", "can": "cant"}.get(said[1], f"{said[1]}nt"), text.replace("—", " - "))
    return re.sub(r"\s+", " ", text).strip()
