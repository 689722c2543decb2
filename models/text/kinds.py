"""Which kind of thing a customer asks to have mended: one we do, one we know and do not do, or something else altogether."""

import re
from pathlib import Path
from typing import Any

import yaml

SOURCE = Path(__file__).with_name("kinds.yml")
#: "do you fix toasters?", "can you mend my boiler"
MEND = re.compile(
    r"\b(?:fix|fixing|repair|repairing|mend|mending|service|do|work on|look at|handle|deal with|sort)\s+(?!i\b|you\b|u\b|we\b|they\b)"
    r"(?P<thing>[a-z][a-z' -]{1,40}?)\s*"
    r"(?=[?.!,;]|$|\b(?:please|pls|too|as well|for me|by any chance|here|at all|mate|or|and|if|that|which|when|what)\b)"
)
#: "can i get a toaster fixed"
MENDED = re.compile(
    r"\b(?:get|have|getting|having) (?:an?|my|our|the) (?P<thing>[a-z][a-z' -]{1,40}?)\s+"
    r"(?:fixed|repaired|mended|looked at|sorted|seen to)\b"
)
PLAINLY = re.compile(r"(?:fix|repair|mend)(?:ing)? (?:a|an|my|our)\b")


class Kinds:
    """The kinds of device the catalogue holds, and the words for all we know."""

    def __init__(self, devices: list[dict[str, Any]], names: set[str]) -> None:
        """`names`: words of names of devices, which are nothing foreign."""
        known: dict[str, Any] = yaml.safe_load(SOURCE.read_text("utf-8"))
        self.light, self.familiar = set(known.pop("light")), names | set(known.pop("jobs"))
        held = {device["category"] for device in devices}
        self.done = [entry["plural"] for kind, entry in known.items() if kind in held]
        self.plurals = {word: (entry["plural"], kind in held) for kind, entry in known.items() for word in entry["say"]}

    def find(self, text: str, plainly: bool = False) -> dict[str, Any]:
        """`thing` as it stands in "we don't repair …" and whether it is `done`; nothing when no thing is named.

        `plainly`: only "mend my boiler", with a verb that means nothing else and an article.
        """
        said_so = text.lower().replace("’", "'")
        match = MENDED.search(said_so)
        if not match:
            match = MEND.search(said_so)
            if match and plainly and not PLAINLY.match(match.group()):
                return {}
        if not match:
            return {}
        said = [word for word in re.findall(r"[a-z']+", match.group("thing")) if word not in self.light]
        for word in said:
            kind = self.plurals.get(word) or self.plurals.get(word.rstrip("s"))
            if kind and plainly:
                return {}  # which model it is decides
            if kind:
                return {"thing": kind[0], "done": kind[1]}
        if not said or len(said) > 3 or any(word in self.familiar or word.rstrip("s") in self.familiar for word in said):
            return {}
        name = " ".join(said)
        return {"thing": name if name.endswith("s") else f"{name}s", "done": False}
