"""How long a start takes."""

import time

from tests.bench.figures import Figure, rounded
from tests.stack import Stack


def start(stack: Stack) -> list[Figure]:
    """Stop the whole shop, start it again in the same folder, then kill the site alone."""
    stopped = stack.stop()
    began = time.monotonic()
    stack.start()
    ready = time.monotonic() - began
    began = time.monotonic()
    stack.kill("site")
    while stack.pids().get("site") and stack.is_ready(("site",)):
        time.sleep(0.01)
    stack.wait_ready(60, kinds=("site",))
    site = time.monotonic() - began
    return [
        Figure("second start, all ready", rounded(ready), "s", 20),
        Figure("site alone, from its death to ready", rounded(site), "s", 3, note="0.25 s of it is the supervisor's pause"),
        Figure("stop", rounded(stopped), "s"),
    ]
