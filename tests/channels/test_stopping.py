"""A site that stops does not wait for pages that stay open, and they come back to the next one."""

import time

import aiohttp
from aiohttp import web

from backend.core.settings import Settings
from revivatech.site import create_site, open_site
from tests.channels.chat import Chat

PATIENCE = 5


async def test_open_chats_do_not_hold_up_the_end(settings: Settings, chat: Chat) -> None:
    going = open_site(settings)
    runner = web.AppRunner(create_site(going), access_log=None, shutdown_timeout=PATIENCE)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    talking = Chat(base, chat.credential)
    await talking.connect()
    await talking.send("still here")
    async with aiohttp.ClientSession() as http, http.ws_connect(f"{base}/socket.io/?EIO=4&transport=websocket") as deaf:
        await deaf.receive_str()  # and nothing more: it will not answer a farewell either
        began = time.monotonic()
        await runner.cleanup()
        assert time.monotonic() - began < PATIENCE / 2
        await going.close()
    await talking.close()
    await chat.sync()
    assert [message["text"] for message in chat.shown] == ["still here"]
