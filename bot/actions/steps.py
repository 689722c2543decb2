"""The steps of a booking, each asked for only while it is missing; the backend has the last word."""

from bot.actions import checklist, handoff, offering, posting, reading, several, times, visit, words
from bot.actions import quote as quotes
from bot.actions.backend import Refused
from bot.actions.talk import Talk

#: So many answers in a row that cannot be a name or an address bring a person.
STUCK = 2
GONE_QUOTE = ("quote_expired", "quote_unknown", "quote_replaced", "quote_booked")


async def advance(talk: Talk) -> None:
    """Ask for the next thing that is missing, or show what is to be confirmed."""
    case = talk.case
    if visit.many(case) and not await several.priced(talk):
        return None
    quotes.warn(talk)
    if not case.get("device"):
        return quotes.ask_device(talk)
    if not case.get("faults"):
        return quotes.ask_faults(talk)
    if quotes.stale(case):
        if not await quotes.renew(talk):
            return None
        goes_on = bool(case.get("wish")) and talk.intent in ("book_repair", "inform", "affirm", "choose")
        posts = bool(case.get("by_post")) and not posting.unsafe(case)
        quotes.show(talk, ask=not (goes_on or posts))
        case["quote"] = quotes.kept(case["quote"])
        if not goes_on:
            return posting.ask(talk) if posts else None
        case["agreed"] = True
    if not case.get("agreed"):
        case["step"] = "quote"
        if case.get("by_post") and not posting.unsafe(case):
            return posting.ask(talk)
        return talk.say("utter_ask_go_on", what=visit.what(case), total=visit.total(case))
    if case.get("by_post"):
        return await posting.begin(talk)
    if case.get("arrival") == posting.ARRIVAL:
        return await posting.advance(talk)
    if not case.get("slot"):
        return await offer(talk)
    if not case.get("name") or not case.get("email"):
        return ask_contact(talk)
    return summarise(talk)


async def offer(talk: Talk, note: str | None = None) -> None:
    """Offer up to four real times that fit the wish; a wish for one exact free time takes it."""
    case = talk.case
    wish = case.get("wish") or {}
    if case.get("arrival") == posting.ARRIVAL:
        case.pop("day", None)
        return await posting.offer_days(talk, wish.get("date"))
    was = case.pop("was", None)
    if was and not wish and note is None:
        return await take(talk, was)
    shown: list[str] = case.get("shown") or []
    try:
        found = await offering.find(talk, free_for(talk), wish, shown, note)
    except Refused as refused:
        if refused.code in GONE_QUOTE:
            return await several.again(talk)
        raise
    if found.exact:
        return await take(talk, found.exact["starts_at"])
    if found.note:
        case.pop("wish", None)  # it cannot be had; what comes next is judged on its own
    case["step"] = "slot"
    if not found.slots and wish:  # further ahead than is booked
        case.pop("wish", None)
        wish = {}
        found = await offering.find(talk, free_for(talk), wish, [], "utter_no_slot_then")
    if not found.slots:
        case["shown"] = []
        return talk.say("utter_no_slots")
    case["offered"] = [{"starts_at": s["starts_at"], "label": s["label"]} for s in found.slots]
    case["shown"] = (shown + [s["starts_at"] for s in found.slots])[-40:]
    response = found.note or ("utter_slots_more" if shown else "utter_slots")
    offering.show(talk, case["offered"], found.week, response, wish=offering.wished(wish), closed=found.closed)
    return None


def free_for(talk: Talk) -> offering.Fetch:
    """How the shop is asked for times for all that is being booked."""

    async def fetch(first: str, days: int) -> list[times.Slot]:
        return await talk.backend.slots(visit.ids(talk.case), first, days)

    return fetch


async def show_again(talk: Talk) -> None:
    """Ask once more which of the times on offer suits; when none of them is left, offer others."""
    try:
        if not await offering.again(talk, free_for(talk), talk.case["offered"]):
            await offer(talk, "utter_slot_taken")
    except Refused as refused:
        if refused.code not in GONE_QUOTE:
            raise
        await several.again(talk)


async def take(talk: Talk, starts_at: str) -> None:
    """Hold a time; if it went in the meantime, say so and offer others."""
    case = talk.case
    try:
        hold = await talk.backend.hold(visit.ids(case), starts_at)
    except Refused as refused:
        if refused.code in GONE_QUOTE:
            return await several.again(talk)
        notes = {
            "slot_taken": "utter_slot_taken",
            "slot_past": "utter_slot_past",
            "slot_not_offered": "utter_slot_not_offered",
            "too_many_holds": "utter_too_many_holds",
        }
        if refused.code not in notes:
            raise
        case.pop("wish", None)
        return await offer(talk, notes[refused.code])
    case["hold"] = {"id": hold["id"], "expires_at": hold["expires_at"]}
    case["slot"] = {"starts_at": hold["starts_at"], "label": hold["label"]}
    for name in ("wish", "offered", "shown"):
        case.pop(name, None)
    return await advance(talk)


def ask_contact(talk: Talk, again: bool = False) -> None:
    """Ask for what is missing of name and e-mail, with a form that holds what is known."""
    case = talk.case
    if case.get("arrival") == posting.ARRIVAL:
        posting.ask_address(talk)
        return
    case["step"] = "contact"
    fields = [
        {"name": "name", "label": "Name", "type": "text", "required": True, "autocomplete": "name"},
        {"name": "email", "label": "E-mail", "type": "email", "required": True, "autocomplete": "email"},
        {"name": "phone", "label": "Phone", "type": "tel", "required": False, "autocomplete": "tel"},
    ]
    for field in fields:
        if case.get(field["name"]):
            field["value"] = case[field["name"]]
    form = [{"type": "form", "fields": fields, "submit": "Continue", "payload": "/inform"}]
    label = case["slot"]["label"]
    if case.get("held") not in (None, label) and (case.get("name") or case.get("email")) and not again:
        talk.say("utter_holding", label=label)
        case["held"] = label
    bad_name, bad_email = case.pop("bad_name", None), case.pop("bad_email", None)
    stuck = bad_email or (bad_name and not case.get("name"))
    case["stuck"] = case.get("stuck", 0) + 1 if stuck else 0
    if case["stuck"] >= STUCK:
        case["stuck"] = 0
        handoff.to_person(talk, "form_failing")
    elif bad_name and not case.get("name"):
        talk.say("utter_name_invalid", form)
    elif bad_email:
        talk.say("utter_email_invalid", form)
    elif case.get("name") and not again:
        known = "utter_ask_email" if talk.entities.get("name") else "utter_ask_email_again"
        talk.say(known, form, name=words.called(case["name"]), label=label)
    elif case.get("email") and not again:
        talk.say("utter_ask_name" if talk.entities.get("email") else "utter_ask_name_again", form, label=label)
    elif case.get("held") == label and not again:
        talk.say("utter_ask_contact_again", form, label=label)
    else:
        case["held"] = label
        talk.say("utter_ask_contact", form, label=label)


def summarise(talk: Talk) -> None:
    """Show all that is going to be booked and ask for the word."""
    case = talk.case
    case["step"] = "confirm"
    who = ", ".join(str(case[name]) for name in reading.CONTACT if case.get(name))
    values = {
        "what": visit.listed(case),
        "all": visit.what(case),
        "label": case["slot"]["label"],
        "who": who,
        "total": visit.total(case),
    }
    before, case["read"] = case.get("read"), list(values.values())
    changed = "utter_summary_again" if before else "utter_summary"
    talk.say("utter_ask_confirm" if before == case["read"] else changed, **values)


async def book(talk: Talk) -> None:
    """Make the booking; every refusal leads on."""
    case = talk.case
    if case.get("arrival") == posting.ARRIVAL:
        return await posting.book(talk)
    customer = {name: case[name] for name in reading.CONTACT if case.get(name)}
    try:
        try:
            done = await talk.backend.book(case["hold"]["id"], customer)
        except Refused as refused:
            if refused.code not in ("hold_expired", "hold_unknown", "hold_mismatch"):
                raise
            hold = await talk.backend.hold(visit.ids(case), case["slot"]["starts_at"])
            case["hold"] = {"id": hold["id"], "expires_at": hold["expires_at"]}
            done = await talk.backend.book(hold["id"], customer)
            talk.say("utter_hold_renewed", label=case["slot"]["label"])
    except Refused as refused:
        return await refused_booking(talk, refused)
    talk.say(
        "utter_booked",
        [words.booking_part(done)],
        reference=done["reference"],
        label=done["label"],
        device=words.devices(done),
        email=case["email"],
        shop=done["location"]["name"],
        address=done["location"]["address"],
        total=done["total"]["text"],
    )
    talk.orders = [done["reference"], *talk.orders][:5]
    talk.case = {name: case[name] for name in reading.CONTACT if case.get(name)}
    await checklist.offer(talk, done["reference"])
    return None


async def refused_booking(talk: Talk, refused: Refused) -> None:
    """What to say and ask after the backend refused the booking."""
    case = talk.case
    if refused.code in ("slot_taken", "slot_past", "slot_not_offered"):
        for name in ("slot", "hold"):
            case.pop(name, None)
        notes = {"slot_taken": "utter_slot_taken", "slot_past": "utter_slot_past", "slot_not_offered": "utter_slot_not_offered"}
        return await offer(talk, notes[refused.code])
    if refused.code in GONE_QUOTE:
        return await several.again(talk)
    field = {"email_invalid": "email", "name_invalid": "name", "phone_invalid": "phone"}.get(refused.code)
    if field:
        case.pop(field, None)
        if field == "email":
            case["bad_email"] = True
        else:
            talk.say(f"utter_{refused.code}")
        return ask_contact(talk) if field != "phone" else summarise(talk)
    if refused.code in ("too_many_bookings", "too_many_open_bookings"):
        talk.say("utter_too_many_bookings")
        return None
    raise refused
