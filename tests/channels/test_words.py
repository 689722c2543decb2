"""Every reason for which the assistant calls a person has words for whoever takes the conversation."""

import re
from pathlib import Path

from backend.conversations import words

ROOT = Path(__file__).resolve().parents[2]
REASON = re.compile(r"""(?:["']reason["']: |to_person\(talk, )["'](\w+)["']""")


def test_every_reason_of_the_assistant_has_words() -> None:
    sources = [ROOT / "domain.yml", *(ROOT / "bot" / "actions").glob("*.py")]
    given = {reason for source in sources for reason in REASON.findall(source.read_text("utf-8"))}
    assert {"no_price", "not_understood", "unknown_device"} <= given
    assert given <= set(words.REASONS)
