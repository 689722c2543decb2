"""How somebody writes: what they press and what they type, how carefully, and with how many words."""

import random
import re
from dataclasses import dataclass

#: Beside which keys a thumb lands.
NEAR = {
    "q": "wa", "w": "qe", "e": "wr", "r": "et", "t": "ry", "y": "tu", "u": "yi", "i": "uo", "o": "ip", "p": "ol", "a": "sq", "s": "ad",
    "d": "sf", "f": "dg", "g": "fh", "h": "gj", "j": "hk", "k": "jl", "l": "ko", "z": "xa", "x": "zc", "c": "xv", "v": "cb", "b": "vn",
    "n": "bm", "m": "nk",
}  # fmt: skip
CLIPPED = {
    "you": "u", "your": "ur", "please": "pls", "thanks": "thx", "tomorrow": "tmrw", "because": "cos", "are": "r", "to": "2", "for": "4",
    "about": "abt", "what": "wot", "people": "ppl", "though": "tho",
}  # fmt: skip
#: What nobody who clips words writes as a digit where a time may stand beside it.
RISKY = {"to", "for"}


@dataclass(frozen=True)
class Manner:
    """One way to write; shares are between 0 and 1."""

    name: str
    weight: int
    #: How often an offered button is pressed, and a form filled in, rather than typed past.
    buttons: float
    forms: float
    #: Slips of the thumb, a word.
    slips: float
    #: Everything told at once, or a fact at a time.
    at_once: float
    lower: bool = False
    clipped: bool = False
    formal: bool = False
    chatty: bool = False
    #: Two messages where others write one.
    bursts: float = 0.0
    #: Says yes without reading what is read back.
    hasty: float = 0.1


MANNERS = (
    Manner("plain", 6, buttons=0.6, forms=0.7, slips=0.01, at_once=0.4),
    Manner("terse", 5, buttons=0.5, forms=0.6, slips=0.01, at_once=0.1, lower=True, hasty=0.25),
    Manner("thumbs", 5, buttons=0.6, forms=0.6, slips=0.07, at_once=0.4, lower=True, bursts=0.2),
    Manner("texting", 4, buttons=0.3, forms=0.3, slips=0.03, at_once=0.4, lower=True, clipped=True, bursts=0.3, hasty=0.2),
    Manner("rambling", 4, buttons=0.3, forms=0.4, slips=0.02, at_once=0.8, chatty=True),
    Manner("formal", 3, buttons=0.4, forms=0.7, slips=0.0, at_once=0.6, formal=True, hasty=0.0),
    Manner("typist", 3, buttons=0.0, forms=0.0, slips=0.02, at_once=0.5),
)


def typed(dice: random.Random, manner: Manner, text: str, keep: frozenset[str] = frozenset()) -> str:
    """The text as this person types it; addresses, figures and the words in `keep` are written with care."""
    if manner.lower and dice.random() < 0.9:
        text = " ".join(word if "@" in word or word.startswith("RT-") else word.lower() for word in text.split(" "))
    if manner.lower:
        text = text.replace("'", "") if dice.random() < 0.7 else text
    words = [_word(dice, manner, word, keep) for word in text.split(" ")]
    text = " ".join(words)
    if manner.formal:
        text = text[:1].upper() + text[1:]
        if text[-1:].isalpha() and "@" not in text:
            text += "."
    return text


def _word(dice: random.Random, manner: Manner, word: str, keep: frozenset[str]) -> str:
    bare = re.sub(r"\W", "", word).lower()
    if manner.clipped and bare in CLIPPED and bare not in RISKY and dice.random() < 0.7:
        return word.lower().replace(bare, CLIPPED[bare])
    if len(bare) < 4 or not bare.isalpha() or "@" in word or "{" in word or bare in keep or dice.random() >= manner.slips:
        return word
    at = dice.randrange(1, len(word) - 1)
    match dice.randrange(4):
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
    return word[:at] + dice.choice(NEAR.get(word[at].lower(), word[at])) + word[at + 1 :]
