"""The sentences of the hub itself; the assistant's stand in its domain file, waiting and changes of hands in backend/conversations."""

TRY_AGAIN = "Try again"
A_PERSON = "Talk to a person"
LEAVE_NUMBER = "Leave my number"

TOO_SLOW = "I am sorry, that took me too long and I have stopped. Your message is safe with us. How shall we go on?"
FAILED = "I am sorry, I could not answer that just now. Your message is safe with us. How shall we go on?"

ASK_NUMBER = "Which number may we ring you on?"
