"""The sentences of the hub itself; the assistant's stand in its domain file, waiting and changes of hands in backend/conversations."""

TRY_AGAIN = "Try again"
A_PERSON = "Talk to a person"
LEAVE_NUMBER = "Leave my number"

TOO_SLOW = "I am sorry, that took me too long and I have stopped. Your message is safe with us. How shall we go on?"
FAILED = "I am sorry, I could not answer that just now. Your message is safe with us. How shall we go on?"

ASK_NUMBER = "Which number may we ring you on?"

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
