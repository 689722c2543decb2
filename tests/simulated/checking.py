"""What a customer who reads notices: a price or a read-back that is not what they said, and how they put it right."""

from tests.simulated import wording
from tests.simulated.goals import Item
from tests.simulated.person import Move, Person, an, letters, plain
from tests.simulated.reading import Read


def misheard(person: Person, read: Read) -> str:
    """What of it is not what was said: `missing`, `device`, `faults`, `time`, `email`, `name`, or nothing."""
    if not read.lines:
        return ""
    for item in person.items:
        # Prices come one device after the other; what is read back names them all.
        if read.label and id(item) in person.told and not any(_of(line, item) for line in read.lines):
            return "missing" if len(read.lines) < len(person.items) else "device"
    for line in read.lines:
        meant = next((one for one in person.items if _of(line, one)), None)
        if meant is None:
            return "device"
        if _heard(line, meant) != _meant(meant):
            return "faults"
    if read.label and not person.by_post and not suits(person, read.label):
        return "time"
    if read.who and person.email.lower() not in read.who.lower():
        return "email"
    if read.who and letters(person.name) != letters(read.who.partition(",")[0]):
        return "name"
    return ""


def suits(person: Person, label: str) -> bool:
    """Whether a time such as `Tue 25 Nov, 10:30` is what was picked or wished."""
    moments = {f"{one:%a} {one.day} {one:%b}, {one:%H:%M}" for one in person.accepted}
    if moments:
        return label in moments
    return person.wish.days is None or any(label.startswith(f"{day:%a} {day.day} ") for day in person.wish.days)


def put_right(person: Person, read: Read, what: str) -> Move:
    """Say what is wrong."""
    person.seen.misheard += 1
    match what:
        case "missing":
            return person.another(next(one for one in person.items if not any(_of(line, one) for line in read.lines)))
        case "device":
            return _device_right(person, read)
        case "faults":
            return _faults_right(person, read)
        case "time":
            return person.speak("wish_instead", when=person.when())
        case "email":
            return person.speak("wrong_email", email=person.email)
    return person.speak("wrong_name", name=person.name)


def _device_right(person: Person, read: Read) -> Move:
    item = next((one for one in person.items if not any(_of(line, one) for line in read.lines)), person.items[0])
    line = next((line for line in read.lines if not any(_of(line, one) for one in person.items)), read.lines[0])
    item.vague = False
    called, wrong = person.called(item), f"the {line.partition(',')[0]}"
    person.named.add(id(item))
    if len(person.items) > 1:
        return person.say(f"not {wrong}, {an(called)}")
    return person.speak("not_device", an=an(called), device=called, wrong=wrong)


def _faults_right(person: Person, read: Read) -> Move:
    for line in read.lines:
        item = next(one for one in person.items if _of(line, one))
        extra = sorted(_heard(line, item) - _meant(item))
        missing = [one for one in item.troubles if wording.labels()[one.code] not in _heard(line, item)]
        if extra and missing:
            return person.say(f"{person.put('not_fault', name=f'the {extra[0]}')}, {person.dice.choice(missing[0].bare)}")
        if missing:
            return person.speak("add_fault", short=person.dice.choice(missing[0].short))
        if extra:
            first = item.troubles[0]
            only = f", just {plain(first.code, first.short[0])}" if len(item.troubles) == 1 else ""
            return person.say(person.put("not_fault", name=f"the {extra[0]}") + only)
    raise AssertionError(read.lines)


def _of(line: str, item: Item) -> bool:
    return line.startswith(f"{item.name},")


def _meant(item: Item) -> set[str]:
    return {wording.labels()[code] for code in item.codes}


def _heard(line: str, item: Item) -> set[str]:
    """The faults in a line behind the device's name."""
    rest, found = line.removeprefix(item.name).lower(), set()
    for label in sorted(wording.labels().values(), key=len, reverse=True):
        if label in rest:
            found.add(label)
            rest = rest.replace(label, "")
    return found
