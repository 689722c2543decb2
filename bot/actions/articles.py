"""The shop's articles as a source of answers: the backend finds the passage, we say it and name where it stands."""

from bot.actions import quote
from bot.actions.talk import Talk

#: Longer questions are cut: their beginning says what they are about.
LONGEST = 500
#: Fewer words are looked up in no article unless they were understood as a question: they are a name, an answer or a slip.
WORDS = 3


def asks(text: str) -> bool:
    """Whether a message that was not understood may be a question all the same."""
    return len(text.split()) >= WORDS


async def answered(talk: Talk, topic: str = "") -> bool:
    """Answer the message with a passage; False, with nothing said, where no article answers it. A topic's own article always does."""
    if quote.warned_again(talk):  # whatever it was taken for: no article stands before safety
        return True
    found = await talk.backend.question(talk.text[:LONGEST], topic)
    if found is None:
        return False
    talk.say("utter_article", passage=found["text"], title=found["title"], url=found["url"])
    return True
