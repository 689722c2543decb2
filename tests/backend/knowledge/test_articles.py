"""The articles themselves: every one reads, every fact exists, nothing is written twice."""

import re
from pathlib import Path

import pytest

from backend.capacity.models import Location
from backend.core.site import Site
from backend.knowledge import facts, queries
from backend.knowledge.articles import LONGEST, BrokenArticle, read, shelf
from backend.knowledge.text import plain

WHOLE = """---
title: Trying things out
group: Repairs
updated: 2026-11-22
asked: {One: how is it done, Two: what else}
---
## One
Words.

## Two
More words.
"""


def test_there_are_enough_of_them_and_each_fact_is_known() -> None:
    passages = [passage for article in shelf().values() for passage in article.passages]
    assert len(shelf()) >= 45 and len(passages) >= 120
    assert {name for passage in passages for name in passage.facts} <= facts.NAMES
    assert len({passage.key for passage in passages}) == len(passages)
    questions = [question.lower() for passage in passages for question in passage.asked]
    assert min(len(question) for question in questions) > 3


def test_no_price_hour_or_phone_number_has_a_second_home() -> None:
    """Amounts, hours and numbers come from the services; what stands in an article itself is a rule of thumb or a number of others."""
    for article in shelf().values():
        for passage in article.passages:
            text = passage.source.replace("0808 223 1133", "")
            assert not re.search(r"[£€$]\s?\d|\b\d{1,2}:\d{2}\b|\b0\d{3,4}[ \d]{6,}|\bLS\d", text), passage.key
            assert not re.search(r"\b\d+ months\b(?!.{0,20}full)|\bMill Street\b", text), passage.key
            assert "!" not in text, passage.key


async def test_every_passage_can_be_said_and_fits_a_chat(shop: Location, site: Site) -> None:
    unsaid = set()
    async with site.work() as session:
        for article in shelf().values():
            said = await queries.say(session, article.passages)
            unsaid |= {passage.key for passage in article.passages} - {one.passage.key for one in said}
            for one in said:
                assert 20 < len(one.text) <= LONGEST + 100 and "{" not in one.text and "](" not in one.text, one.text
    assert unsaid <= {
        "by-post#not-by-post-just-now",  # the shop takes devices by post
        "console-hdmi#having-the-socket-mended",  # no longer than consoles are missing from the catalogue
        "stick-drift#having-it-mended",
    }


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("---\ntitle", "title"), "front matter"),
        (("group: Repairs", "group: Elsewhere"), "no group"),
        (("{One: how is it done, Two: what else}", "{One: how is it done}"), "other headings"),
        (("updated: 2026-11-22", "updated: yesterday"), "updated"),
        (("Words.", "w" * (LONGEST + 1)), "characters"),
        (("Words.", "Words in *stars*."), "only paragraphs"),
        (("Words.", "<b>Words</b>."), "only paragraphs"),
        (("Words.", "See [there](nowhere)."), "nowhere"),
        (("updated: 2026-11-22", "updated: 2026-11-22\nrelated: [nowhere]"), "nowhere"),
        (("updated: 2026-11-22", "updated: 2026-11-22\nsecret: 1"), "secret"),
    ],
)
def test_what_is_no_article_is_refused(tmp_path: Path, change: tuple[str, str], says: str) -> None:
    (tmp_path / "trying.md").write_text(WHOLE)
    assert read(tmp_path)["trying"].passages[1].anchor == "two"
    (tmp_path / "trying.md").write_text(WHOLE.replace(*change))
    with pytest.raises(BrokenArticle, match=says):
        read(tmp_path)


def test_a_missing_fact_leaves_nothing_to_say() -> None:
    known = {"phone": "0113", "minutes": {"screen": {"phone": "45 minutes"}}}
    assert facts.fill("Ring {phone}: {minutes[screen][phone]}.", known) == "Ring 0113: 45 minutes."
    for lacking in ("{email}", "{minutes[screen][watch]}", "{minutes[hinge][phone]}", "{phone[x]}"):
        assert facts.fill(lacking, known) is None


def test_a_chat_gets_plain_words() -> None:
    assert plain("Read\n[our page](backup-iphone).\n\n- one\n- two") == "Read our page.\n• one\n• two"
