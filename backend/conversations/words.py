"""What the shop itself says when a conversation changes hands: stored in the transaction that hands it over."""

#: What the assistant did, by the name of the operation it called; others are not worth a line.
DEEDS = {
    "create_booking": "Your booking {reference} was made.",
    "reschedule_booking": "Your booking {reference} was moved to the new time.",
    "cancel_booking": "Your booking {reference} was cancelled.",
}

RELEASED = "{name} has left the conversation. You are back with the assistant."
NEVER_MIND = "No problem. You are back with the assistant."
CALL_BACK = "Thank you. A technician will ring you on {phone}."
RESOLVED = "This conversation is closed. Write whenever you like and we carry on from here."


def taken(name: str) -> str:
    """The line that says who has taken over."""
    return f"{name} from the workshop has joined the conversation."


def deed(operation: str, reference: str | None) -> str | None:
    """The line about something the assistant did but could not say itself, if it is worth one."""
    sentence = DEEDS.get(operation)
    return sentence.format(reference=reference) if sentence and reference else None


FIELD_FAULTS = {
    "required": "Please fill this in.",
    "too_long": "This is too long.",
    "not_one_line": "Please write this on one line.",
    "email_invalid": "This does not look like an e-mail address.",
    "tel_invalid": "This does not look like a phone number.",
    "field_unknown": "This form has no such field.",
}
