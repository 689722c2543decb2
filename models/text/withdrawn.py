"""Faults taken back by the names the shop itself gave them: "not the lines or flicker", "the loudspeaker is fine"."""

import re
from collections.abc import Mapping

from models.text.names import folded

_NOT = (
    r"\b(?:not|isn'?t|aint|nothing (?:is )?(?:wrong|the matter|up) with|forget|leave(?: out)?|drop|skip|without|never ?mind|scrap|remove"
    r"|take (?:off|out)|(?:don'?t|do not) (?:need|want|bother with|worry about|have))\s+(?:about )?(?:the |my |an? |any |that |those )?"
)
_FINE = r"(?: is|'?s| are| was| seems?)? (?:all |absolutely |perfectly |actually |totally |just )?(?:fine|ok|okay|good|alright|grand)\b"


class Withdrawn:
    """The labels of all faults, ready to be looked for."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        self._said = [
            (code, re.compile(rf"{_NOT}{re.escape(name)}(?: (?:one|bit|part|repair))?(?!\w)|\b(?:the |my )?{re.escape(name)}{_FINE}"))
            for code, label in sorted(labels.items(), key=lambda one: -len(one[1]))
            for name in [folded(label)]
        ]

    def cut(self, text: str) -> tuple[str, list[str]]:
        """The text without what it takes back, and the faults it takes back."""
        gone: list[str] = []
        for code, said in self._said:
            match = said.search(folded(text))
            if match:
                gone.append(code)
                text = f"{text[: match.start()]} , {text[match.end() :]}"
        return text, gone
