"""What stands in the shop's books already: how far a repair is, and giving a booking up."""

import re
from typing import Any

from bot.actions import reading, words
from bot.actions.backend import Refused
from bot.actions.quote import payload
from bot.actions.talk import Deed, Talk

NO = re.compile(r"\b(?:no|not|don'?t|do not|never|keep)\b")

#: What is done once a booking is proven to be the customer's.
ONWARD = {"cancel_booking": "cancel_booking", "move_booking": "reschedule_booking", "status": "ask_repair_status"}

#: What is said about by when a repair will be ready, to its customer alone: whoever only knows a reference is told the stage.
READY = {"expected": "utter_status_ready", "late": "utter_status_late", "overdue": "utter_status_overdue"}


def reference(talk: Talk) -> str | None:
    """The order the customer names, or the one chosen."""
    named = talk.entities.get("reference")
    return str(named).upper() if named else None


class Status(Deed):
    """How far a repair is; by reference only the coarse stage."""

    called = "action_status"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        if reference(talk) or talk.entities.get("reference_invalid"):
            await look_up(talk)
            return
        own = (await talk.backend.repairs())[:4]
        if not own:
            ask_reference(talk, "utter_ask_reference", kind="status")
        elif len(own) == 1:
            await detail(talk, own[0]["reference"])
        else:
            talk.task = {"kind": "status"}
            items = [
                {
                    "title": f"{o['reference']}, {o['repairs'][0]['device']}",
                    "payload": payload("ask_repair_status", reference=o["reference"]),
                }
                for o in own
            ]
            talk.say("utter_which_repair", words.choices(items))


def asked_about(talk: Talk) -> bool:
    """Whether the message is about an order and nothing else: a reference without a device, a fault or a day."""
    told = talk.entities
    return bool(told.get("reference") or told.get("reference_invalid")) and not any(
        told.get(name) for name in ("device", "faults", "date", "email")
    )


async def look_up(talk: Talk) -> None:
    """Tell of the order a message names, or ask for a reference that can be one."""
    named = reference(talk)
    if named:
        await tell(talk, named)
    else:
        ask_reference(talk, "utter_reference_malformed", kind="status")


def ask_reference(talk: Talk, response: str, kind: str) -> None:
    talk.task = {"kind": kind, "wants": "reference"}
    talk.say(response)


async def tell(talk: Talk, named: str) -> None:
    """Tell the coarse stage of one order."""
    try:
        order = await talk.backend.status(named)
    except Refused as refused:
        if refused.status == 429:
            talk.task = {}
            talk.say("utter_too_many_looks")
            return
        if refused.status not in (404, 422):
            raise
        talk.task = {"kind": "status", "wants": "reference"}
        talk.say("utter_reference_unknown", reference=named)
        return
    try:
        await detail(talk, order["reference"])
    except Refused as refused:
        if refused.status not in (403, 404):
            raise
        await show(talk, order)
        talk.task = {"about": order["reference"]}
        send = {"title": "Send me a code", "payload": payload("send_code", reference=order["reference"])}
        talk.say("utter_offer_code", words.choices([send]))


async def detail(talk: Talk, named: str) -> None:
    """Tell in full how an order of the customer's own stands: each device, and what the technician last wrote."""
    repairs = (await talk.backend.detail(named))["repairs"]
    await show(talk, {"reference": named, "repairs": [{**repair, "updated_at": repair["timeline"][-1]["at"]} for repair in repairs]})
    for repair in repairs:
        if (ready := repair.get("ready")) and ready["state"] in READY:
            talk.say(READY[ready["state"]], device=repair["device"], label=ready["label"] or "")
        notes = [line["text"] for line in repair["timeline"] if line["text"]]
        if notes:
            talk.say("utter_status_note", device=repair["device"], note=notes[-1])


async def appointment(talk: Talk, named: str) -> dict[str, Any] | None:
    """The booking of an order, for the one who made it."""
    try:
        return await talk.backend.booking(named)
    except Refused as refused:
        if refused.status not in (403, 404, 422):
            raise
        return None


async def show(talk: Talk, order: dict[str, Any]) -> None:
    """One sentence and one part a repair."""
    talk.task = {}
    for repair in order["repairs"]:
        part = {
            "type": "repair",
            "reference": order["reference"],
            "device": repair["device"],
            "stage": repair["stage"],
            "stage_label": repair["stage_label"],
            "stages": repair["stages"],
        }
        values = {"reference": order["reference"], "device": repair["device"], "stage": repair["stage_label"].lower()}
        if repair["stage"] == "booked":
            made = await appointment(talk, order["reference"])
            coming = "utter_status_parcel" if made and made["arrival"] == "mail_in" else "utter_status_appointment"
            talk.say(coming if made else "utter_status_booked", [part], label=made["label"] if made else "", **values)
        else:
            since = words.day(words.moment(repair["updated_at"]).astimezone(talk.turn.now.tzinfo))
            talk.say("utter_status", [part], since=since, **values)


class CancelBooking(Deed):
    """Gives a booking up, after the visitor who made it said yes."""

    called = "action_cancel_booking"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        named = reference(talk)
        if means_yes(talk) and named in (None, talk.task["reference"]):
            await give_up(talk, talk.task["reference"])
            return
        if named:
            await start_cancelling(talk, named)
            return
        if talk.task.get("reference") and not talk.chosen and NO.search(talk.text.lower()):
            talk.task = {}
            talk.say("utter_booking_kept")
            return
        if talk.entities.get("reference_invalid"):
            ask_reference(talk, "utter_reference_malformed", kind="cancel_booking")
            return
        own = [
            b
            for b in await talk.backend.bookings()
            if b["state"] not in ("cancelled", "past", "done") and words.moment(b["starts_at"]) > talk.turn.now
        ][:4]
        device = (talk.entities.get("device") or {}).get("slug")
        own = [b for b in own if b["device"]["slug"] == device] or own
        if len(own) == 1:
            confirm(talk, own[0])
        elif own:
            talk.task = {"kind": "cancel_booking", "wants": "reference"}
            items = [
                {"title": f"{b['reference']}, {b['label']}", "payload": payload("cancel_booking", reference=b["reference"])} for b in own
            ]
            talk.say("utter_which_booking", words.choices(items))
        elif talk.case.get("step"):
            from bot.actions.dialogue import leave

            await leave(talk)
            talk.say("utter_cancelled")
        elif talk.task.get("about"):
            unknown(talk, talk.task["about"], "cancel_booking")
        else:
            ask_reference(talk, "utter_ask_booking_reference", kind="cancel_booking")


async def start_cancelling(talk: Talk, named: str) -> None:
    """Ask for the word before a booking is given up; somebody else's is as unknown as none."""
    try:
        booking = await talk.backend.booking(named)
    except Refused as refused:
        if refused.status not in (403, 404, 422):
            raise
        unknown(talk, named, "cancel_booking")
        return
    if booking["state"] == "cancelled":
        talk.task = {}
        talk.say("utter_booking_already_cancelled", reference=named)
        return
    confirm(talk, booking)


def unknown(talk: Talk, named: str, kind: str) -> None:
    """Say that this browser did not make the booking, and offer the code that proves it all the same."""
    talk.task = {"kind": kind, "wants": "reference", "about": named, "then": ONWARD[kind]}
    send = {"title": "Send me a code", "payload": payload("send_code", reference=named, then=ONWARD[kind])}
    person = {"title": "Talk to a person", "payload": payload("talk_to_human")}
    talk.say("utter_booking_unknown", words.choices([send, person]), reference=named)


def confirm(talk: Talk, booking: dict[str, Any]) -> None:
    talk.task = {
        "kind": "cancel_booking",
        "reference": booking["reference"],
        "label": booking["label"],
        "device": words.devices(booking),
    }
    talk.say("utter_cancel_confirm", reference=booking["reference"], label=booking["label"], device=words.devices(booking))


def means_yes(talk: Talk) -> bool:
    """Whether "cancel it" answers the question whether to cancel: a second such wish is the word that was asked for."""
    asked = talk.task.get("kind") == "cancel_booking" and talk.task.get("reference") and not talk.chosen
    return bool(asked and "cancel" in talk.text.lower() and not NO.search(talk.text.lower()))


def ask_again(talk: Talk) -> None:
    """Ask the open question about an order once more."""
    task = talk.task
    if task.get("reference"):
        talk.say("utter_cancel_confirm", reference=task["reference"], label=task["label"], device=task["device"])
    elif task.get("wants") == "reference":
        talk.say("utter_ask_reference")


async def answered(talk: Talk) -> bool:
    """Take the message as the answer to an open question about an order; False when it is about something else."""
    task = talk.task
    named = reference(talk)
    if named:
        await (tell(talk, named) if task["kind"] == "status" else start_cancelling(talk, named))
        return True
    if task["kind"] == "cancel_booking" and task.get("reference") and talk.intent in ("affirm", "deny"):
        if talk.intent == "deny":
            talk.task = {}
            talk.say("utter_booking_kept")
        elif not reading.gives_word(talk):
            ask_again(talk)
        else:
            await give_up(talk, task["reference"])
        return True
    if talk.entities.get("reference_invalid"):
        ask_reference(talk, "utter_reference_malformed", kind=task["kind"])
        return True
    if (
        task.get("wants") == "reference"
        and talk.intent in ("inform", "deny", "affirm")
        and not (talk.entities.get("device") or talk.entities.get("faults") or talk.entities.get("date"))
    ):
        if talk.intent == "affirm":
            ask_again(talk)
            return True
        talk.task = {}
        talk.say("utter_no_reference")
        return True
    return False


async def give_up(talk: Talk, named: str) -> None:
    """Cancel the booking the customer confirmed."""
    talk.task = {}
    try:
        booking = await talk.backend.cancel(named)
    except Refused as refused:
        notes = {
            "booking_cancelled": "utter_booking_already_cancelled",
            "booking_past": "utter_booking_past",
            "booking_closed": "utter_booking_closed",
            "change_too_late": "utter_cancel_too_late",
        }
        if refused.code in notes:
            talk.say(notes[refused.code], reference=named)
            return
        if refused.status == 404:
            talk.say("utter_booking_unknown", reference=named)
            return
        raise
    talk.orders = [r for r in talk.orders if r != named]
    talk.say("utter_booking_cancelled", reference=named, label=booking["label"])
