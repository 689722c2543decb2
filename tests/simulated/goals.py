"""What a customer wants: drawn from a seed, so that the same number is the same person again."""

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from tests.simulated import wording
from tests.simulated.manner import MANNERS, Manner
from tests.simulated.wishes import Wish, wish

Kind = Literal["book", "price", "too_dear", "leave", "status", "move", "cancel", "question", "person", "complain", "stranger", "unknown"]
SHARES: dict[Kind, int] = {
    "book": 62, "price": 8, "too_dear": 2, "leave": 3, "status": 5, "move": 5, "cancel": 5, "question": 4, "person": 2, "complain": 1,
    "stranger": 1, "unknown": 2,
}  # fmt: skip
Moment = Literal["quote", "time", "contact", "confirm"]
MOMENTS: tuple[Moment, ...] = ("quote", "time", "contact", "confirm")


@dataclass
class Trouble:
    """One fault as its owner tells it."""

    code: str
    told: list[str]
    bare: list[str]
    short: list[str]


@dataclass
class Item:
    """One device with what is wrong with it."""

    name: str
    entry: dict[str, Any]
    whose: str
    troubles: list[Trouble]
    #: Called by its family at first, such as "iphone".
    vague: bool = False

    @property
    def codes(self) -> set[str]:
        """The faults."""
        return {trouble.code for trouble in self.troubles}


@dataclass
class Twist:
    """Something that comes up on the way: at which question, and what."""

    at: Moment
    what: Literal["ask", "away", "device", "add_fault", "drop_fault", "add_device", "time", "email", "name"]
    #: The fault or device that comes or goes, the other wish, the wrong device or e-mail, the question: whatever `what` needs.
    value: Any = None


@dataclass
class Goal:
    """A customer's aim and everything they know; `after` is what they do once they have booked."""

    number: int
    kind: Kind
    manner: Manner
    items: list[Item]
    wish: Wish
    today: date
    name: str
    email: str
    phone: str | None = None
    by_post: bool = False
    address: dict[str, str] = field(default_factory=dict)
    twists: list[Twist] = field(default_factory=list)
    after: Literal["move", "cancel", "status"] | None = None
    other_browser: bool = False
    questions: list[dict[str, Any]] = field(default_factory=list)
    hasty: bool = False


def goal(seed: int, number: int, today: date) -> Goal:
    """The customer of a number."""
    dice = random.Random(f"{seed}:{number}")
    kind = dice.choices(list(SHARES), list(SHARES.values()))[0]
    manner = dice.choices(MANNERS, [one.weight for one in MANNERS])[0]
    people = wording.read("people")
    first, last = dice.choice(people["first"]), dice.choice(people["last"])
    made = Goal(
        number,
        kind,
        manner,
        [item(dice)],
        wish(dice, today),
        today,
        f"{first} {last}",
        f"{first}.{last}.{seed}.{number}@example.com".lower().replace("'", ""),
        phone=f"07700 900{dice.randrange(100, 999)}" if dice.random() < 0.3 else None,
        hasty=dice.random() < manner.hasty,
        other_browser=dice.random() < 0.5,
        questions=dice.sample(wording.read("questions"), dice.choice((1, 1, 2, 3))),
    )
    if kind == "book":
        _vary(dice, made, today)
    elif kind in ("price", "leave") and dice.random() < 0.3:
        made.items[0].troubles = troubles(dice, made.items[0].name, 2)
    made.items[0].vague = made.items[0].vague or dice.random() < 0.15
    return made


def item(dice: random.Random, but: frozenset[str] = frozenset(), count: int = 1) -> Item:
    """A device with so many faults, of another kind than the ones in `but`."""
    kinds = wording.categories()
    taken = {kinds[name] for name in but}
    entry = wording.weighted(dice, [one for one in wording.read("devices") if kinds[one["is"]] not in taken])
    owner = "my" if not but else dice.choice(("my", "my daughter's", "my son's", "the wife's", "my mum's"))
    whose = owner if but else dice.choice(wording.read("talk")["owner"])
    return Item(entry["is"], entry, whose, troubles(dice, entry["is"], count))


def troubles(dice: random.Random, name: str, count: int) -> list[Trouble]:
    """So many different faults that this model can have."""
    kind = wording.categories()[name]
    fitting = [one for one in wording.read("faults") if kind in one["kinds"] and name in one.get("only", [name])]
    fitting = [one for one in fitting if one["code"] not in wording.impossible(name)]
    found: list[dict[str, Any]] = []
    while len(found) < count:
        one = wording.weighted(dice, fitting)
        # A swollen battery, water or a dead device is told alone; two batteries are one.
        alone = {"battery_swollen", "water_damage", "no_power"}
        codes = {other["code"] for other in [*found, one]}
        if one not in found and not (count > 1 and codes & alone):
            found.append(one)
    return [Trouble(one["code"], one["told"], one["bare"], one["short"]) for one in found]


def _vary(dice: random.Random, made: Goal, today: date) -> None:
    first, roll = made.items[0], dice.random()
    if roll < 0.14:
        first.troubles = troubles(dice, first.name, 2)
    elif roll < 0.26:
        made.items.append(item(dice, frozenset([first.name])))
    elif roll < 0.38 and first.codes.isdisjoint({"battery_swollen"}):
        made.by_post, made.address = True, dice.choice(wording.read("people")["addresses"])
    if not made.by_post and dice.random() < 0.12:
        made.after = dice.choice(("move", "cancel", "status"))
    for _ in range(dice.choices((0, 1, 2, 3), (30, 40, 20, 10))[0]):
        twist = _twist(dice, made, today)
        if twist is not None and twist.what not in {other.what for other in made.twists if other.what != "ask"}:
            made.twists.append(twist)


def _twist(dice: random.Random, made: Goal, today: date) -> Twist | None:
    at, single = dice.choice(MOMENTS), len(made.items) == 1
    what = dice.choices(
        ("ask", "away", "device", "add_fault", "drop_fault", "add_device", "time", "email", "name"), (40, 10, 10, 8, 8, 4, 10, 7, 3)
    )[0]
    first = made.items[0]
    named = {twist.what for twist in made.twists}
    match what:
        case "ask":
            return Twist(at, "ask", dice.choice(wording.read("questions")))
        case "away":
            return Twist(at, "away")
        case "device" if single and not first.vague:
            kinds = wording.categories()
            others = [one for one in wording.read("devices") if one["is"] != first.name and kinds[one["is"]] == kinds[first.name]]
            return Twist(dice.choice(("quote", "quote", "time", "confirm")), "device", dice.choice(others))
        case "add_fault" if single and len(first.troubles) == 1 and first.codes.isdisjoint({"battery_swollen", "water_damage", "no_power"}):
            both = troubles(dice, first.name, 2)
            more = next((one for one in both if one.code not in first.codes), None)
            return Twist(at, "add_fault", more) if more and "drop_fault" not in named else None
        case "drop_fault" if single and len(first.troubles) == 2 and "add_fault" not in named:
            return Twist(at, "drop_fault", first.troubles[0])
        case "add_device" if single and not made.by_post:
            return Twist(dice.choice(("quote", "time")), "add_device", item(dice, frozenset([first.name])))
        case "time" if not made.by_post:
            return Twist(dice.choice(("contact", "confirm")), "time", wish(dice, today))
        case "email":
            return Twist("confirm", "email", made.email.replace("example", "exmaple"))
        case "name":
            return Twist("confirm", "name", made.name.split()[0])
    return None
