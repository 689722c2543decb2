"""Choosing a time, or the day a parcel arrives."""

import re
from datetime import timedelta

from tests.simulated import wishes, wording
from tests.simulated.person import Move, Person
from tests.simulated.reading import Read

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth")
REFUSED = re.compile(r"not free|nothing is free|we're closed on|gone by already|just been taken", re.IGNORECASE)


def free_times(person: Person, read: Read) -> Move | None:
    """Which of these times?"""
    if person.stage == "leave":
        return person.leave()
    if person.by_post and read.slots and REFUSED.search(read.text) is None and person.stage == "book":
        return person.speak("post")
    fitting = [
        at for at, slot in enumerate(read.slots) if person.wish.fits(slot) and not (person.stage == "move" and slot == person.former)
    ]
    if fitting:
        return _pick(person, read, person.dice.choice(fitting))
    if person.wished and read.slots and (person.times["time"] > 2 or REFUSED.search(read.text)):
        if person.dice.random() < 0.6 or person.times["time"] > 3:
            return _pick(person, read, person.dice.randrange(len(read.slots)))
        person.wish = wishes.wish(person.dice, read.slots[0].date() - timedelta(1))
        person.accepted.clear()
        return person.speak("none_suits", when=person.when())
    person.accepted.clear()
    return person.speak("wish", when=person.when())


def _pick(person: Person, read: Read, at: int) -> Move:
    slot = read.slots[at]
    person.accepted = {slot}
    if person.dice.random() < max(person.goal.manner.buttons, 0.3):
        return Move("slot", index=at + 1)
    alone = sum(other.time() == slot.time() for other in read.slots) == 1
    ways = wording.read("talk")["pick"]
    ways = [way for way in ways if "{day}" in way or ("{ordinal}" in way and at < len(ORDINALS)) or ("{time}" in way and alone)]
    said = wishes.clock(person.dice, slot.hour, slot.minute)
    return person.say(person.dice.choice(ways).format(time=said, ordinal=ORDINALS[min(at, 5)], day=wishes.DAYS[slot.weekday()]))


def arrival(person: Person, read: Read) -> Move | None:
    """On which day will it be there?"""
    days = [title for title in read.buttons if "bring" not in title]
    if not days:
        return person.speak("bring")
    at = person.dice.randrange(len(days))
    person.day = days[at]
    if person.dice.random() < max(person.goal.manner.buttons, 0.3) or at >= len(ORDINALS):
        return Move("press", title=days[at])
    return person.say(person.dice.choice((f"the {ORDINALS[at]} one", days[at], f"{days[at]} please")))
