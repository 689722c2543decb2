"""Finds the device a customer means: nicknames, missing words, typos; says when several fit and when none does."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from models.text import counts
from models.text.names import Word, folded, words
from models.text.naming import SOFT, STRONG, SUFFIXES, Naming, joined

CODE = re.compile(r"^(?:\d{1,4}[a-z]{0,2}|[a-z]{1,2}\d{1,4}[a-z]{0,2}|x|xr|xs|z)$")
#: What sets brothers apart, mistyped: too short to be told by likeness.
HURRIED = {"ultr": "ultra", "ulta": "ultra", "utra": "ultra", "ulra": "ultra", "ultar": "ultra", "mni": "mini"}
SIZES = re.compile(r"^\d+(?:gb|tb|gigs?|g|mm|am|pm|th|st|nd|rd|k|m|h)$")
STORAGE = re.compile(r"^\d+(?:gb|tb|gigs?)$")
# A model by the end of its name, as said of one we speak of already: a number with what belongs to it, or only what sets a brother apart.
SHORTLY = re.compile(
    r"(?:^|(?<!on )(?<!at )\b(?:the|a|an|my|its|it's|no|sorry|meant)\b)\W*(?:the\s+|an?\s+)?"
    r"(?P<name>\d{1,2}[a-e]?(?:\s+(?:pro|max|plus|mini|ultra|fe|air|se|lite))*|(?:pro|max|plus|mini|ultra|fe|air|lite)(?:\s+max)?)"
    r"(?=\s*(?:[?.!,]|$|(?:one|version|model|instead|then|too|as well|please|pls|not|i think|mate|actually)\b))"
)
# A full postcode: "S10 2TN" is a place in Sheffield and no Galaxy S10; the second half never has the letters C, I, K, M, O and V.
POSTCODE = re.compile(r"\b(?:[a-z]{2}|[beglmnsw])\d[a-z\d]?\s?\d(?!gb|tb)[abd-hjlnp-uw-z]{2}\b", re.IGNORECASE)
# Whose a thing is, before a family's name that is an everyday word too, and what follows where it is only the word.
OWNED = re.compile(r"(?:\b(?:my|his|her|our|their|your|this|old|new|broken)|'s|s'|\ban?(?= switch))\s+$")
FROM = re.compile(r"\b(?:ring|rang|call|called|from|by|with|told|are you|not)\s+$")
OWN = re.compile(r"(?<=[A-Za-z])['’]s\b")
ONLY_THE_WORD = re.compile(r"^\s*(?:on|off|back|over|to|up|it|itself|between|button|buttons|is stuck|damage|of)\b")


@dataclass
class Found:
    """What a text says about devices."""

    device: dict[str, Any] | None = None
    others: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    brand: str | None = None
    unknown: str | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)


class Devices:
    """An index over one catalogue snapshot."""

    def __init__(self, snapshot: dict[str, Any], known: Callable[[str], bool] = lambda word: False) -> None:
        self.devices: list[dict[str, Any]] = list(snapshot["devices"])
        self.by_slug = {device["slug"]: device for device in self.devices}
        self.known = known
        self.naming = naming = Naming(self.devices, known)
        self.by_word, self.brands, self.foreign = naming.having, naming.brands, naming.foreign
        self.families, self.family_words = naming.firm, naming.family_words
        self.codes = {word for word in self.by_word if STRONG.match(word)}
        self.alone = naming.alone - naming.everyday
        self.plural = naming.firm - naming.everyday - {"pixel"}
        long = {word for word in self.by_word if word.isalpha() and len(word) >= 5} | {word for word in naming.firm if len(word) >= 5}
        self.vocabulary: dict[str, list[str]] = {}  # by first letter, which nobody mistypes
        for word in sorted(word for word in long if naming.telling(word) or word in SUFFIXES or word in naming.firm):
            self.vocabulary.setdefault(word[0], []).append(word)

    def find(self, text: str) -> Found:
        """The device meant, else the ones that might be, else the brand or the name we do not know."""
        found = Found()
        text = OWN.sub("  ", POSTCODE.sub(self._blanked, text))
        text = counts.single(text, self.by_word.__contains__, self.naming.telling)
        tokens = self._coded(self._tokens(text), text, found)
        for run in self._runs(tokens):
            if self._negated(text, run[0].start):
                found.spans.append((run[0].start, run[-1].end))
                continue
            self._judge(run, text, found)
        if found.device:
            found.candidates = []
            found.brand = found.device["brand"]
        elif len(found.candidates) > 1:
            found.candidates = self._of_kind(tokens, found.candidates)
        return found

    def beside(self, slug: str, text: str) -> Found:
        """The model a short name means while another is spoken of: "and for the 13?" beside an iPhone 13 Pro, "no, the ultra"."""
        device = self.by_slug.get(slug)
        short = SHORTLY.search(folded(text)) if device and len(text) < 80 else None
        if device is None or short is None:
            return Found()
        told = [w.text for w in words(short.group("name"))]
        own = [w.text for w in words(device["model"])]
        number = next((at for at, word in enumerate(own) if any(c.isdigit() for c in word)), len(own))
        line = own[:number] if told[0][0].isdigit() or STRONG.match(told[0]) else own[: number + 1]
        named = self.find(" ".join([*line, *told]))
        near = named.device or (named.candidates[0] if len(named.candidates) == 1 else None)
        if near is None or near["slug"] == slug:
            return Found()
        return Found(device=near, brand=near["brand"], spans=[short.span("name")])

    def _blanked(self, postcode: re.Match[str]) -> str:
        told = postcode.group()
        compact = told.lower().replace(" ", "")  # "s20fe" might be a place in Sheffield and is a phone
        return told if compact in self.by_word or (compact,) in self.naming.codes else " " * len(told)

    def _tokens(self, text: str) -> list[Word]:
        return [Word(self._spelt(word.text), word.start, word.end) for word in joined(words(text), self.codes)]

    def _spelt(self, word: str) -> str:
        if word in HURRIED and word not in self.by_word:
            return HURRIED[word]
        if len(word) < 5 or not word.isalpha() or word in self.by_word or word in self.naming.firm or word in self.naming.everyday:
            return word
        if word.endswith("s") and word[:-1] in self.plural:
            return word[:-1]
        if self.known(word):
            return word
        alike = self.vocabulary.get(word[0], [])
        best = process.extractOne(word, alike, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.74)
        return str(best[0]) if best else word

    def _coded(self, tokens: list[Word], text: str, found: Found) -> list[Word]:
        """Take note of printed codes and return the other tokens, an empty one in place of each code."""
        left: list[Word] = []
        at = 0
        while at < len(tokens):
            for length in range(min(self.naming.longest_code, len(tokens) - at), 0, -1):
                code = tokens[at : at + length]
                owners = self.naming.codes.get(tuple(word.text for word in code))
                if owners and (length > 1 or len(code[0].text) > 3):
                    if not self._negated(text, code[0].start):
                        self._note(owners, (code[0].start, code[-1].end), found)
                    left.append(Word("", code[0].start, code[-1].end))
                    at += length
                    break
            else:
                left.append(tokens[at])
                at += 1
        return left

    def _runs(self, tokens: list[Word]) -> list[list[Word]]:
        runs: list[list[Word]] = []
        run: list[Word] = []
        for at, token in enumerate(tokens):
            following = (later.text for later in tokens[at + 1 : at + 4] if later.text not in SOFT and not STORAGE.match(later.text))
            ahead = next(following, "")
            if self._belongs(token.text, run, ahead):
                run.append(token)
            elif run and self._between(token.text) and self._belongs(ahead, run, ""):
                continue
            else:
                runs += [run] if run else []
                run = [token] if self._belongs(token.text, [], ahead) else []
        runs += [run] if run else []
        return runs

    def _between(self, word: str) -> bool:
        """Whether a word may stand inside a name without being part of it: "macbook pro 256gb 14 inch", "iphone blue 13"."""
        return (word in SOFT and word not in ("a", "the", "in")) or bool(STORAGE.match(word)) or word in self.naming.colours

    def _belongs(self, word: str, run: list[Word], ahead: str) -> bool:
        if not word or (SIZES.match(word) and word not in self.by_word):
            return False
        naming, before = self.naming, {token.text for token in run}
        if word in self.brands or word in self.foreign or word in naming.families or word in self.family_words:
            return not (before & self.family_words and word in self.family_words and not naming.fitting(before | {word}))
        if run:
            if (run[-1].text, word) in naming.pairs:
                return True
            return word in SUFFIXES or (word in self.by_word and word not in SOFT) or bool(CODE.match(word) and self._open(before))
        if (word, ahead) in naming.pairs or word in self.alone:
            return True
        if word not in self.by_word:
            return False
        return naming.telling(word) or (
            (word.isdigit() or word in SUFFIXES or len(word) > 1) and (ahead in SUFFIXES or ahead in self.by_word)
        )

    def _open(self, before: set[str]) -> bool:
        return bool(before & (self.family_words | self.naming.families | self.foreign | set(self.brands))) and not any(
            any(c.isdigit() for c in word) for word in before
        )

    def _negated(self, text: str, start: int) -> bool:
        return bool(re.search(r"\b(?:not|isnt|isn't|rather than|instead of|wasn't)\s+(?:an?\s+|the\s+|my\s+)?$", text[:start].lower()))

    def _fit(self, run: list[Word]) -> tuple[list[Word], list[int]]:
        """As much of what was said as is one model's name, everyday words and a number at its end left out; with the models that fit."""
        kept = [word for word in run if word.text not in SOFT]
        while kept:
            loose = [word for word in reversed(kept) if self.naming.loose(word.text)]
            for left_out in (None, *loose):
                part = [word for word in kept if word is not left_out]
                fitting = self.naming.fitting({word.text for word in part})
                if fitting:
                    return part, fitting
            if loose:
                kept = [word for word in kept if word is not loose[0]]
            elif kept[-1].text.isdigit() and len(kept) > 2:
                kept = kept[:-1]
            elif kept[0].text.isdigit() and len(kept) > 1:
                kept = kept[1:]
            else:
                break
        alone = [word for word in kept if len(word.text) > 5 and word.text in self.naming.alone]  # "switch joycon"
        return (alone, self.naming.fitting({alone[0].text})) if len(alone) == 1 else (kept, [])

    def _judge(self, run: list[Word], text: str, found: Found) -> None:
        kept, fitting = self._fit(run)
        if not kept:
            return
        if not fitting:
            self._unknown(kept, text, found)
            return
        naming, told = self.naming, {word.text for word in kept}
        span = (kept[0].start, kept[-1].end)
        if len(told) == 1 and told & naming.everyday:
            if OWNED.search(text[: span[0]].lower()) and not ONLY_THE_WORD.match(text[span[1] :].lower()) and told & naming.families:
                self._note(fitting, span, found)
            return
        if told <= set(self.brands) and (self._company(text[span[1] :]) or (told <= naming.firms and FROM.search(text[: span[0]].lower()))):
            return
        named = naming.called(told, fitting)
        if len(named) == 1 and (len(told) > 1 or not told & set(self.brands)):
            self._note(named, span, found)
        elif len(fitting) == 1 and any(STRONG.match(word) for word in told):
            self._note(fitting, span, found)
        elif naming.speaks(told):
            self._note(named or fitting, span, found, asks=True)

    def _note(self, which: list[int], span: tuple[int, int], found: Found, *, asks: bool = False) -> None:
        """One model is the device, or another one beside it; several, or one that was not named in full, are asked about."""
        found.spans.append(span)
        devices = [self.devices[at] for at in which]
        if len(devices) == 1 and not asks:
            if found.device is None:
                found.device = devices[0]
            elif devices[0]["slug"] != found.device["slug"] and devices[0] not in found.others:
                found.others.append(devices[0])
            return
        brands = {device["brand"] for device in devices}
        found.brand = found.brand or (brands.pop() if len(brands) == 1 else None)
        both = [device for device in found.candidates if device in devices]
        if both or not found.candidates or len(devices) < len(found.candidates):
            found.candidates = both or devices

    def _of_kind(self, tokens: list[Word], candidates: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Those of the one kind that is named beside the maker: "my samsung tablet"."""
        kinds = {self.naming.kinds[token.text] for token in tokens if token.text in self.naming.kinds}
        fitting = [device for device in candidates if device["category"] in kinds] if len(kinds) == 1 else []
        return fitting or candidates

    def _company(self, after: str) -> bool:
        """Whether a maker's name speaks of the firm: "google account", "microsoft says"."""
        following = re.match(r"\W{0,4}([a-z]+)", folded(after))
        return bool(following and following.group(1) in self.naming.company)

    def _unknown(self, run: list[Word], text: str, found: Found) -> None:
        told = {word.text for word in run}
        naming = self.naming
        if not (
            told & (naming.families | self.family_words | self.foreign | set(self.brands)) or any({*pair} <= told for pair in naming.pairs)
        ):
            return
        if (len(run) == 1 and told <= naming.everyday) or (told <= self.foreign and self._company(text[run[-1].end :])):
            return
        brand = next((self.brands[word] for word in told if word in self.brands), None)
        found.brand = found.brand or brand
        found.unknown = found.unknown or text[run[0].start : run[-1].end]
        found.spans.append((run[0].start, run[-1].end))
