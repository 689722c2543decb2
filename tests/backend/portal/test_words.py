"""How pages say times, numbers and code."""

from datetime import UTC, datetime, timedelta

import pytest

from backend.portal import words
from backend.portal.description import kind, limits
from backend.portal.rendering import ENVIRONMENT

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "said"),
    [
        (timedelta(seconds=-5), "just now"),
        (timedelta(seconds=59), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=1), "1 hour ago"),
        (timedelta(hours=23, minutes=59), "23 hours ago"),
        (timedelta(hours=25), "yesterday, 09:00"),
        (timedelta(days=2), "Sun 22 Nov, 10:00"),
        (timedelta(days=100), "Sun 16 Aug, 11:00"),
    ],
)
def test_how_long_ago(passed: timedelta, said: str) -> None:
    assert words.ago(NOW - passed, NOW) == said


def test_a_moment_is_the_shops_own_time_on_both_sides_of_the_clock_change() -> None:
    assert words.moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)) == "Sun 25 Oct, 01:30"
    assert words.full_moment(datetime(2026, 10, 25, 0, 30, tzinfo=UTC)).endswith("01:30 BST")
    assert words.full_moment(datetime(2026, 10, 25, 1, 30, tzinfo=UTC)) == "Sunday 25 October 2026, 01:30 GMT"


@pytest.mark.parametrize(
    ("number", "said"), [("+447700900123", "+44 7700 900123"), ("01134960123", "+44 113 496 0123"), ("ask Sam", "ask Sam")]
)
def test_phone_numbers_are_grouped(number: str, said: str) -> None:
    assert words.phone(number) == said


def test_code_in_a_sentence_is_marked_and_nothing_else_gets_through() -> None:
    drawn = ENVIRONMENT.from_string("{{ text | code }}").render(text="refused with `a<b` & <i>more</i>")
    assert drawn == "refused with <code>a&lt;b</code> &amp; &lt;i&gt;more&lt;/i&gt;"


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ({"$ref": "#/components/schemas/DeviceOfQuote"}, "device of quote"),
        ({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "null"}]}, "uuid or null"),
        ({"type": "array", "items": {"type": "string"}}, "list of string"),
        ({"enum": ["a", "b"]}, "a | b"),
        ({"const": True}, "True"),
        ({}, "anything"),
    ],
)
def test_types_in_words(schema: dict[str, object], said: str) -> None:
    assert kind(schema) == said


def test_limits_in_words() -> None:
    assert limits({"maxLength": 10, "minLength": 0, "default": "x"}) == "at least 0 characters, at most 10 characters, x unless said"
