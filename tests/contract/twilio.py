"""The provider's own public description, read where it lies beside the project; without it what is compared is said to be skipped."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLACES = (Path(os.environ.get("REVIVATECH_CONTRACTS", "/nowhere")), ROOT.parent / "shared" / "contracts")
_SCHEMAS = {"message": "api.v2010.account.message", "media": "api.v2010.account.message.media"}
_CREATE = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
_RFC_2822 = re.compile(r"[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} \+0000")


class Description:
    """Checks what travels: fields, types, patterns and allowed values."""

    def __init__(self) -> None:
        file = next((place / "twilio_messages_v2010.json" for place in PLACES if (place / "twilio_messages_v2010.json").is_file()), None)
        if file is None:
            pytest.skip("the provider's description does not lie in ../shared/contracts")
        self._known = json.loads(file.read_text("utf-8"))

    def check(self, kind: str, answer: dict[str, Any]) -> None:
        """Refuse an answer that has other fields than described, or values of another kind."""
        described = self._known["components"]["schemas"][_SCHEMAS[kind]]["properties"]
        assert set(answer) == set(described), set(answer) ^ set(described)
        for name, value in answer.items():
            self._check(name, value, described[name])

    def check_form(self, form: dict[str, list[str]]) -> None:
        """Refuse what is sent if the description does not know a field or its value."""
        content = self._known["paths"][_CREATE]["post"]["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
        assert set(content["required"]) <= set(form)
        for name, values in form.items():
            described = content["properties"][name]
            assert described["type"] == "array" or len(values) == 1
            for value in values:
                self._check(name, value, described.get("items", described))

    def _check(self, name: str, value: Any, described: dict[str, Any]) -> None:
        if "$ref" in described:
            described = self._known["components"]["schemas"][described["$ref"].rpartition("/")[2]]
        if value is None:
            assert described.get("nullable"), name
            return
        kinds: dict[str, Any] = {"string": str, "integer": int, "object": dict, "array": list, "boolean": bool, "number": (int, float)}
        assert isinstance(value, kinds[described["type"]]), (name, value)
        assert "enum" not in described or value in described["enum"], (name, value)
        assert "pattern" not in described or re.search(described["pattern"], value), (name, value)
        assert described.get("format") != "date-time-rfc-2822" or _RFC_2822.fullmatch(value), (name, value)
