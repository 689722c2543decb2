"""What people are told of an e-mail address that cannot be right: our own words, whatever library found it out."""

LONGEST_EMAIL = 254


def in_words(text: str) -> str:
    """Why nothing could be delivered to this address, in a sentence that says what to mend."""
    before, at, domain = text.rpartition("@")
    if not at:
        return "An e-mail address has an @ in it, such as jo@example.com."
    if "@" in before:
        return "An e-mail address has only one @ in it. If these are two addresses, please give one."
    if any(character.isspace() or not character.isprintable() for character in text):
        return "An e-mail address has no spaces in it. Please give one address on one line."
    if len(text) > LONGEST_EMAIL:
        return "This e-mail address is too long."
    if not before:
        return "The part before the @ is missing, such as jo in jo@example.com."
    if not domain:
        return "The part after the @ is missing, such as example.com in jo@example.com."
    if "." not in domain.strip("."):
        return "The part after the @ has no ending, such as .com or .co.uk."
    return "This e-mail address does not look right. Please check it for a slip of the finger."
