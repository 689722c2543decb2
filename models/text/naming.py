"""The catalogue as words: by which names each model goes, which words narrow it down, and which codes are printed on it."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from models.text.names import Word, words

FAMILIES = Path(__file__).with_name("families.yml")
SOFT = {"inch", "inches", "in", "the", "model", "5g", "4g", "gen", "generation", "a"}  # said or not, the name is the same
SUFFIXES = {"pro", "max", "plus", "mini", "ultra", "fe", "air", "se", "lite", "note", "fold", "flip", "promax"}
STRONG = re.compile(r"^[a-z]{1,3}\d{1,4}[a-z]{0,2}$")
CHIP = re.compile(r"\bm\d\b(?: (?:pro|max|ultra)\b)?", re.IGNORECASE)
UNITS = {"gb", "tb", "mm", "am", "pm", "gig", "gigs"}
APART = {"promax": ("pro", "max"), "mbp14": ("mbp", "14"), "mbp16": ("mbp", "16"), "airm2": ("air", "m2"), "airm1": ("air", "m1")}
TOGETHER = {
    ("i", "phone"): "iphone",
    ("i", "pad"): "ipad",
    ("mac", "book"): "macbook",
    ("one", "plus"): "oneplus",
    ("1", "plus"): "oneplus",
    ("think", "pad"): "thinkpad",
    ("idea", "pad"): "ideapad",
    ("play", "station"): "playstation",
    ("x", "box"): "xbox",
    ("joy", "con"): "joycon",
    ("joy", "cons"): "joycon",
    ("tab", "a"): "taba",
    ("all", "in"): "allin",
    ("allin", "one"): "aio",
}
ORDINALS = {
    "first": "1st",
    "second": "2nd",
    "third": "3rd",
    "fourth": "4th",
    "fifth": "5th",
    "sixth": "6th",
    "seventh": "7th",
    "eighth": "8th",
}
ORDINALS.update({"ninth": "9th", "tenth": "10th", "eleventh": "11th", "twelfth": "12th"})
TOGETHER.update({(f"m{number}", kind): f"m{number}{kind}" for number in range(1, 6) for kind in ("pro", "max", "ultra")})


def joined(found: list[Word], codes: frozenset[str] | set[str] = frozenset()) -> list[Word]:
    """The words with `i phone`, `one plus`, `256 gb` and codes such as `s 23` put together, `promax` taken apart; for names and texts."""
    tokens: list[Word] = []
    for word in found:
        last = tokens[-1] if tokens else Word("", 0, 0)
        near = last.end + 1 >= word.start
        word = word._replace(text=ORDINALS.get(word.text, word.text))
        if word.text in APART:
            tokens += [Word(part, word.start, word.end) for part in APART[word.text]]
        elif near and (last.text, word.text) in TOGETHER:
            tokens[-1] = Word(TOGETHER[last.text, word.text], last.start, word.end)
        elif near and (
            _measure(last, word) or (last.text not in SUFFIXES | {"a"} and word.text.isdigit() and last.text + word.text in codes)
        ):
            tokens[-1] = Word(last.text + word.text, last.start, word.end)
        else:
            tokens.append(word)
    return tokens


def _measure(last: Word, word: Word) -> bool:
    return last.text.isdigit() and word.text in UNITS


def bag(text: str) -> frozenset[str]:
    """The words of a name, those aside that may be left out."""
    return frozenset(word.text for word in joined(words(text))) - SOFT


LISTED: dict[str, Any] = yaml.safe_load(FAMILIES.read_text("utf-8"))
_FAMILIES = [frozenset(name.split()) for names in LISTED["family"].values() for name in names]
_KINDS = {word for said in LISTED["kind"].values() for word in said}


def general(name: str, makers: set[str]) -> bool:
    """Whether a name says no more than a maker, a kind of device, a family or a number: "samsung phone", "galaxy tab", "the pro", "13"."""
    said = bag(name)
    left = said - makers - _KINDS
    if not left or left in _FAMILIES or all(word.isdigit() for word in said):
        return True
    return not said & makers and (left <= SUFFIXES or (len(left) == 1 and left <= {*LISTED["everyday"], *LISTED["brands"]}))


class Naming:
    """All words of one catalogue; `known` tells everyday words from made-up ones."""

    def __init__(self, devices: list[dict[str, Any]], known: Callable[[str], bool]) -> None:
        listed = LISTED
        self.known = known
        self.everyday, self.company, self.firms = set(listed["everyday"]), set(listed["company"]), set(listed["firms"])
        self.kinds = {word: kind for kind, said in listed["kind"].items() for word in said}
        self.brands = {device["brand"].lower(): device["brand"] for device in devices}
        self.foreign = set(listed["brands"]) - set(self.brands)
        families = {name for kind in ("family", "alone") for names in listed[kind].values() for name in names}
        self.families = {name for name in families if " " not in name}
        self.pairs = {tuple(name.split()) for name in families if " " in name}
        self.firm = {word for name in families for word in name.split()}
        begin = {
            first
            for device in devices
            for first in [word.text for word in words(device["model"])][:1]
            if first.isalpha() and len(first) > 1
        }
        self.family_words = {word for word in begin - self.everyday if word in self.firm or not known(word)}
        self.family_words |= {"iphone", "galaxy", "pixel", "macbook", "mbp", "mba"}
        self.names: list[list[frozenset[str]]] = []
        self.codes: dict[tuple[str, ...], list[int]] = {}
        found: dict[str, set[int]] = {}
        for at, device in enumerate(devices):
            sets = {bag(text) for text in self._spoken(device)} | self._coded(device, at)
            self.names.append(sorted({name for name in sets if name}, key=len, reverse=True))
            for word in frozenset().union(*sets, self._narrowing(device)):
                found.setdefault(word, set()).add(at)
        self.having = {word: frozenset(owners) for word, owners in found.items()}
        self._name_alone(devices)
        self.alone = {next(iter(name)) for names in self.names for name in names if len(name) == 1}
        self.colours = {
            word.text for device in devices for colour in device.get("variants", {}).get("colour", ()) for word in words(colour)
        } - set(self.having)
        self.longest_code = max(map(len, self.codes), default=0)

    def fitting(self, told: set[str]) -> list[int]:
        """The models that have all these words."""
        owners = [self.having.get(word, frozenset()) for word in told]
        return sorted(frozenset.intersection(*owners)) if owners else []

    def called(self, told: set[str], fitting: list[int]) -> list[int]:
        """Those of them that were named in full; of several the ones named by most words."""
        full = [
            (max(len(name) for name in self.names[at] if name <= told), at)
            for at in fitting
            if any(name <= told for name in self.names[at])
        ]
        return [at for size, at in full if size == max(size for size, _ in full)]

    def telling(self, word: str) -> bool:
        """Whether a word speaks of devices by itself."""
        if (
            word in self.brands
            or word in self.foreign
            or word in self.family_words
            or (word in self.families and word not in self.everyday)
        ):
            return True
        return bool(STRONG.match(word)) or (word.isalpha() and len(word) > 4 and word in self.having and not self.known(word))

    def speaks(self, told: set[str]) -> bool:
        """Whether these words together speak of a device: "z flip", "watch 7"."""
        if any(self.telling(word) for word in told) or any({*pair} <= told for pair in self.pairs):
            return True
        return bool(told & self.firm) and any(word.isdigit() for word in told)

    def loose(self, word: str) -> bool:
        """Whether a word may stand in a text without belonging to the name before or after it."""
        if word in ("one", "series"):
            return True
        return word.isalpha() and word not in SUFFIXES and word not in self.firm and not self.telling(word) and self.known(word)

    def _spoken(self, device: dict[str, Any]) -> set[str]:
        """What people may call a model; another chip it comes with is said in place of the one in its name."""
        texts = {device["name"], f"{device['brand']} {device['model']}", *device["aliases"]}
        for chip in device.get("variants", {}).get("chip", ()):
            texts |= {CHIP.sub(chip, text) for text in texts if CHIP.search(text)}
        return texts

    def _coded(self, device: dict[str, Any], at: int) -> set[frozenset[str]]:
        """Printed codes stand apart, for their pieces are no words; those of digits only count beside the family's name."""
        beside: set[frozenset[str]] = set()
        for text in device["identifiers"]:
            code = tuple(word.text for word in words(text))
            if text.isdigit():
                beside.add(bag(f"{device['model'].split()[0]} {text}"))
                continue
            for said in (code, code[1:] if code[0] == "sm" else ()):
                if said and at not in self.codes.setdefault(said, []):
                    self.codes[said].append(at)
        return beside

    def _narrowing(self, device: dict[str, Any]) -> frozenset[str]:
        """Words that make no name but tell one model from another: its generations, sizes and chips."""
        variants = device.get("variants", {})
        said = [value for kind in ("generation", "size", "chip", "processor") for value in variants.get(kind, ())]
        return frozenset().union(*map(bag, said)) if said else frozenset()

    def _name_alone(self, devices: list[dict[str, Any]]) -> None:
        """A model's name without its maker counts where it says enough: "ThinkPad T14", not "Charge 5" or "7 Plus"."""
        for at, device in enumerate(devices):
            name = bag(device["model"])
            shared = len(name) == 1 and any(devices[other]["brand"] != device["brand"] for other in self.having.get(min(name), ()))
            tells = any(STRONG.match(word) or (word.isalpha() and len(word) > 1 and word not in self.everyday | SUFFIXES) for word in name)
            tells = tells or (len(name) > 1 and bool(name & self.families))
            if name and tells and not shared and name not in self.names[at]:
                self.names[at] = sorted([*self.names[at], name], key=len, reverse=True)
