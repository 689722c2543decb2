"""Questions that the shop's articles answer, alone or in the middle of something else."""

from bot.actions.articles import answered
from bot.actions.dialogue import resume
from bot.actions.talk import Deed, Talk


class Answer(Deed):
    """A question: its passage, or that we don't know; then what was open before."""

    called = "action_answer"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        if not await answered(talk, talk.intent):
            talk.say("utter_article_unknown")
        await resume(talk)
