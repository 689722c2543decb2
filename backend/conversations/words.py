"""What the shop itself says when a conversation changes hands: stored in the transaction that hands it over."""

#: What the assistant did, by the name of the operation it called; others are not worth a line.
DEEDS = {
    "create_booking": "Your booking {reference} was made.",
    "reschedule_booking": "Your booking {reference} was moved to the new time.",
    "cancel_booking": "Your booking {reference} was cancelled.",
}

RELEASED = "{name} has left the conversation. You are back with the assistant."
NEVER_MIND = "No problem. You are back with the assistant."
RESOLVED = "This conversation is closed. Write whenever you like and we carry on from here."


def taken(name: str) -> str:
    """The line that says who has taken over."""
    return f"{name} from the workshop has joined the conversation."


def transferred(by: str, to: str) -> str:
    """The line that says who goes on with it."""
    return f"{by} has asked {to} to take over. {to} from the workshop is with you now."


def requeued(by: str, place: int, *, opens: str | None, away: bool) -> str:
    """What a customer is told whose technician has passed them on to whoever can help best."""
    return f"{by} has passed this on to a colleague. {still_ahead(place, opens=opens, away=away)}"


def lost(name: str | None, place: int, *, opens: str | None, away: bool) -> str:
    """What a customer is told who waits for the answer of somebody who is gone."""
    return f"I am sorry, {name or 'our technician'} has been called away. {still_ahead(place, opens=opens, away=away)}"


def still_ahead(place: int, *, opens: str | None, away: bool) -> str:
    """Where a customer stands who was with a technician and waits for the next one."""
    if opens is not None:
        return f"The workshop is closed now and opens {opens}; somebody will answer you here then."
    back = "None of our technicians is at the desk just now; one will answer you here as soon as they are back. " if away else ""
    return f"{back}{_queue(place)}"


#: What alerts say to the staff.
ALERTS = {
    "waiting": "{who} waits for a person.",
    "transferred": "{by} passed {who} on to you.",
    "mention": "{by} mentions you in a note about {who}.",
    "woken": "{who} is back from being snoozed.",
    "given_up": "{who} was given to the queue, since you were gone.",
    "taken": "{by} passed {who} on to somebody else.",
}


def alert(kind: str, *, who: str | None, by: str | None = None) -> str:
    """What technicians are told to look up for."""
    return ALERTS[kind].format(who=who or "A customer", by=by)


def deed(operation: str, reference: str | None) -> str | None:
    """The line about something the assistant did but could not say itself, if it is worth one."""
    sentence = DEEDS.get(operation)
    return sentence.format(reference=reference) if sentence and reference else None


CARRY_ON = "Carry on with the assistant"
NAME_FIELD = "Your name"
PHONE_FIELD = "Phone number"
SEND_NUMBER = "Leave my number"
#: To words that may or may not mean that the customer no longer waits.
STAY_OR_GO = "You are still waiting for a person. If you no longer need one, carry on with the assistant."


def waiting(place: int, *, opens: str | None, away: bool = False, after_failures: bool = False) -> str:
    """What a customer who waits for a person is told: the place in the queue, or when we are back; `away`: nobody is there, though open."""
    start = "I am sorry, I am having trouble answering. " if after_failures else ""
    if opens is not None:
        return (
            f"{start}I have passed this on to our technicians. The workshop is closed now and opens {opens}; "
            "somebody will answer you here then. You can leave your number if you would rather be rung."
        )
    if away:
        return (
            f"{start}I have passed this on to our technicians. We are open, but none of them is at the desk just now; "
            f"one will answer you here as soon as they are back. {_queue(place)} You can leave your number if you would rather be rung."
        )
    return f"{start}I have passed this on to our technicians, and one of them will answer you here. {_queue(place)}"


def number_kept(phone: str, *, opens: str | None) -> str:
    """What a customer who left a number is told."""
    return f"Thank you. A technician will ring you on {phone} {_when(opens)}."


def still_waiting(place: int, *, opens: str | None, away: bool = False) -> str:
    """What a waiting customer who goes on writing is told."""
    if opens is not None:
        return f"Your message is with our technicians. The workshop opens {opens}, and somebody will answer you here then."
    back = " None of them is at the desk just now; one will answer you here as soon as they are back." if away else ""
    return f"Your message is with our technicians.{back} {_queue(place)}"


def still_ringing(phone: str, *, opens: str | None) -> str:
    """What a customer who left a number and goes on writing is told."""
    return f"Your message is with our technicians, who will ring you on {phone} {_when(opens)}."


def _queue(place: int) -> str:
    return "You are next in the queue." if place <= 1 else f"You are number {place} in the queue."


def _when(opens: str | None) -> str:
    return f"when the workshop opens, {opens}" if opens is not None else "as soon as somebody is free"


FIELD_FAULTS = {
    "required": "Please fill this in.",
    "too_long": "This is too long.",
    "not_one_line": "Please write this on one line.",
    "email_invalid": "This does not look like an e-mail address.",
    "tel_invalid": "This does not look like a phone number.",
    "field_unknown": "This form has no such field.",
}


def photos(count: int, alts: list[str]) -> str:
    """The line that stands for photos where they cannot be shown; clients that show them leave the message's last line out."""
    told = "1 photo" if count == 1 else f"{count} photos"
    return f"{told}: {'; '.join(alts)}" if alts else told


#: Why a conversation waits for a person, for those who take it.
REASONS = {
    "customer_asked": "The customer asked for a person.",
    "call_back": "The customer left a number to be rung on.",
    "assistant_failing": "The assistant failed several times in a row.",
    "complaint": "The customer is not happy with us.",
    "not_understood": "The assistant did not understand the customer twice in a row.",
    "no_price": "There is no price for this repair in the book.",
    "unknown_device": "The device is not in the catalogue.",
    "payment": "The customer asks about paying.",
    "refund": "The customer wants money back.",
    "estimate": "The customer answers an estimate.",
    "reschedule": "The customer wants another time for a booking.",
    "anger": "The customer is angry.",
    "asked_twice": "The customer asked the same thing twice.",
    "form_failing": "The customer got stuck twice in a form.",
    "safety": "There may be danger: a swollen or hot battery.",
    "passed_on": "A colleague passed the customer on.",
    "technician_gone": "The technician who had the conversation is gone.",
}
