"""The sentences of the hub itself; the assistant's stand in its domain file, waiting and changes of hands in backend/conversations."""

TRY_AGAIN = "Try again"
A_PERSON = "Talk to a person"
LEAVE_NUMBER = "Leave my number"

TOO_SLOW = "I am sorry, that took me too long and I have stopped. Your message is safe with us. How shall we go on?"
FAILED = "I am sorry, I could not answer that just now. Your message is safe with us. How shall we go on?"

ASK_NUMBER = "Which number may we ring you on?"

#: On the telephone network.
TEXTS_STOPPED = "You will get no more messages from us here. Write START if you change your mind."
TEXTS_STARTED = "You are back: we will write to you here again. Write STOP whenever you want us to stop."
TEXTS_HELP = (
    "This is RevivaTech, the repair shop. Just write what you need, or PERSON for a technician. Write STOP to hear no more from us here."
)
CUSTOMER_STOPPED = "The customer wrote STOP: no more messages go out on this channel."
CUSTOMER_STARTED = "The customer wrote START: messages go out on this channel again."
NUMBER_TO_CHOOSE = "Reply with a number to choose."
REPLY_WITH = "Please reply with: {fields}."


def unopened(count: int) -> str:
    """What a customer is told whose files we could not take."""
    what = "One of your files" if count == 1 else f"{count} of your files"
    return f"{what} could not be opened here. Photos arrive best as JPEG, PNG or HEIC of up to 12 MB."
