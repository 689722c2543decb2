"""Days and times as people in Britain write them: "tomorrow after 4", "next tue", "half 3", "friday morning", "25/11 at 10.30"."""

import re
from datetime import date, datetime, timedelta
from typing import Any

from models.text import feasts

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NUMBERS = {
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "seven": 7,
    "eight": 8,
    "nine": 9,
    "ten": 10,
    "eleven": 11,
    "twelve": 12,
    "a": 1,
    "an": 1,
    "couple of": 2,
    "a couple of": 2,
}
N = r"(?P<n>\d{1,2}|a couple of|couple of|" + "|".join(k for k in NUMBERS if len(k) > 2) + r"|an?)"
HOUR = r"(?P<h>\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
DAY = (
    r"(?P<day>mon(?:day)?|tue(?:s(?:day)?)?|tuseday|wed(?:s|nesday)?|wensday|wednsday|thu(?:rs?(?:day)?)?|thrusday"
    r"|fri(?:day)?|firday|sat(?:urday)?|sun(?:day)?)s?"
)
MONTH = (
    r"(?P<month>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?"
    r"|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)"
)
TOMORROW = r"(?:tomorr?ow|tommorr?ow|tomoro|tomorro|tmrw|tmr|tomoz|tmw|2moro|2morrow|2mrw|2moz|tomo)"
PARTS = {"arvo": "afternoon", "aft": "afternoon", "morn": "morning", "after work": "evening", "after school": "afternoon"}
SPELLING = {"tuseday": "tue", "wensday": "wed", "wednsday": "wed", "thrusday": "thu", "firday": "fri"}
#: "sat on his phone", "my cat sat down on it": how screens break; "sat on the 28th" and "sat in the morning" are days.
SAT = re.compile(
    r"\s+(?:(?:right|straight|down) )?(?:on|under|beside|next to)\b"
    r"(?! (?:the )?(?:\d|morning|afternoon|evening)|.{0,12}\d{1,2}(?:st|nd|rd|th)\b)"
)
PAST = re.compile(r"\b(?:since|last|until|yesterday|bought(?: it)? (?:on|in)|dropped (?:it )?(?:on)?|broke(?: it)? on)\s*$")


def find(text: str, now: datetime) -> dict[str, Any]:
    """What the text says of when: `date` or `date_from`/`date_to` (ISO), `time`, `time_from`, `time_to` (HH:MM), `part_of_day`, `soonest`.

    `now` carries the shop's zone; days are that zone's days, so a clock change moves nothing.
    """
    said = " " + re.sub(r"[’]", "'", text.lower()) + " "
    when: dict[str, Any] = {}
    said = _day(said, now.date(), when)
    _time(said, when)
    if (
        "time" in when
        and "date" not in when
        and re.search(r"\byesterday\b", said)
        and not re.search(r"\b(?:dropp?ed|broke|fell|since|happened|went|stopped)\b", said)
    ):
        when["date"] = (now.date() - timedelta(1)).isoformat()
    if re.search(
        r"\b(?:asap|as soon as (?:poss(?:ible)?|you can)|soonest|earliest|first available|next (?:available|free)"
        r"|straight away|right away|urgently)\b",
        said,
    ):
        when["soonest"] = True
    return when


def _cut(said: str, match: "re.Match[str]") -> str:
    return said[: match.start()] + " , " + said[match.end() :]


def _number(word: str) -> int:
    return int(word) if word.isdigit() else NUMBERS.get(word, 1)


def _past(said: str, start: int) -> bool:
    return bool(PAST.search(said[:start]))


def _denied(said: str, start: int) -> bool:
    """Whether the day is named to rule it out: "not tomorrow, wednesday"."""
    return bool(re.search(r"\b(?:not|cant do|can't do|cannot do|anything but|except) (?:on |the )?$", said[:start]))


def _weekday(word: str) -> int:
    return DAYS.index(SPELLING.get(word, word)[:3])


def _day(said: str, today: date, when: dict[str, Any]) -> str:
    for rule in (_relative, _feast, _numeric, _month, _dated, _named, _weeks, _ordinal):
        changed = rule(said, today, when)
        if changed is not None:
            return changed
    return said


def _relative(said: str, today: date, when: dict[str, Any]) -> str | None:
    rules: tuple[tuple[str, Any], ...] = (
        (r"\bday after " + TOMORROW + r"\b|\b(?:the )?day after tomorrow\b", lambda m: today + timedelta(2)),
        (r"\ba? ?week (?:from )?" + TOMORROW + r"\b|\b" + TOMORROW + r" week\b", lambda m: today + timedelta(8)),
        (r"\ba week (?:from )?today\b|\btoday week\b|\ba week from now\b", lambda m: today + timedelta(7)),
        (
            r"\b(?:in )?" + N + r" days?(?:'? time| from now)\b|\bin (?P<n2>\d{1,2}) days?\b",
            lambda m: today + timedelta(_number(m.group("n") or m.group("n2"))),
        ),
        (r"\b" + TOMORROW + r"\b", lambda m: today + timedelta(1)),
        (r"\b(?:today|2day|tonight|this (?:morning|afternoon|evening|arvo))\b", lambda m: today),
    )
    for pattern, day in rules:
        match = next((found for found in re.finditer(pattern, said) if not _denied(said, found.start())), None)
        if match:
            when["date"] = day(match).isoformat()
            if match.group().strip() == "tonight":
                when["part_of_day"] = "evening"
            part = re.search(r"this (morning|afternoon|evening|arvo)", match.group())
            if part:
                when["part_of_day"] = "afternoon" if part.group(1) == "arvo" else part.group(1)
            return _cut(said, match)
    return None


def _feast(said: str, today: date, when: dict[str, Any]) -> str | None:
    found = feasts.find(said, today)
    if found is None:
        return None
    when.update(found[0])
    return _cut(said, found[1])


def _numeric(said: str, today: date, when: dict[str, Any]) -> str | None:
    iso = re.search(r"\b(20\d\d)-(\d\d)-(\d\d)\b", said)
    match = iso or re.search(r"(?<![\d.:])(\d{1,2})[/](\d{1,2})(?:[/](\d{4}|\d{2}))?(?![\d/])", said)
    if not match:
        return None
    if iso:
        year, month, day = (int(g) for g in iso.groups())
    else:
        day, month = int(match.group(1)), int(match.group(2))
        year = int(match.group(3)) if match.group(3) else 0
        year += 2000 if 0 < year < 100 else 0
    found = _date(year, month, day, today)
    if found is None:
        when["date_invalid"] = match.group().strip()
        return _cut(said, match)
    when["date"] = found.isoformat()
    return _cut(said, match)


def _date(year: int, month: int, day: int, today: date) -> date | None:
    try:
        found = date(year or today.year, month, day)
    except ValueError:
        return None
    if not year and found < today:
        try:
            return found.replace(year=today.year + 1)
        except ValueError:
            return None
    return found


def _month(said: str, today: date, when: dict[str, Any]) -> str | None:
    before = r"\b(?P<d>\d{1,2})(?:st|nd|rd|th)?(?: of)? " + MONTH + r"\b(?: (?P<y>20\d\d))?"
    after = r"\b" + MONTH + r" (?:the )?(?P<d>\d{1,2})(?:st|nd|rd|th)?\b(?![:.]\d)(?:,? (?P<y>20\d\d))?"
    match = re.search(before, said) or re.search(after, said)
    if not match or _past(said, match.start()) or _denied(said, match.start()):
        return None
    found = _date(int(match.group("y") or 0), MONTHS.index(match.group("month")[:3]) + 1, int(match.group("d")), today)
    if found is None:
        when["date_invalid"] = match.group().strip()
    else:
        when["date"] = found.isoformat()
    return _cut(said, match)


def _dated(said: str, today: date, when: dict[str, Any]) -> str | None:
    """A weekday with its date, such as "mon 7th" or "friday the 4th": the next day that is both, else the date."""
    match = re.search(r"\b" + DAY + r",? (?:the )?(?P<d>[12]?\d|3[01])(?:st|nd|rd|th)\b(?!\s*(?:one|option|choice)\b)", said)
    if not match or _past(said, match.start()) or _denied(said, match.start()):
        return None
    weekday, days = _weekday(match.group("day")), [today + timedelta(ahead) for ahead in range(366)]
    same = [day for day in days if day.day == int(match.group("d"))]
    found = next((day for day in same[:4] if day.weekday() == weekday), same[0] if same else None)
    if found is None:
        return None
    when["date"] = found.isoformat()
    return _cut(said, match)


def _named(said: str, today: date, when: dict[str, Any]) -> str | None:
    week_on = re.search(r"\ba? ?week on " + DAY + r"\b|\b" + DAY.replace("<day>", "<day2>") + r" week\b(?! day)", said)
    if week_on:
        day = _weekday(week_on.group("day") or week_on.group("day2"))
        when["date"] = (today + timedelta((day - today.weekday() - 1) % 7 + 8)).isoformat()
        return _cut(said, week_on)
    for match in re.finditer(r"\b(?:(?P<which>next|this|coming|on)\s+)?" + DAY + r"(?P<next>\s+next week)?\b", said):
        if _past(said, match.start()) or _denied(said, match.start()) or re.match(r"\s*(?:is|was)n'?t (?:any )?good", said[match.end() :]):
            continue
        word = match.group("day")
        if word == "sat" and SAT.match(said[match.end() :]):
            continue
        if word in ("sun", "sat", "mon", "wed") and len(word) == 3 and re.match(r"\s+(?:on|in) (?:it|my)", said[match.end() :]):
            continue  # "sat on it" is how screens break
        day = _weekday(word)
        ahead = (day - today.weekday() - 1) % 7 + 1
        if match.group("which") == "next" or match.group("next"):
            monday = today + timedelta(7 - today.weekday())
            found = monday + timedelta(day)
        elif match.group("which") == "this" and ahead == 7:
            found = today
        else:
            found = today + timedelta(ahead)
        when.update(feasts.around(said[: match.start()], found, today))
        return _cut(said, match)
    return None


def _weeks(said: str, today: date, when: dict[str, Any]) -> str | None:
    monday = today - timedelta(today.weekday())
    rules: tuple[tuple[str, date, date], ...] = (
        (r"\bweek after next\b", monday + timedelta(14), monday + timedelta(20)),
        (r"\bend of (?:the|this) week\b", monday + timedelta(4), monday + timedelta(5)),
        (r"\b(?:start|beginning) of next week\b|\bearly next week\b", monday + timedelta(7), monday + timedelta(8)),
        (r"\bnext weekend\b", monday + timedelta(12), monday + timedelta(13)),
        (r"\bnext week\b", monday + timedelta(7), monday + timedelta(13)),
        (r"\blater (?:in the|this) week\b", today + timedelta(1), monday + timedelta(6)),
        (r"\bthis week\b", today, monday + timedelta(6)),
        (r"\b(?:this |the |at )?(?:the )?weekend\b", monday + timedelta(5), monday + timedelta(6)),
    )
    for pattern, first, last in rules:
        match = re.search(pattern, said)
        if match:
            if last < today:
                first, last = first + timedelta(7), last + timedelta(7)
            when["date_from"], when["date_to"] = max(first, today).isoformat(), last.isoformat()
            return _cut(said, match)
    weeks = re.search(r"\bin " + N + r" weeks?\b|\b(?P<m>\d|two|three) weeks?'? time\b", said)
    if weeks:
        count = _number(weeks.group("n") or weeks.group("m"))
        when["date"] = (today + timedelta(7 * count)).isoformat()
        return _cut(said, weeks)
    return None


def _ordinal(said: str, today: date, when: dict[str, Any]) -> str | None:
    match = re.search(r"\b(?:on )?(?:the )(?P<d>\d{1,2})(?:st|nd|rd|th)\b|\b(?P<d2>\d{1,2})(?:st|nd|rd|th)\b", said)
    if not match or re.match(r"\s*(?:one|gen|option|choice)\b", said[match.end() :]):
        return None
    day = int(match.group("d") or match.group("d2"))
    if not 1 <= day <= 31 and match.group("d"):
        when["date_invalid"] = match.group().strip()
        return _cut(said, match)
    if not 4 <= day <= 31 and not match.group("d"):
        return None  # "1st one", "2nd please" choose from a list
    month, year = today.month, today.year
    for _ in range(13):
        try:
            found = date(year, month, day)
            if found >= today:
                when["date"] = found.isoformat()
                return _cut(said, match)
        except ValueError:
            pass  # this month has no such day; the next may
        month, year = (1, year + 1) if month == 12 else (month + 1, year)
    return None


def _clock(hour: str, minute: int, half: str) -> str | None:
    h = _number(hour)
    if half.startswith("p") and h < 12:
        h += 12
    elif half.startswith("a") and h == 12:
        h = 0
    elif not half and 1 <= h <= 7:
        h += 12  # nobody brings a phone in at four in the morning
    return f"{h:02d}:{minute:02d}" if 0 <= h < 24 and 0 <= minute < 60 else None


def _time(said: str, when: dict[str, Any]) -> None:
    half = r"\s?(?P<half>a\.?m\.?|p\.?m\.?)?\b"
    not_count = r"(?! ?(?:days?|weeks?|hours?|hrs?|mins?|minutes?|months?|years?|times?|gb|%|quid|pounds?|st|nd|rd|th|inch))"
    kinds: tuple[tuple[str, Any], ...] = (
        (r"\bhalf (?:past )?" + HOUR + half, lambda m: (m.group("h"), 30)),
        (r"\bquarter past " + HOUR + half, lambda m: (m.group("h"), 15)),
        (r"\bquarter to " + HOUR + half, lambda m: (str(_number(m.group("h")) - 1 or 12), 45)),
        (r"\b(?P<h>\d{1,2})[:.](?P<m>[0-5]\d)" + half, lambda m: (m.group("h"), int(m.group("m")))),
        (r"\b(?P<h>\d{1,2})\s?(?P<half>a\.?m|p\.?m)\b", lambda m: (m.group("h"), 0)),
        (r"\b" + HOUR + r"[ -]?ish" + half, lambda m: (m.group("h"), 0)),
        (r"\b" + HOUR + r" ?o'? ?clock" + half, lambda m: (m.group("h"), 0)),
        (r"\b(?P<h>[01]\d|2[0-3])(?P<m>00|15|30|45) ?(?:hrs|h)\b" + r"(?P<half>)", lambda m: (m.group("h"), int(m.group("m")))),
        (
            r"\b(?:at|by|after|before|from|till|until|around|about|past|bout|abt|@|for|to|between|round|make it|say)\s?"
            + HOUR
            + r"\b"
            + not_count
            + r"(?P<half>)",
            lambda m: (m.group("h"), 0),
        ),
    )
    between = re.search(
        r"\b(?:between |from )?(?P<a>\d{1,2}(?:[:.]\d\d)?)\s?(?:am|pm)?\s?"
        r"(?:and|to|-|till|until)\s?(?P<b>\d{1,2}(?:[:.]\d\d)?)\s?(?P<half>am|pm)?\b" + not_count,
        said,
    )
    if between and (between.group().strip().startswith(("between", "from")) or between.group("half")):
        low, high = (
            _clock(*([*re.split(r"[:.]", between.group(g)), "0"])[:1], int(([*re.split(r"[:.]", between.group(g)), "0"])[1]), "")
            for g in "ab"
        )
        if low and high:
            when["time_from"], when["time_to"] = low, high
            return
    for pattern, parts in kinds:
        match = re.search(pattern, said)
        if not match:
            continue
        hour, minute = parts(match)
        clock = _clock(hour, minute, (match.group("half") or "").replace(".", ""))
        if clock:
            lead = said[: match.start() + (match.group().find(match.group("h")) if "h" in match.groupdict() else 0)][-16:]
            lead += " " if not lead.endswith(" ") else ""
            if (
                re.search(r"\b(?:after|past|from|later than|any ?time after|not before)\s+$", lead)
                and "quarter past" not in match.group()
                and "half past" not in match.group()
            ):
                when["time_from"] = clock
            elif re.search(r"\b(?:before|by|until|till|no later than|earlier than)\s+$", lead):
                when["time_to"] = clock
            else:
                when["time"] = clock
            break
    if "date" in when and not any(name in when for name in ("time", "time_from", "time_to")):
        bare = re.search(r" ,\s+(?P<h>\d{1,2})(?=\s*(?:$|[,.?!]|please|pls|if|then\b))", said)  # "friday 10"
        if bare and 1 <= int(bare.group("h")) <= 20:
            when["time"] = _clock(bare.group("h"), 0, "")
    if "time" not in when and "time_from" not in when and "time_to" not in when:
        noon = re.search(r"\b(?P<lead>after |before |by |past |until )?(?:noon|midday|mid day|lunch(?:time)?|dinner ?time)\b", said)
        if noon and not re.search(r"by lunch(?:time)?\b", noon.group()):
            when[
                {"after ": "time_from", "past ": "time_from", "before ": "time_to", "by ": "time_to", "until ": "time_to"}.get(
                    noon.group("lead") or "", "time"
                )
            ] = "12:00"
    if "part_of_day" not in when:
        part = re.search(
            r"\b(?<!good )(?P<early>early |late )?(?P<part>mornings?|morn|afternoons?|aft|arvo|evenings?|after work|after school)\b", said
        )
        greeting = re.match(r"^\W*(?:good )?(?:morning|afternoon|evening)\b(?! (?:is|would|works|please|if))", said)
        if part and not (greeting and part.start() <= greeting.end() and "date" not in when):
            word = part.group("part").rstrip("s")
            when["part_of_day"] = PARTS.get(word, word)
