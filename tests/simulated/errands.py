"""Errands beside a booking: what is asked when nothing is open, which order, a code, a move, a cancellation, a person."""

import re

from tests.simulated import wishes, wording
from tests.simulated.checking import suits
from tests.simulated.opening import open_up
from tests.simulated.person import Move, Person
from tests.simulated.reading import Read

MOVED_TO = re.compile(r" to ([A-Z][a-z]{2} \d+ [A-Z][a-z]{2}, \d\d:\d\d)\?")


def nothing(person: Person, read: Read) -> Move | None:
    """Nothing was asked: say again what it is about."""
    if person.stage in ("move", "cancel") and "Send me a code" in read.buttons:
        return prove(person)
    return what_next(person, read)


def what_next(person: Person, read: Read) -> Move | None:
    """What can I do for you?"""
    if person.stage == "after":
        return afterwards(person)
    if person.stage in ("move", "cancel"):
        return person.speak(person.stage)
    if person.times.get("left"):
        return None
    if read.asks == "open" and person.greeted and person.times["open"] == 1:
        return open_up(person)
    return person.say(*(person.telling(item) for item in person.items))


def afterwards(person: Person) -> Move:
    """Turn to what comes after a booking."""
    assert person.goal.after
    person.stage = person.goal.after
    person.times.clear()
    person.former = next(iter(person.accepted), None)
    if person.stage == "status":
        return person.speak("status_open")
    if person.stage == "move":
        person.wish = wishes.wish(person.dice, person.former.date() if person.former else person.goal.today)
        person.wished, person.agreed_label = False, ""
        person.accepted.clear()
    return person.speak(person.stage)


def someone(person: Person, read: Read) -> Move | None:
    """Shall a person be asked? Where there is no price or no time: yes."""
    title = next((title for title in read.buttons if title.startswith(("Yes, ask a technician", "Ask a person"))), None)
    return Move("press", title=title) if title else what_next(person, read)


def which(person: Person, read: Read) -> Move | None:
    """Which of them?"""
    if person.stage in ("move", "cancel", "status") and person.reference:
        return person.speak("ref", ref=person.reference)
    for item in person.items:
        if any(wording.labels()[code] in read.text.lower() for code in item.codes):
            return Move("press", title=item.name) if item.name in read.buttons else person.say(person.called(item))
    return person.say(person.called(person.items[-1]))


def reference(person: Person, read: Read) -> Move | None:
    """Which reference?"""
    if not person.reference:
        return person.speak("book")
    return prove(person) if "Send me a code" in read.buttons else person.speak("ref", ref=person.reference)


def prove(person: Person) -> Move:
    """Have a code sent."""
    return Move("press", title="Send me a code") if person.presses() else person.speak("send_code")


def move(person: Person, read: Read) -> Move | None:
    """Shall I move it?"""
    label = MOVED_TO.search(read.text)
    if person.stage != "move":
        return person.say("no")
    if label and not person.goal.hasty and not suits(person, label.group(1)):
        person.seen.misheard += 1
        slot = next(iter(person.accepted), None)
        again = f"{slot:%A} {slot.day} {slot:%B} at {slot:%H:%M}" if slot else person.when()
        return person.speak("wish_instead", when=again.lower())
    if label and not person.accepted:
        person.agreed_label = label.group(1)
    person.unread = "time" if label and not suits(person, label.group(1)) else ""
    return Move("press", title="Yes, move it") if person.presses() else person.speak("agree")


def cancel(person: Person, read: Read) -> Move | None:
    """Shall I cancel it?"""
    if person.stage != "cancel":
        return person.say("no, keep it")
    return Move("press", title="Yes, cancel it") if person.presses() else person.speak("agree")
