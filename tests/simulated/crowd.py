"""Many customers at once, and what became of each."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tests.people import browser
from tests.simulated.goals import goal
from tests.simulated.judge import Verdict, judge, look
from tests.simulated.life import SHOP, Life, Visit
from tests.stack import ROOT, Stack

OUTPUT = ROOT / "test-output" / "simulated"
AT_ONCE = 8


@dataclass(frozen=True)
class Ended:
    """A customer and the verdict."""

    life: Life
    verdict: Verdict

    @property
    def line(self) -> str:
        """The failure in one line."""
        goal = self.life.goal
        wanted = goal.kind + (" by post" if goal.by_post else "") + (f" then {goal.after}" if goal.after else "")
        verdict, why = self.verdict, self.verdict.reason
        if verdict.wrong or verdict.unread:
            why = f"WRONG BOOKING: {verdict.wrong}" if verdict.wrong else f"agreed unread: {verdict.unread}"
        return f"{goal.number:>4}  {wanted}, {goal.manner.name}: {why}"


async def visit(stack: Stack, seed: int, numbers: Iterable[int], *, at_once: int = AT_ONCE) -> list[Ended]:
    """Let the customers of these numbers come, so many at once; the verdicts in their order."""
    technician = await asyncio.to_thread(stack.technician, "Sim Bench")
    doors, today = asyncio.Semaphore(at_once), datetime.now(SHOP).date()
    async with browser() as http:

        async def one(number: int) -> Ended:
            async with doors:
                life = await Visit(stack, http, goal(seed, number, today), seed).live(technician)
                return Ended(life, judge(life, await asyncio.to_thread(look, stack.database, life)))

        return list(await asyncio.gather(*(one(number) for number in numbers)))


def keep(ended: list[Ended], folder: Path = OUTPUT, *, everybody: bool = False) -> Path:
    """Write the transcripts of those who failed, or of everybody, one file each."""
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.txt"):
        old.unlink()
    for one in ended:
        if everybody or not one.verdict.success:
            goal = one.life.goal
            head = [one.line, f"twists: {[(twist.at, twist.what) for twist in goal.twists]}, hasty: {goal.hasty}"]
            head += [f"wants: {item.name}, {sorted(item.codes)}" for item in one.life.person.items] + [f"wish: {one.life.person.wish.said}"]
            (folder / f"{goal.number:04}.txt").write_text("\n".join([*head, "", one.life.transcript, ""]), "utf-8")
    return folder
