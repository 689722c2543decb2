"""What is asked for beside a device or a fault: a price, or a time to come. The wording decides where the classifier wavers."""

import re

#: "how much", "a ballpark", "what would you charge"; money that was spent or owed elsewhere asks for nothing.
PRICE = re.compile(
    r"\b(?:h(?:o|)ws? (?:mu?t?ch|muc|mch|dear|expensive|many (?:pounds?|quid))\b"
    r"|(?:price|prices|pricing|quote|quotation|costings?|ball ?park|tariff|rates?|fees?)\b(?! (?:is|was|are|were|you sent|suits) )"
    r"|price up|cost(?:s|ing)?\b(?! (?:me|us) a (?:fortune|bomb|packet))|(?:an|written|rough|free|need|for|:) estimate\b|^estimate\b"
    r"|expensive|\bdear\b(?! (?:sir|madam|me|all|team))"
    r"|(?:(?:what|wot|wat|whats|what's|how|name your) (?:\S+ ){0,4}|do (?:you|u) )"
    r"(?:charge|charging|charges|asking|ask for|damage|quid|pay(?:ing)?)\b"
    r"|what (?:would|do|will|might) (?:you|u|it|that|they|i) (?:\S+ ){0,3}(?:want|ask|come to|set me back|be looking at|be paying|run)\b"
    r"|(?:more|less|over|under|below|above|within|about) (?:than )?"
    r"(?:£ ?\d+|\d+ ?(?:quid|pounds?)|a (?:hundred|tenner|ton)|fifty|two hundred)\b"
    r"|(?:is|are|would|will) (?:£ ?\d+|\d+ ?(?:quid|pounds?)?) (?:\S+ )?(?:enough|about right|cover|do it)"
    r"|(?:quid|pounds?|£ ?\d+)\b.{0,25}\benough|cheapest (?:you|u)\b|\bset (?:me|us) back"
    r"|(?:give|gimme|put) (?:me |us )?a (?:number|figure))"
    r"|£+(?=\s|\?|$)|^£+ "
)
#: What would be paid for a device is no price of ours.
SELLS = re.compile(r"\b(?:give|offer|pay) (?:me|us) for\b|\b(?:sell|flog|trade) (?:it|you|this|my|in)\b")
WHO = r"(?:i|we|he|she|they|(?:my|our|me|the) \w+(?: \w+)?)"
COME = r"(?:come|pop|nip|drop|bring|call (?:in|by|round)|swing|stop by|leave it|hand (?:it|my)|get (?:in|it in|him in|her in|my))"
#: "book me in", "any slots", "can I come", "when could you see it"
VISIT = re.compile(
    r"\b(?:book(?:ing|in)? (?:me|us|it|this|that|my|in|a|an|him|her|for|please|pls|plz|repair|required)\b"
    r"|book ?in\b|(?:make|need|want|like) (?:a |an |the )?booking"
    r"|appointment|appt|(?:a|any|the|your|next|free|open) (?:\S+ )?slots?\b|slot (?:for|on|to)\b"
    r"|reserv(?:e (?:me|a|us)|ation (?:for|of))|get (?:us|me|them|both of us|the two of us) (?:both )?(?:booked|in)\b"
    r"|(?:save|hold|keep) (?:me |us )?(?:a|an|half an) (?:\w+ )?(?:hour|time|place|spot|slot|space)\b"
    r"|^(?:are )?(?:you |u )?free (?:in the|tomorrow|tmrw|2moz|tomoz|today|2day|this|on|at|in|mon|tue|wed|thu|fri|sat|sun)\w*\b"
    r"|(?:like|want|need) (?:someone|sum1|some1|sumone|somebody|one of you|you|u) to (?:fix|mend|repair|sort|look|do|change|replace)\b"
    r"|(?:may|can|could) it be (?:seen|looked (?:at|over))\b|(?:soonest|first) (?:you|appointment|slot|available)"
    r"|reserve (?:me|a|us)|schedule (?:a|my|me|repair|the)|pencil me|put me (?:down|in)|sign me up|enter my name"
    r"|(?:fit|squeeze|get) (?:me|us|it|him|her|this|my \w+) in\b|(?:fit|squeeze) (?:me|us) "
    rf"|(?:can|could|may|might|shall|should|would) {WHO} (?:please |possibly |just |also |maybe )*{COME}\b"
    rf"|(?:like|want|need|hoping|wanna|looking|possible|ok|okay|alright|able) (?:to )?{COME}\b|i(?:'ll| will|ll) (?:come|bring|drop|pop)\b"
    rf"|(?:come|bring|drop|pop) (?:it |in |by |down |round |over |off )+(?:today|tomorrow|tmrw|2moz|on|at|this|now|after|straight)\b"
    r"|(?:can|could|would|will) (?:you|u|someone|some1|somebody|anyone|anybody) "
    r"(?:please |possibly |be able to )*(?:see|take a look|have a look|look at|fit)\b"
    r"|when (?:can|could|may|would|will|shall) (?:i|we|you|u|it)\b(?!.{0,20}\b(?:collect|ready|back|close|open|shut|pick)\b)"
    r"|(?:want|need|like|get) (?:\S+ ){1,6}(?:replac|chang|fix|repair|mend|fitt|swapp|sort)(?:ed|ing)\b"
    r"|(?:any|some|have you|got) (?:space|room|gap|gaps|availability|openings?)\b|(?:your )?(?:earliest|next available)\b)"
)


#: Questions about the repair that name what is broken and tell no fault.
TOPICS = {
    "faq_warranty": re.compile(r"\b(?:guarant\w+|garant\w+|warrant\w+|warent\w+|(?:is it|am i|are we|still|it'?s) covered|apple ?care)\b"),
    "faq_turnaround": re.compile(r"\bhow (?:long|quick(?:ly)?|fast)\b(?! (?:ago|have|has|does it last))|\bsame day\b|\bwhile i wait\b"),
}


#: Wordings that leave no doubt, whatever device or fault stands beside them.
CERTAIN = {
    "injection": re.compile(
        r"<\s*/?(?:script|img|svg|iframe|object|embed)\b|\bjavascript:|\bonerror\s*=|^\W*(?:system|assistant)\s*:|\]\s*system\b"
        r"|(?:#{2,}|-{3,}|/chat>).{0,40}\b(?:assistant|system)\s*:|\b(?:drop table|union select|or 1=1)\b"
    ),
    "unlock_foreign": re.compile(
        r"^(?!.*\b(?:my own|i forgot|forgotten|virus)\b).*\b(?:found|picked up|came across) (?:a|an|this|some\w*)\b"
        r".*(?:\b(?:unlock|passcode|password|icloud|usable|get (?:in(?:to)?|past|round))\b|(?:'?s|is|it'?s|its|was) locked\b)"
    ),
    "faq_turnaround": re.compile(r"\b(?:turn ?-?around|lead) ?times?\b|\bturn-?around\b"),
}

#: "the screen you put on": what is told of a part that we fitted is told against us.
OURS = re.compile(
    r"\b(?:screen|display|glass|battery|batteries|port|socket|part|hinge|keyboard|back|camera|speaker|button|repair)s? "
    r"(?:that |which )?(?:you|u|you lot|your (?:man|lad|engineer|technician))(?:'ve| have)? (?:just )?"
    r"(?:put|fitted|did|done|replaced|changed|installed|repaired|fixed|mended|stuck)\b"
)


def blames(text: str) -> bool:
    """Whether the words speak of a part that we fitted or mended."""
    return bool(OURS.search(_plain(text)))


def certain(text: str) -> str | None:
    """The intent that the wording alone decides."""
    said = _plain(text)
    return next((intent for intent, words in CERTAIN.items() if words.search(said)), None)


def topic(text: str) -> str | None:
    """The question about a repair that the words ask."""
    said = _plain(text)
    return next((intent for intent, words in TOPICS.items() if words.search(said)), None)


def asks_price(text: str) -> bool:
    """Whether the words ask what something costs."""
    return bool(PRICE.search(_plain(text))) and not sells(text)


def sells(text: str) -> bool:
    """Whether somebody would sell us a device."""
    return bool(SELLS.search(_plain(text)))


def asks_visit(text: str) -> bool:
    """Whether the words ask to come, to bring it or for a time."""
    return bool(VISIT.search(_plain(text)))


def _plain(text: str) -> str:
    return " ".join(text.lower().replace("’", "'").split())
