"""The action server: `python -m bot.actions.serve [--port N]`.

rasa_sdk's own server listens on every address; ours listens on loopback only, keeps connections, takes the turn that the channel sends with
each call (bot/endpoint.py) and says 500 when an action failed, so that the turn fails as a whole.
Port: --port, else REVIVATECH_ACTIONS_PORT,
else 5055. `GET /health` answers once it is ready.
"""

import argparse
import gc
import logging
import os
import sys
from datetime import datetime
from zoneinfo import ZoneInfo

import uvloop
from aiohttp import web
from rasa_sdk.executor import ActionExecutor

from bot.actions import backend
from bot.turn import Turn, current

log = logging.getLogger("bot.actions")
BODY_LIMIT = 1024 * 1024


def application() -> web.Application:
    """The server with every action of this package registered."""
    executor = ActionExecutor()
    executor.register_package("bot.actions")
    app = web.Application(client_max_size=BODY_LIMIT)

    async def webhook(request: web.Request) -> web.Response:
        call = await request.json()
        told = call.get("turn")
        if not isinstance(told, dict):
            return web.json_response({"error": "no turn"}, status=422)
        told["now"] = datetime.fromisoformat(told["now"]).astimezone(ZoneInfo(told["zone"]))
        current.set(Turn(**told))
        if call["next_action"] not in executor.actions:
            return web.json_response({"error": "no such action"}, status=404)
        try:
            return web.json_response(await executor.run(call))
        except backend.Unreachable as error:  # its own log says why
            log.warning("backend_unreachable action=%s conversation=%s %s", call["next_action"], told["conversation"], error)
            return web.json_response({"error": "backend unreachable"}, status=500)
        except Exception:  # an action failed: the caller must know, and the log must say why
            log.exception("action_failed action=%s conversation=%s", call["next_action"], told["conversation"])
            return web.json_response({"error": "action failed"}, status=500)

    async def health(request: web.Request) -> web.Response:
        return web.json_response({"status": "ok"})

    app.router.add_post("/webhook", webhook)
    app.router.add_get("/health", health)

    async def close(_: web.Application) -> None:
        await backend.hang_up()

    app.on_cleanup.append(close)
    return app


def main() -> int:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(prog="python -m bot.actions.serve")
    parser.add_argument("--port", type=int, default=int(os.environ.get("REVIVATECH_ACTIONS_PORT", "5055")))
    port = parser.parse_args().port
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    app = application()
    gc.freeze()
    gc.set_threshold(20_000, 20, 1000)
    web.run_app(app, host="127.0.0.1", port=port, access_log=None, print=None, loop=uvloop.new_event_loop())
    return 0


if __name__ == "__main__":
    sys.exit(main())
