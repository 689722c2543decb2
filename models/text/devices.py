"""Finds the device a customer means: nicknames, missing words, typos; says when several fit and when none does."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from models.text.names import Word, folded, words

FAMILIES = Path(__file__).with_name("families.yml")
FILLERS = {"inch", "inches", "in", "the", "model", "series", "5g", "4g", "gen", "generation", "a", "one"}
SUFFIXES = {"pro", "max", "plus", "mini", "ultra", "fe", "air", "se", "lite", "note", "fold", "flip", "promax"}
CODE = re.compile(r"^(?:\d{1,4}[a-z]{0,2}|[a-z]{1,2}\d{1,4}[a-z]{0,2}|x|xr|xs|z)$")
STRONG = re.compile(r"^[a-z]{1,3}\d{1,4}[a-z]{0,2}$")
SIZES = re.compile(r"^\d+(?:gb|tb|g|mm|am|pm|th|st|nd|rd|k|m|h)$")
APART = {"promax": ("pro", "max"), "mbp14": ("mbp", "14"), "mbp16": ("mbp", "16"), "airm2": ("air", "m2"), "airm1": ("air", "m1")}
TOGETHER = {
    ("i", "phone"): "iphone",
    ("mac", "book"): "macbook",
    ("one", "plus"): "oneplus",
    ("1", "plus"): "oneplus",
    ("think", "pad"): "thinkpad",
    ("idea", "pad"): "ideapad",
}
# A model by the end of its name, as said of one we speak of already: a number with what belongs to it, or only what sets a brother apart.
SHORTLY = re.compile(
    r"(?:^|(?<!on )(?<!at )\b(?:the|a|an|my|its|it's|no|sorry|meant)\b)\W*(?:the\s+|an?\s+)?"
    r"(?P<name>\d{1,2}[a-e]?(?:\s+(?:pro|max|plus|mini|ultra|fe|air|se|lite))*|(?:pro|max|plus|mini|ultra|fe|air|lite)(?:\s+max)?)"
    r"(?=\s*(?:[?.!,]|$|(?:one|version|model|instead|then|too|as well|please|pls|not|i think|mate|actually)\b))"
)
# Names of families that are everyday words too: alone they begin no device.
EVERYDAY = set("fire surface switch quest legion envy swift honor nothing yoga latitude spectre predator aspire phone".split())  # noqa: SIM905
# Names that are everyday words too: alone they name no device.
AMBIGUOUS = {"switch", "quest", "swift", "yoga", "legion", "envy", "surface", "honor", "spectre", "predator", "aspire"}


@dataclass
class Found:
    """What a text says about devices."""

    device: dict[str, Any] | None = None
    others: list[dict[str, Any]] = field(default_factory=list)
    candidates: list[dict[str, Any]] = field(default_factory=list)
    brand: str | None = None
    unknown: str | None = None
    spans: list[tuple[int, int]] = field(default_factory=list)


def joined(found: list[Word], codes: frozenset[str] | set[str] = frozenset()) -> list[Word]:
    """The words with `i phone`, `one plus` and codes such as `s 23` put together, `promax` taken apart; for names and texts."""
    tokens: list[Word] = []
    for word in found:
        last = tokens[-1] if tokens else Word("", 0, 0)
        if word.text in APART:
            tokens += [Word(part, word.start, word.end) for part in APART[word.text]]
        elif (last.text, word.text) in TOGETHER:
            tokens[-1] = Word(TOGETHER[last.text, word.text], last.start, word.end)
        elif word.text.isdigit() and last.end + 1 == word.start and f"{last.text}{word.text}" in codes:
            tokens[-1] = Word(last.text + word.text, last.start, word.end)
        else:
            tokens.append(word)
    return tokens


class Devices:
    """An index over one catalogue snapshot."""

    def __init__(self, snapshot: dict[str, Any], known: Callable[[str], bool] = lambda word: False) -> None:
        self.known = known
        self.devices: list[dict[str, Any]] = list(snapshot["devices"])
        self.by_slug = {device["slug"]: device for device in self.devices}
        self.names: list[list[frozenset[str]]] = []
        self.all_words: list[set[str]] = []
        self.brands = {device["brand"].lower(): device["brand"] for device in self.devices}
        self.by_word: dict[str, list[int]] = {}
        for at, device in enumerate(self.devices):
            texts = [
                device["model"],
                device["name"],
                f"{device['brand']} {device['model']}",
                *device["aliases"],
                *device["identifiers"],
                *(code[3:] for code in device["identifiers"] if code.startswith("SM-")),
            ]
            sets = [frozenset(w.text for w in joined(words(text))) for text in texts]
            self.names.append(sorted({s for s in sets if s}, key=len, reverse=True))
            whole = set().union(*sets)
            self.all_words.append(whole)
            for word in whole:
                self.by_word.setdefault(word, []).append(at)
        self.codes = {word for word in self.by_word if STRONG.match(word)}
        known = yaml.safe_load(FAMILIES.read_text("utf-8"))
        self.families = {name for names in known["family"].values() for name in names}
        self.alone = {name for names in known["alone"].values() for name in names}
        self.foreign = set(known["brands"]) - set(self.brands)
        single = {w for name in self.families for w in name.split()}
        self.vocabulary = {w for w in self.by_word if w.isalpha() and len(w) >= 5} | {w for w in single if len(w) >= 5} - EVERYDAY
        self.family_words = {w.text for d in self.devices for w in words(d["model"])[:1]} | {
            "iphone",
            "galaxy",
            "pixel",
            "macbook",
            "mbp",
            "mba",
        }

    def find(self, text: str) -> Found:
        """The device meant, else the ones that might be, else the brand or the name we do not know."""
        found = Found()
        tokens = self._tokens(text)
        for run in self._runs(tokens):
            if self._negated(text, run[0].start):
                found.spans.append((run[0].start, run[-1].end))
                continue
            self._judge(run, text, found)
        if found.device:
            found.candidates = []
            found.brand = found.device["brand"]
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

    def _tokens(self, text: str) -> list[Word]:
        return [Word(self._spelt(word.text), word.start, word.end) for word in joined(words(text), self.codes)]

    def _spelt(self, word: str) -> str:
        if len(word) < 5 or not word.isalpha() or word in self.by_word or word in self.vocabulary or word in EVERYDAY:
            return word
        if word.endswith("s") and (word[:-1] in self.vocabulary and word[:-1] not in EVERYDAY | {"pixel"}):
            return word[:-1]
        if self.known(word):
            return word
        best = process.extractOne(word, self.vocabulary, scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=0.74)
        return str(best[0]) if best and best[0][0] == word[0] else word

    def _runs(self, tokens: list[Word]) -> list[list[Word]]:
        runs: list[list[Word]] = []
        run: list[Word] = []
        for at, token in enumerate(tokens):
            ahead = tokens[at + 1].text if at + 1 < len(tokens) else ""
            if self._belongs(token.text, run, ahead):
                run.append(token)
            elif run and token.text in FILLERS and (self._belongs(ahead, run, "") and token.text not in ("a", "the", "in", "one")):
                continue
            else:
                runs += [run] if run else []
                run = [token] if self._belongs(token.text, [], ahead) else []
        runs += [run] if run else []
        return runs

    def _belongs(self, word: str, run: list[Word], ahead: str) -> bool:
        if not word or (SIZES.match(word) and word not in self.by_word):
            return False
        before = {w.text for w in run}
        if word in self.brands or word in self.foreign or word in self.families or word in self.family_words:
            return not (before & self.family_words and word in self.family_words and word not in self._company(before))
        if word in ("ps3", "ps4", "ps5"):
            return True
        if run:
            return word in SUFFIXES or (word in self.by_word and word not in FILLERS) or bool(CODE.match(word) and self._open(before))
        if word in self.by_word and (STRONG.match(word) or (word.isalpha() and len(word) > 4 and word not in EVERYDAY)):
            return True
        return (
            word in self.by_word and (word.isdigit() or word in SUFFIXES or len(word) > 1) and (ahead in SUFFIXES or ahead in self.by_word)
        )

    def _company(self, before: set[str]) -> set[str]:
        fitting = [words_ for words_ in self.all_words if before <= words_]
        return set().union(*fitting) if fitting else set()

    def _open(self, before: set[str]) -> bool:
        return bool(before & (self.family_words | self.families | self.foreign | set(self.brands))) and not any(
            any(c.isdigit() for c in w) for w in before
        )

    def _negated(self, text: str, start: int) -> bool:
        return bool(re.search(r"\b(?:not|isnt|isn't|rather than|instead of|wasn't)\s+(?:an?\s+|the\s+|my\s+)?$", text[:start].lower()))

    def _judge(self, run: list[Word], text: str, found: Found) -> None:
        kept = [w for w in run if w.text not in FILLERS]
        while kept:
            told = {w.text for w in kept}
            fitting = [i for i in range(len(self.devices)) if told <= self.all_words[i]]
            if fitting:
                break
            if kept[-1].text.isdigit() and len(kept) > 2:
                kept = kept[:-1]
                continue
            self._unknown(kept, text, found)
            return
        if not kept:
            return
        span = (kept[0].start, kept[-1].end)
        full = [(max(len(n) for n in self.names[i] if n <= told), i) for i in fitting if any(n <= told for n in self.names[i])]
        best = [i for size, i in full if size == max(s for s, _ in full)]
        if len(best) == 1 and (len(told) > 1 or not told & set(self.brands)):
            device = self.devices[best[0]]
            if found.device is None:
                found.device = device
            elif device["slug"] != found.device["slug"] and device not in found.others:
                found.others.append(device)
            found.spans.append(span)
            return
        brands = {self.devices[i]["brand"] for i in fitting}
        if told & (set(self.brands) | self.family_words) or any(STRONG.match(w) for w in told) or len(told) > 1:
            found.spans.append(span)
            found.brand = found.brand or (brands.pop() if len(brands) == 1 else None)
            if not found.candidates or len(fitting) < len(found.candidates):
                found.candidates = [self.devices[i] for i in fitting]

    def _unknown(self, run: list[Word], text: str, found: Found) -> None:
        told = {w.text for w in run}
        if not told & (self.families | self.family_words | self.foreign | set(self.brands) | {"ps3", "ps4", "ps5", "switch"}):
            return
        if len(run) == 1 and told <= AMBIGUOUS:
            return
        brand = next((self.brands[w] for w in told if w in self.brands), None)
        found.brand = found.brand or brand
        found.unknown = found.unknown or text[run[0].start : run[-1].end]
        found.spans.append((run[0].start, run[-1].end))
