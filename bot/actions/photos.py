"""Photos without a word: nothing is read into them. The thanks are the channel's, for every turn that came with photos."""

from bot.actions import dialogue
from bot.actions.talk import Deed, Talk


class Photos(Deed):
    """Goes on with what was asked; without anything open, asks what the photos are about."""

    called = "action_photos"

    async def act(self, talk: Talk) -> None:
        talk.misses = 0
        await dialogue.resume(talk)
        if talk.silent:
            talk.say("utter_photos_booked" if talk.orders else "utter_photos_alone")
