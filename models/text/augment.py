"""Bad typing, made on purpose: from each example a few more as hurried thumbs would write it. Seeded by the text, so always the same."""

import random
import re
import zlib

OPENERS = ("hi ", "hiya ", "hey ", "hello ", "hi there, ", "alright ", "so ", "ok so ", "erm ", "sorry ", "right ")
CLOSERS = (" please", " pls", " thanks", " mate", " ta", " cheers", "?", "??", " lol", " if thats ok", " x")
SHORT = {
    "you": "u",
    "are": "r",
    "your": "ur",
    "to": "2",
    "for": "4",
    "please": "plz",
    "tomorrow": "tmrw",
    "because": "cos",
    "what": "wot",
    "with": "wiv",
    "my": "me",
    "people": "ppl",
    "appointment": "appt",
    "something": "summat",
    "nothing": "nowt",
    "about": "bout",
    "going": "goin",
    "booking": "bookin",
    "screen": "scrn",
    "battery": "batt",
    "phone": "fone",
    "and": "n",
    "the": "teh",
}
NEVER = ("affirm", "deny", "greet", "goodbye", "thank", "bot_challenge", "stop_messages", "abuse", "cancel", "start_again", "inform")


def typo(word: str, dice: random.Random) -> str:
    """One slip of the thumb in a word of four letters or more."""
    if len(word) < 4 or not word.isalpha():
        return word
    at = dice.randrange(1, len(word) - 1)
    slip = dice.randrange(3)
    if slip == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if slip == 1:
        return word[:at] + word[at + 1 :]
    return word[:at] + word[at] + word[at:]


def variants(text: str, intent: str) -> list[str]:
    """Up to three other spellings of one example; the example itself is not among them."""
    dice = random.Random(zlib.crc32(text.encode("utf-8")))
    bare = re.sub(r"[^\w\s£@.+-]", "", text.lower()).strip()
    words = bare.split()
    made = {bare}
    if len(words) >= 2:
        slipped = list(words)
        for at in dice.sample(range(len(words)), min(2, len(words))):
            slipped[at] = typo(slipped[at], dice)
        made.add(" ".join(slipped))
        made.add(" ".join(SHORT.get(w, w) if dice.random() < 0.6 else w for w in words))
    if intent not in NEVER:
        made.add(dice.choice(OPENERS) + bare if dice.random() < 0.5 else bare + dice.choice(CLOSERS))
    made.discard(text)
    return sorted(made)[:3]
