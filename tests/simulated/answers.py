"""What a customer answers, by what was asked; None when they go."""

from collections.abc import Callable

from tests.simulated import errands, times
from tests.simulated.checking import misheard, put_right
from tests.simulated.goals import Item
from tests.simulated.person import Move, Person, an
from tests.simulated.reading import Asked, Read

FAULT_BUTTONS = {"screen_cracked": "Cracked screen", "battery_drains": "Battery", "not_charging": "Not charging"}


def device(person: Person, read: Read) -> Move | None:
    """Which device is it?"""
    item = _meant(person, read)
    fitting = [title for title in read.buttons if title == item.name]
    asked_which = item.vague and "exactly" in read.text and person.times["device"] == 1
    item.vague = False
    person.named.add(id(item))
    if fitting and person.presses():
        return Move("press", title=fitting[0])
    if asked_which:
        return person.say(str(person.dice.choice(item.entry["then"])))
    called = person.called(item) if person.times["device"] < 3 else item.name.lower()
    return person.speak("device", device=called, an=an(called))


def _meant(person: Person, read: Read) -> Item:
    asked = read.text.splitlines()[-1].lower()
    named = [item for item in person.items if any(str(word).lower() in asked for word in item.entry["vague"])]
    unnamed = [item for item in person.items if item.vague or id(item) not in person.named]
    return (named or unnamed or person.items)[0]


def fault(person: Person, read: Read) -> Move | None:
    """What is wrong with it?"""
    asked = read.text.splitlines()[-1]
    item = next((one for one in person.items if one.name in asked), person.items[0])
    title = FAULT_BUTTONS.get(item.troubles[0].code, "") if len(item.troubles) == 1 else ""
    if title in read.buttons and person.presses():
        return Move("press", title=title)
    return person.say(person.bare(item))


def quote(person: Person, read: Read) -> Move | None:
    """A price: right? Shall I find you a time?"""
    wrong = misheard(person, read)
    if wrong and not person.goal.hasty:
        return put_right(person, read, wrong)
    unsaid = next((item for item in person.items if id(item) not in person.told), None)
    if unsaid is not None:
        return person.another(unsaid)
    if person.stage == "price":
        return person.speak("thanks") if person.once("thanked") else None
    if person.stage == "too_dear":
        return person.speak("too_dear") if person.once("left") else None
    if person.stage == "leave" and person.dice.random() < 0.4:
        return person.leave()
    if person.by_post:
        return Move("press", title="Post it") if "Post it" in read.buttons and person.presses() else person.speak("post")
    if person.presses() and "Find a time" in read.buttons:
        return Move("press", title="Find a time")
    return person.speak("wish", when=person.when()) if person.dice.random() < 0.4 else person.speak("find_time")


def contact(person: Person, read: Read) -> Move | None:
    """Name and e-mail?"""
    if person.stage == "leave":
        return person.leave()
    if {"name", "email"} <= set(read.fields) and (person.dice.random() < person.goal.manner.forms or person.times["contact"] > 2):
        return Move("fill", values=_fields(person, read))
    last = read.text.splitlines()[-1].lower()
    wants_name, wants_email = "name" in last, "e-mail" in last or "address" in last
    if wants_name and wants_email and person.dice.random() < 0.65:
        both = person.put("contact_both", name=person.name, email=person.email)
        return person.say(both, person.put("phone", phone=person.goal.phone) if person.goal.phone else "")
    if wants_email and (not wants_name or person.dice.random() < 0.4):
        return person.speak("email", email=person.email)
    return person.speak("name", name=person.name)


def _fields(person: Person, read: Read) -> dict[str, str]:
    known = {"name": person.name, "email": person.email, "phone": person.goal.phone or "", **person.goal.address}
    return {name: known[name] for name in read.fields if known.get(name)}


def address(person: Person, read: Read) -> Move | None:
    """Where does it go back to?"""
    if person.times["address"] == 1 and person.dice.random() > max(person.goal.manner.forms, 0.5):
        return person.say(f"{person.name}, {', '.join(person.goal.address.values())}", person.email)
    return Move("fill", values=_fields(person, read))


def confirm(person: Person, read: Read) -> Move | None:
    """Shall I book it?"""
    wrong = misheard(person, read)
    if wrong and not person.goal.hasty:
        return put_right(person, read, wrong)
    if person.stage == "leave":
        return person.leave()
    person.unread, person.total = wrong, read.total or person.total
    if not person.accepted and read.label and not person.by_post:
        person.agreed_label = read.label
    return Move("press", title="Book it") if person.presses() and "Book it" in read.buttons else person.speak("confirm")


def checklist(person: Person, read: Read) -> Move | None:
    """Shall we go through what to see to?"""
    return person.speak("skip") if person.dice.random() < 0.6 else person.say("yes go on then")


def check(person: Person, read: Read) -> Move | None:
    """One thing to see to before the visit."""
    if person.dice.random() < 0.6:
        return Move("press", title=person.dice.choice(read.buttons))
    return person.say(person.dice.choice(("yes", "not yet", "done that", "skip")))


ANSWERS: dict[Asked, Callable[[Person, Read], Move | None]] = {
    "nothing": errands.nothing,
    "open": errands.what_next,
    "change": errands.what_next,
    "person": errands.someone,
    "device": device,
    "fault": fault,
    "quote": quote,
    "time": times.free_times,
    "contact": contact,
    "address": address,
    "day": times.arrival,
    "confirm": confirm,
    "which": errands.which,
    "reference": errands.reference,
    "code": lambda person, read: person.say(person.put("code", code="{code}")),
    "move": errands.move,
    "cancel": errands.cancel,
    "checklist": checklist,
    "check": check,
    "post": lambda person, read: person.speak("agree") if person.by_post else person.say("no thanks"),
}
