"""What people say to the assistant and to technicians, and what they hear."""

from dataclasses import dataclass

#: How a fault is told, by its code; otherwise by the catalogue's own phrase.
TOLD = {
    "screen_cracked": (
        "hi, dropped my {device} and the screen is cracked",
        "{device} smashed screen, how much?",
        "cracked the glass on my {device} :(",
    ),
    "battery_drains": (
        "my {device} battery is terrible, dead by lunch",
        "new battery for a {device} please",
        "{device} only lasts a couple of hours",
    ),
    "not_charging": ("my {device} won't charge unless i hold the cable just so", "{device} not charging anymore"),
    "water_damage": ("my {device} fell in the sink, it's off now", "spilt tea on my {device}, what should i do?"),
    "no_power": ("{device} is completely dead, nothing happens", "my {device} won't turn on at all"),
    "keyboard": ("some keys on my {device} stopped working", "spilt something on my {device} keyboard"),
    "ports_hdmi": ("my {device} gives no picture on the tv", "hdmi on my {device} is broken i think"),
    "controller_drift": ("stick drift on my {device}", "my {device} keeps walking by itself, the stick is gone"),
    "slow": ("my {device} has got so slow", "{device} takes ages to start, can you speed it up?"),
}
PHRASE = ("hello, my {device} has {phrase}, can you fix it?", "my {device} has {phrase}. how much would that be?")
GO_ON = ("yes please", "sounds good, when can i come?", "ok that's fine. what times do you have?", "great, find me a time")
DONE = ("thanks!", "cheers, see you then", "brilliant, thank you", "perfect")
NOT_NOW = ("thanks, i'll think about it", "bit more than i hoped, i'll get back to you", "ok good to know, thanks")
NEWS = ("any news on my {device}?", "how is my {device} doing?", "is my {device} ready yet?", "status of {reference}?")

PRICE = (
    "{device}, {faults} — right? That comes to {total}, VAT included.\n{lines}\n"
    "It takes about {duration} minutes. The price holds until {until}. Shall I find you a time?"
)
RANGE = (
    "{device}, {faults} — right? We need to look inside before we can say exactly. The check costs {total}, VAT included.\n{lines}\n"
    "The whole repair most likely ends up between {low} and {high}, and we ask you before we go on. Shall I find you a time?"
)
TIMES = "Here is what we have free. Which one suits you? You can also name a day or an hour.\n{times}"
HELD = "I'm holding {label} for you for ten minutes. What is your name, and to which e-mail address may I send the confirmation?"
ADDRESS = "What is your name, and to which e-mail address may I send the confirmation?"
READ_BACK = "Let me read it back:\n{what}\n{label}\n{who}\n{total} in all, paid when you collect it\nShall I book it?"
BOOKED = "Booked: {label} for your {device}, reference {reference}. A confirmation with a calendar entry is on its way to {email}."
WELCOME = ("You're welcome.", "Glad to help.")
STANDS = "{device}, {reference}: {stage}, last changed on {since}."
PHOTO_THANKS = "Thanks for the photo. Our technician will see it."

NO_PRICE = "I have no ready price for {device}, {faults}. A technician can look at it and tell you here. Shall I ask one?"
PROMISED = "A technician is working out a price for {device}. You'll hear here by {label}; you can close this window until then."

#: Asked in passing, with the answer.
QUESTIONS = (
    ("what time do you close on saturday?", "On Saturdays we are open from 10:00 to 16:00."),
    ("where are you?", "We are at 12 Mill Street, Leeds LS1 5AB."),
    ("do i get a warranty?", "Yes. Most repairs come with a warranty on part and work; how long it is stands on each quote."),
    ("do i have to wipe my phone first?", "No. Back it up if it still turns on; we do not need to see your data to repair it."),
    ("do you use original parts?", "You choose: where we stock several grades, the quote names the one it uses and what the others cost."),
    ("can i wait while you do it?", "Often, yes. Batteries and many screens are done in under an hour; the quote says how long it takes."),
    ("are you a real person?", "I'm RevivaTech's assistant, a computer program. If you'd rather have a person, just say so."),
)


@dataclass(frozen=True, slots=True)
class Story:
    """A conversation a technician took over: why, what the customer wrote, and how it went on, in turns that begin with the technician."""

    reason: str
    opening: str
    bot: str
    turns: tuple[str, ...]


STORIES = (
    Story(
        "complaint",
        "i picked up my phone yesterday and the speaker still crackles. not happy",
        "I'm sorry about that. It should be looked at by a person, so I'm passing it on now.",
        (
            "Hello, I am sorry it still crackles. Bring it in whenever suits you and we open it at once, free of charge of course.",
            "ok thank you. tomorrow lunchtime?",
            "That works. Ask for me at the counter.",
        ),
    ),
    Story(
        "customer_asked",
        "can i talk to someone about a board repair, another shop said it can't be done",
        "Of course.",
        (
            "Hello! What did they find, and does it still draw current on the charger?",
            "they said short on the main line. it gets warm near the charging port",
            "That is often a capacitor and can be done. We would check it first and ask you before going on.",
            "great, i will book the check then",
        ),
    ),
    Story(
        "customer_asked",
        "i need all my photos off a dead laptop, is that safe with you? can i speak to a person",
        "Of course.",
        (
            "Hello, yes. We copy the drive before anything else and work on the copy; nobody looks through it.",
            "how long does that take",
            "Two to four working days as a rule. The copy is deleted two weeks after you have collected it.",
        ),
    ),
    Story(
        "refund",
        "you charged me for the check but i thought it comes off the repair?",
        "I can't move money. I'm passing this on to a person.",
        (
            "Hello, you are right: it comes off. I have corrected the bill, the difference goes back to your card.",
            "thanks for the quick reply!",
        ),
    ),
    Story(
        "not_understood",
        "the thing with the thing does not do the other thing any more after the update thing",
        "I don't seem to be of much help here, so I'll ask a person to take over.",
        (
            "Hello! Which device is it, and what happens when you turn it on?",
            "a tablet, it shows a logo and turns off",
            "Then it is stuck while starting. Bring it in, that is usually done in a day.",
        ),
    ),
)
WHY_PRICED = (
    "Sourced from a supplier in the Midlands, two days.",
    "Includes pairing the new part.",
    "Used part, tested, with our warranty.",
)
WHY_DECLINED = (
    "Nobody makes the part any more, and used ones do not last.",
    "It costs more than the device is worth; we would rather tell you.",
)
