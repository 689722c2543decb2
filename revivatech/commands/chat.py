"""`revivatech chat`: be a customer, in this terminal."""

import argparse
import asyncio
import contextlib
import json
import os
import sys
import threading
from collections.abc import Mapping
from typing import Any

from revivatech import environment
from revivatech.chat.line import Line, Memory, Refused
from revivatech.chat.offers import Offers
from revivatech.paths import var
from revivatech.trouble import Trouble

_PATIENCE = 15.0


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument("--url", help="the shop's address (default: the one that runs in this folder)")
    parser.add_argument("--new", action="store_true", help="begin a new conversation instead of going on with the last")
    parser.epilog = (
        "Type what you would say. A number picks the choice of that number; a form's fields are asked one after the other, "
        "and a line that begins with > is said instead. End with Ctrl-D. "
        "With input from a file, each line waits for the answer to the one before."
    )


def main(arguments: argparse.Namespace) -> int:
    """Talk until the input ends."""
    url = (arguments.url or _address()).rstrip("/")
    memory = Memory(var() / "chat.json")
    if arguments.new:
        memory.keep(url, None)
    asyncio.run(Talk(url, memory).run())
    return 0


def _address() -> str:
    with contextlib.suppress(OSError, ValueError, KeyError):
        return str(json.loads((var() / "run.json").read_text())["children"]["site"]["url"])
    return f"http://127.0.0.1:{environment.SITE.number(os.environ)}"


class Talk:
    """The screen and the keyboard of one customer."""

    def __init__(self, url: str, memory: Memory) -> None:
        self._line = Line(url, memory, self._show, self._notice)
        self._offers = Offers()
        self._newest = 0
        self._started = False
        self._live = sys.stdin.isatty() and sys.stdout.isatty()
        self._typed: asyncio.Queue[str | None] = asyncio.Queue()

    async def run(self) -> None:
        """Connect, then pass on every line."""
        try:
            await self._line.open()
        except (ConnectionError, TimeoutError) as error:
            why = str(error) or "it does not answer"
            raise Trouble(
                f"The shop at {self._line.url} cannot be reached: {why}.", "start it with `make run`, or name another with --url."
            ) from None
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=[loop], daemon=True).start()
        try:
            self._started = True
            self._prompt()
            while (text := await self._typed.get()) is not None:
                if text.strip():
                    await self._say(text)
                elif self._offers.form:
                    await self._fill("")
                self._prompt()
        finally:
            await self._line.close()

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        # A thread, because a terminal cannot be awaited; it dies with the program.
        for line in sys.stdin:
            loop.call_soon_threadsafe(self._typed.put_nowait, line.rstrip("\r\n"))
        loop.call_soon_threadsafe(self._typed.put_nowait, None)

    async def _say(self, text: str) -> None:
        if self._offers.form and not text.startswith(">"):
            await self._fill(text)
            return
        chosen = self._offers.chosen(text)
        if chosen:
            self._notice(f"» {chosen[1]}")
            await self._send(choice=chosen[0])
        else:
            await self._send(text=text.removeprefix(">").strip() if self._offers.form else text)

    async def _fill(self, text: str) -> None:
        form = self._offers.form
        assert form is not None
        if fault := form.answer(text):
            self._notice(fault)
        elif form.asking is None:
            values, form.values = form.values, {}
            await self._send(form={"id": form.id, "values": values})

    async def _send(self, **body: Any) -> None:
        try:
            await self._line.say(**body)
        except Refused as refused:
            self._notice(f"! {refused}")
            return
        if not self._live and not await self._line.answered(_PATIENCE):
            self._notice("! No answer came in time.")

    def _show(self, message: Mapping[str, Any]) -> None:
        """New messages are printed; changed ones only change what can be answered."""
        offers = Offers.of(message)
        new = message["seq"] > self._newest
        if message["seq"] >= self._newest:
            self._offers = offers
        if not new:
            return
        self._newest = message["seq"]
        author = message["author"]
        name = "you" if author["kind"] == "customer" else author.get("name") or ("shop" if author["kind"] == "system" else author["kind"])
        if author["kind"] == "customer" and self._live and self._line.sent_seq:
            return  # it stands on the screen already
        text = "\n".join([message["text"], *offers.listing(message["text"])])
        self._print(f"{name}: " + text.replace("\n", "\n  "))

    def _notice(self, text: str) -> None:
        self._print(f"  {text}")

    def _print(self, text: str) -> None:
        print(f"\r\x1b[K{_plain(text)}" if self._live else _plain(text), flush=True)
        if self._started:
            self._prompt()

    def _prompt(self) -> None:
        if self._live:
            field = self._offers.form.asking if self._offers.form else None
            known = f" [{field['value']}]" if field and field.get("value") else ""
            print(f"\r\x1b[K{_plain(field['label'])}{known}: " if field else "\r\x1b[K> ", end="", flush=True)


def _plain(text: str) -> str:
    """Without control characters: what others wrote must not move the cursor or colour the screen."""
    return "".join(character for character in text if character in "\n\t" or character.isprintable())
