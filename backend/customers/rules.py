"""What counts as a name, an e-mail address and a phone number, and how each is written down."""

import unicodedata

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from backend.core import email_faults

from .errors import EmailInvalid, NameInvalid, PhoneInvalid

LONGEST_NAME = 120
HOME_REGION = "GB"


def name(text: str) -> str:
    """Return the name on one line; raises NameInvalid."""
    tidy = " ".join(unicodedata.normalize("NFC", text).split())
    if not 0 < len(tidy) <= LONGEST_NAME or not any(character.isalpha() for character in tidy):
        raise NameInvalid
    # Control and direction-changing characters turn mails and staff pages into something else than what was typed.
    if any(unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn") and character != "\u200d" for character in tidy):
        raise NameInvalid
    if any(mark in tidy for mark in ("://", "@", "<", ">")):
        raise NameInvalid
    return tidy


def email(text: str) -> str:
    """Return the address as it is compared and written to, domain in lower case; raises EmailInvalid with the reason. Asks no DNS."""
    text = text.strip()
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, strict=True)
    except EmailNotValidError:
        raise EmailInvalid(email_faults.in_words(text)) from None
    # Case in the part before the @ means nothing to any provider people use, and people mix it.
    return f"{found.local_part.lower()}@{found.ascii_domain.lower()}"


def phone(text: str, region: str = HOME_REGION) -> str:
    """Return the number as E.164; raises PhoneInvalid. Possible numbers pass, assigned or not."""
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        raise PhoneInvalid from None
    if not phonenumbers.is_possible_number(number):
        raise PhoneInvalid
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
