"""What a customer does about an answer: decided from what was asked and what they want, never from what the assistant thinks."""

import re

from tests.simulated.answers import ANSWERS
from tests.simulated.checking import misheard
from tests.simulated.goals import Moment, Twist
from tests.simulated.person import Move, Person, an, plain
from tests.simulated.reading import Asked, Read

MOMENT: dict[Asked, Moment] = {"quote": "quote", "time": "time", "contact": "contact", "confirm": "confirm"}
#: How often the same question is answered before somebody has had enough, and how often those that come again with every change.
PATIENCE, LONGER = 4, 7
CANCELLED = re.compile(r"is cancelled\b")
UNLISTED = re.compile(r"fairphone 4|doro 8050|blackberry keyone")


def next_move(person: Person, read: Read) -> Move | None:
    """What they do next; None when they have what they came for, or go."""
    _note(person, read)
    if read.asks == "again":
        person.seen.failed_turns += 1
        return Move("press", title="Try again") if person.seen.failed_turns < 3 else person.give_up("failed turns")
    if read.owner in ("waiting", "technician"):
        return None
    due = next((twist for twist in person.twists if twist.at == MOMENT.get(read.asks)), None)
    if due is not None and person.stage == "book" and not misheard(person, read):
        person.twists.remove(due)
        return twist(person, due)
    person.times[read.asks] = person.times.get(read.asks, 0) + 1
    if person.times[read.asks] > (LONGER if read.asks in ("quote", "time", "confirm") else PATIENCE):
        return person.give_up(f"asked again and again: {read.asks}")
    if person.stage in BRIEFLY:
        return _briefly(person, read)
    return ANSWERS[read.asks](person, read)


def _note(person: Person, read: Read) -> None:
    person.heard(read.text)
    person.seen.lost += read.lost
    if read.booked is not None:
        person.reference = str(read.booked.get("reference", person.reference))
        if person.stage in ("book", "price", "leave", "too_dear"):
            person.stage = "after" if person.goal.after and person.stage == "book" else "done"
        elif person.stage == "move":
            person.stage = "done"
    if person.stage == "cancel" and CANCELLED.search(read.text):
        person.stage = "done"


#: Visits of a few words.
BRIEFLY = ("question", "person", "complain", "stranger", "unknown", "done", "status")


def _briefly(person: Person, read: Read) -> Move | None:
    match person.stage:
        case "done" if read.asks in ("checklist", "check"):
            return ANSWERS[read.asks](person, read)
        case "done":
            return person.speak("thanks") if person.dice.random() < 0.5 and person.once("thanked") else None
        case "question":
            return person.ask() if person.questions else None
        case "status" if read.asks in ("reference", "which") and person.once("ref"):
            return person.speak("ref", ref=person.reference)
        case "person" if read.asks == "person":
            return person.say("yes")
        case "unknown" if "Ask a technician" in read.buttons:
            return Move("press", title="Ask a technician")
        case "unknown" if read.asks == "device" and person.once("named"):
            found = UNLISTED.search(" ".join(person.said))
            return person.say(found.group() if found else "")
    return None


def twist(person: Person, due: Twist) -> Move:
    """Something comes up."""
    item, value, dice = person.items[0], due.value, person.dice
    match due.what:
        case "ask":
            person.questions.insert(0, value)
            return person.ask()
        case "away":
            return Move("return", [person.put("back")] if dice.random() < 0.7 else ["hello?"])
        case "device":
            wrong, right = person.called(item), person.goal.items[0]
            item.name, item.entry = right.name, right.entry
            called = person.called(item)
            return person.speak("meant_device", an=an(called), device=called, wrong=f"the {wrong}")
        case "add_fault":
            item.troubles.append(value)
            return person.speak("add_fault", short=dice.choice(value.short))
        case "drop_fault":
            item.troubles = [one for one in item.troubles if one.code != value.code]
            left = item.troubles[0]
            return person.speak("drop_fault", name=plain(value.code, value.short[0]), keep=plain(left.code, left.short[0]))
        case "add_device":
            person.items.append(value)
            return person.another(value)
        case "time":
            person.wish = value
            person.accepted.clear()
            return person.speak("wish_instead", when=person.when())
        case "email":
            person.email = person.goal.email
            return person.speak("wrong_email", email=person.email)
    person.name = person.goal.name
    return person.speak("wrong_name", name=person.name)
