"""How a customer begins: with a greeting alone, with everything at once, or with half of it."""

from tests.simulated.person import Move, Person, an

#: Those who say what they want and nothing about a device.
BRIEF = {"person": "person", "complain": "complain", "stranger": "stranger", "unknown": "unknown", "cancel": "cancel"}


def begin(person: Person) -> Move:
    """The first thing said."""
    goal, dice = person.goal, person.dice
    hello = person.put("formal_open") if goal.manner.formal else person.put("greet") if dice.random() < 0.4 else ""
    match person.stage:
        case "question":
            return person.ask(hello)
        case "status":
            knows = goal.other_browser or dice.random() < 0.3
            return person.say(hello, person.put("status", ref=person.reference) if knows else person.put("status_open"))
        case "move" if dice.random() < 0.5:
            return person.say(hello, person.put("move_to", when=person.when()))
        case "move":
            return person.say(hello, person.put("move"))
        case brief if brief in BRIEF:
            return person.say(hello, person.put(BRIEF[brief]))
    if hello and dice.random() < 0.25:
        person.greeted = True
        return person.say(hello)
    return open_up(person, hello)


def open_up(person: Person, hello: str = "") -> Move:
    """Say what is broken, or that something is."""
    manner, dice, asks_price = person.goal.manner, person.dice, person.goal.kind in ("price", "too_dear")
    item = person.items[0]
    if dice.random() < 0.15 and not manner.chatty:
        return person.say(hello, person.put("begin_price" if asks_price else "begin_book"))
    if dice.random() < 0.12:
        if len(person.items) == 1 and dice.random() < 0.5:
            return person.say(hello, person.bare(item))
        if not item.vague:
            person.named.add(id(item))
        called = person.called(item)
        return person.say(hello, f"{person.put('help')} {person.put('device', device=called, an=an(called))}")
    text = dice.choice((" and also ", ", and ", " and ")).join(person.telling(one) for one in person.items)
    if manner.chatty:
        text = f"{person.put('long')} {text}, {person.put('tail')}"
    want = person.put("price") if asks_price else person.put("book") if dice.random() < 0.6 else ""
    if not asks_price and dice.random() < manner.at_once * 0.6 and not person.by_post:
        want = f"{want or person.put('book')} {person.when()}"
    return person.say(hello, text, want)
