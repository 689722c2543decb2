"""A supervisor over toy children, run as a process of its own by the tests of signals and deaths."""

import asyncio
import os
import sys
from pathlib import Path

from revivatech.supervisor import signs
from revivatech.supervisor.child import Child
from revivatech.supervisor.output import Output
from revivatech.supervisor.parent import follow_parent, watch
from revivatech.supervisor.supervisor import Supervisor

# Starts a grandchild that ignores every polite signal, says who lives, and waits.
PARENT = """
import signal, subprocess, sys, time
deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); signal.signal(2, signal.SIG_IGN); time.sleep(300)"
child = subprocess.Popen([sys.executable, "-c", deaf])
print("grandchild", child.pid, flush=True)
time.sleep(300)
"""
STUBBORN = "import signal, time; signal.signal(15, signal.SIG_IGN); print('up', flush=True); time.sleep(300)"
PLAIN = "import time; print('up', flush=True); time.sleep(300)"
# A worker that is busy for a moment when told to, and stuck for good when told so.
BEATING = """
import asyncio, pathlib, signal, time
from revivatech import pulse
async def main():
    loop = asyncio.get_running_loop()
    for number, seconds in ((signal.SIGUSR1, 1.2), (signal.SIGUSR2, 300)):
        loop.add_signal_handler(number, time.sleep, seconds)
    async with pulse.beating():
        print("up", flush=True)
        await asyncio.sleep(300)
asyncio.run(main())
"""
ANSWERING = """
import http.server, sys
class Door(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_error(503)
    def log_message(self, *rest):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), Door)
open(sys.argv[1], "w").write(str(server.server_port))
print("up", flush=True)
server.serve_forever()
"""


def children(folder: Path) -> list[Child]:
    """Four children: one that is done at once, one that waits for it, one with a grandchild, one that does not want to stop."""

    async def marked() -> bool:
        return (folder / "gate").exists()

    return [
        Child(name="first", command=lambda: [sys.executable, "-c", f"open({str(folder / 'gate')!r}, 'w')"], once=True),
        Child(name="plain", command=lambda: [sys.executable, "-c", PLAIN], needs=("first",), ready=marked),
        Child(name="parent", command=lambda: [sys.executable, "-c", PARENT], grace=0.5),
        Child(name="stubborn", command=lambda: [sys.executable, "-c", STUBBORN], grace=0.5),
    ]


def lively(folder: Path) -> list[Child]:
    """Three children that give signs of life: one by a pulse, one at its door, and one like it that is never killed."""

    def answering(name: str, *, spare: bool) -> Child:
        async def ask(patience: float) -> bool:
            return await signs.http(int((folder / name).read_text()), "/")(patience)

        argv = [sys.executable, "-c", ANSWERING, str(folder / name)]
        return Child(name=name, command=lambda: argv, says="up", sign=ask, spare=spare)

    beating = Child(name="beating", command=lambda: [sys.executable, "-c", BEATING], env=os.environ, says="up", pulse=True)
    return [beating, answering("door", spare=False), answering("spared", spare=True)]


async def main(folder: Path, *, with_parent: bool, silence: float | None) -> None:
    """Run them until a signal comes; below `make`, as `make run` does."""
    output = Output(folder / "log")
    supervisor = Supervisor(
        lively(folder) if silence else children(folder),
        output,
        logs=folder / "log",
        state=folder / "run.json",
        on_ready=lambda: output.say("all ready"),
        longest_silence=silence or 0,
    )
    watching = asyncio.create_task(watch(supervisor.stop, pause=0.05)) if with_parent else None
    await supervisor.run()
    if watching:
        watching.cancel()


if __name__ == "__main__":
    below_make = "--with-parent" in sys.argv
    if below_make:
        follow_parent()
    silence = float(sys.argv[sys.argv.index("--silence") + 1]) if "--silence" in sys.argv else None
    asyncio.run(main(Path(sys.argv[1]), with_parent=below_make, silence=silence))
