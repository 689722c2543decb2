"""A customer's head: what they want, what they have said so far, slips included, and how they put things."""

import random
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from tests.simulated import wording
from tests.simulated.goals import Goal, Item, Twist
from tests.simulated.manner import typed


@dataclass
class Move:
    """One thing a customer does."""

    how: Literal["say", "press", "slot", "fill", "return"]
    lines: list[str] = field(default_factory=list)
    title: str = ""
    index: int = 0
    values: dict[str, str] = field(default_factory=dict)


@dataclass
class Seen:
    """What is counted while somebody talks."""

    misheard: int = 0
    lost: int = 0
    asked: int = 0
    answered: int = 0
    unanswered: list[str] = field(default_factory=list)
    gave_up: str = ""
    failed_turns: int = 0


class Person:
    """What one customer wants and has said; what they say is put in their own manner."""

    def __init__(self, goal: Goal, seed: int) -> None:
        self.goal = goal
        self.dice = random.Random(f"{seed}:{goal.number}:mind")
        self.items = [Item(one.name, one.entry, one.whose, list(one.troubles), one.vague) for one in goal.items]
        self.wish, self.name, self.email, self.by_post = goal.wish, goal.name, goal.email, goal.by_post
        self.twists, self.questions = list(goal.twists), list(goal.questions)
        for twist in self.twists:
            self._begin_wrong(twist)
        #: What they are at: the kind of their goal, then `after` or `done`.
        self.stage: str = goal.kind
        self.seen = Seen()
        self.times: dict[str, int] = {}
        self.said: list[str] = []
        #: Devices that were named in full, and those that were spoken of at all.
        self.named: set[int] = set()
        self.told: set[int] = set()
        self.wished = self.greeted = False
        #: Times picked by this person, the label last agreed to, the time a booking had before it is moved, the day a parcel arrives.
        self.accepted: set[datetime] = set()
        self.agreed_label = self.day = self.total = self.reference = ""
        self.former: datetime | None = None
        #: The pattern a good answer to their question fits, and the question.
        self.awaiting: tuple[str, str] | None = None
        #: What was read back when they gave their word although something was wrong in it: nobody reads everything.
        self.unread = ""

    def say(self, *lines: str) -> Move:
        """Write this, in their manner; several lines mostly in one message."""
        told = [line for line in lines if line]
        if len(told) > 1 and self.dice.random() >= self.goal.manner.bursts:
            told = [self._joined(told)]
        self.said += told
        keep = frozenset(self.goal.name.lower().split())
        return Move("say", [typed(self.dice, self.goal.manner, line, keep) for line in told])

    def _joined(self, lines: list[str]) -> str:
        glue = ". " if self.goal.manner.formal else self.dice.choice((", ", ". ", " - ", " "))
        return "".join(line if at == 0 else (" " if lines[at - 1][-1:] in "?!.," else glue) + line for at, line in enumerate(lines))

    def put(self, kind: str, **values: str) -> str:
        """One of the ways to say this."""
        return wording.one_of(self.dice, kind, **values)

    def speak(self, kind: str, **values: str) -> Move:
        """Say one of the ways to say this."""
        return self.say(self.put(kind, **values))

    def presses(self) -> bool:
        """Whether they press a button this time."""
        return self.dice.random() < self.goal.manner.buttons

    def once(self, what: str) -> bool:
        """Whether this is the first time."""
        self.times[what] = self.times.get(what, 0) + 1
        return self.times[what] == 1

    def called(self, item: Item) -> str:
        """A name for a device."""
        self.told.add(id(item))
        return str(self.dice.choice(item.entry["vague" if item.vague else "said"]))

    def my(self, item: Item) -> str:
        """A device as somebody's."""
        return f"{item.whose} {self.called(item)}"

    def telling(self, item: Item) -> str:
        """The device and all its faults in one breath."""
        if not item.vague:
            self.named.add(id(item))
        first, *more = item.troubles
        if self.goal.manner.formal:
            short = self.dice.choice(first.short)
            lead = self.put("formal_fault", my=self.my(item), bare=short, Bare=short[:1].upper() + short[1:])
        else:
            lead = self.dice.choice(first.told).format(my=self.my(item))
        return " and ".join([lead.rstrip("."), *(self.dice.choice(one.short) for one in more)]) if more else lead

    def bare(self, item: Item) -> str:
        """All its faults, where the device is known."""
        self.told.add(id(item))
        first, *more = item.troubles
        return " and ".join([self.dice.choice(first.bare), *(self.dice.choice(one.short) for one in more)])

    def when(self) -> str:
        """The wish for a time."""
        self.wished = True
        return str(self.dice.choice(self.wish.said))

    def another(self, item: Item) -> Move:
        """Bring up a device that was not spoken of yet."""
        self.named.add(id(item))
        item.vague = False
        return self.speak("add_device", my2=self.my(item), bare2=self.bare(item))

    def ask(self, hello: str = "") -> Move:
        """Ask the next of their questions."""
        question = self.questions.pop(0)
        move = self.say(hello, self.dice.choice(question["said"]))
        self.awaiting = (question["told"], " / ".join(move.lines))
        return move

    def heard(self, text: str) -> None:
        """Whether that answers what they asked."""
        if self.awaiting is None:
            return
        (pattern, question), self.awaiting = self.awaiting, None
        self.seen.asked += 1
        if re.search(pattern, text):
            self.seen.answered += 1
        else:
            self.seen.unanswered.append(question)

    def leave(self) -> Move | None:
        """Drop it, in so many words."""
        return self.speak("leave") if self.once("left") else None

    def give_up(self, why: str) -> Move | None:
        """Have enough, and go."""
        self.seen.gave_up = why
        return None

    def _begin_wrong(self, twist: Twist) -> None:
        match twist.what:
            case "device":
                self.items[0].name, self.items[0].entry = twist.value["is"], twist.value
            case "email":
                self.email = twist.value
            case "name":
                self.name = twist.value


def an(called: str) -> str:
    """With its article: `an iphone 13`, `a samsung`, `13 pro`."""
    if called[:1].isdigit():
        return called
    vowel = called[:1].lower() in "aeio" or re.match(r"[sx][a-z]?\d|x[rs]\b", called.lower())
    return f"{'an' if vowel else 'a'} {called}"


def letters(text: str) -> str:
    """The letters of a name alone: `O'Brien` and `obrien` are the same person."""
    return re.sub(r"[^a-z]", "", text.lower())


def plain(code: str, otherwise: str) -> str:
    """A fault as one names it to leave it out: `the screen`."""
    return str(wording.read("talk")["parts"].get(code, otherwise))
