"""Questions that the shop's articles answer, alone or in the middle of something else."""

from bot.actions import posting, several, steps
from bot.actions.articles import answered
from bot.actions.dialogue import go_on, resume
from bot.actions.talk import Deed, Talk


class Answer(Deed):
    """A question: its passage, or that we don't know; then what was open before."""

    called = "action_answer"

    async def act(self, talk: Talk) -> None:
        talk.misses, talk.introduced = 0, True
        if await several.left_out(talk):
            await steps.advance(talk)
            return
        if posting.wants(talk):
            await posting.begin(talk)
            return
        if posting.means_to(talk) and (talk.entities.get("device") or talk.entities.get("faults")):
            await go_on(talk)  # who tells what is to be posted wants it priced
            return
        if talk.intent == "faq_mail_in" and talk.case.get("quote") and posting.unsafe(talk.case):
            posting.never(talk, "mail_in_unsafe")
            return
        if not await answered(talk, talk.intent):
            talk.say("utter_article_unknown")
        if talk.intent == "faq_mail_in" and posting.POST.search(talk.text) and talk.case.get("quote") and not talk.case.get("arrival"):
            posting.ask(talk)
            return
        await resume(talk)
