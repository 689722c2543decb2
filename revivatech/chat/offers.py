"""What the shop last offered, as things one can type: numbers for choices, values for a form's fields."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Form:
    """An open form being filled field by field."""

    id: str
    fields: Sequence[Mapping[str, Any]]
    values: dict[str, str] = field(default_factory=dict)

    @property
    def asking(self) -> Mapping[str, Any] | None:
        """The next field, or None when all are filled."""
        return next((entry for entry in self.fields if entry["name"] not in self.values), None)

    def answer(self, text: str) -> str:
        """Take a value for the field asked; returns what is wrong with it, or nothing. An empty line keeps what is known."""
        entry = self.asking
        assert entry is not None
        value = text.strip() or str(entry.get("value") or "")
        if entry.get("required") and not value:
            return f"{entry['label']} is needed."
        self.values[entry["name"]] = value
        return ""


@dataclass
class Offers:
    """The offers of the newest message that has open ones."""

    choices: list[tuple[str, str]] = field(default_factory=list)
    form: Form | None = None

    @classmethod
    def of(cls, message: Mapping[str, Any]) -> "Offers":
        """Read a message's open parts; numbering follows the order in which they are shown."""
        offers = cls()
        for part in message["parts"]:
            if not part.get("open"):
                continue
            if part["type"] == "choices":
                offers.choices += [(choice["id"], choice["title"]) for choice in part["choices"]]
            elif part["type"] == "slots":
                more = [part["more"]] if part.get("more") else []
                offers.choices += [(slot["id"], slot["title"]) for slot in [*part["slots"], *more]]
            elif part["type"] == "form":
                offers.form = Form(part["id"], part["fields"])
        return offers

    def __bool__(self) -> bool:
        return bool(self.choices or self.form)

    def chosen(self, text: str) -> tuple[str, str] | None:
        """The choice that was typed: its number, or its words."""
        wanted = text.strip().rstrip(".").casefold()
        for number, (identity, title) in enumerate(self.choices, 1):
            if wanted in (str(number), title.casefold()):
                return identity, title
        return None

    def listing(self, text: str) -> list[str]:
        """The numbered choices, unless the message's own words already number them."""
        lines = [f"{number}. {title}" for number, (_, title) in enumerate(self.choices, 1)]
        return [] if all(line in text for line in lines) else lines
