"""Coming back after a while: the conversation is the same, and one short line says where it stood."""

from datetime import timedelta

from bot.actions import visit, words
from bot.actions.talk import Talk

#: After so long people no longer have the last question in mind.
AWAY = timedelta(hours=3)
#: Whoever says these needs no reminder.
WITHOUT = ("start_again", "cancel", "recall", "talk_to_human", "complaint", "stop_messages", "abuse")


def welcome(talk: Talk) -> None:
    """Say what is known to somebody who comes back to an open booking."""
    case, now = talk.case, talk.turn.now
    since = case.get("at")
    if not case.get("step") or not since or now - words.moment(since) < AWAY or talk.intent in WITHOUT:
        return
    known = [visit.told(one) for one in visit.entries(case) if visit.called(one)]
    when = (case.get("slot") or case.get("day") or {}).get("label")
    known += [when] if when else []
    if known:
        talk.welcomed = True
        talk.say("utter_welcome_back", known="; ".join(known))


def note(talk: Talk) -> None:
    """Keep when somebody was last here with a booking open."""
    if talk.case.get("step"):
        talk.case["at"] = talk.turn.now.isoformat(timespec="minutes")
