"""The sentences of the hub itself; the assistant's stand in its domain file, the changes of hands in backend/conversations."""

TRY_AGAIN = "Try again"
A_PERSON = "Talk to a person"
LEAVE_NUMBER = "Leave my number"
CARRY_ON = "Carry on with the assistant"

TOO_SLOW = "I am sorry, that took me too long and I have stopped. Your message is safe with us. How shall we go on?"
FAILED = "I am sorry, I could not answer that just now. Your message is safe with us. How shall we go on?"

ASK_NUMBER = "Which number may we ring you on?"
NAME_FIELD = "Your name"
PHONE_FIELD = "Phone number"
SEND_NUMBER = "Leave my number"

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
}


def waiting(place: int, *, opens: str | None, after_failures: bool = False) -> str:
    """What a customer who waits for a person is told: the place in the queue, or when we are there again."""
    start = "I am sorry, I am having trouble answering. " if after_failures else ""
    if opens is not None:
        return (
            f"{start}I have passed this on to our technicians. The workshop is closed now and opens {opens}; "
            "somebody will answer you here then. You can leave your number if you would rather be rung."
        )
    queue = "You are next in the queue." if place <= 1 else f"You are number {place} in the queue."
    return f"{start}I have passed this on to our technicians, and one of them will answer you here. {queue}"


def number_kept(phone: str, *, opens: str | None) -> str:
    """What a customer who left a number is told."""
    when = f"when the workshop opens, {opens}" if opens is not None else "as soon as somebody is free"
    return f"Thank you. A technician will ring you on {phone} {when}."
