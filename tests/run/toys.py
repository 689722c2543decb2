"""A supervisor over toy children, run as a process of its own by the tests of signals and deaths."""

import asyncio
import sys
from pathlib import Path

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


async def main(folder: Path, *, with_parent: bool) -> None:
    """Run them until a signal comes; below `make`, as `make run` does."""
    output = Output(folder / "log")
    supervisor = Supervisor(
        children(folder), output, logs=folder / "log", state=folder / "run.json", on_ready=lambda: output.say("all ready")
    )
    watching = asyncio.create_task(watch(supervisor.stop, pause=0.05)) if with_parent else None
    await supervisor.run()
    if watching:
        watching.cancel()


if __name__ == "__main__":
    below_make = "--with-parent" in sys.argv
    if below_make:
        follow_parent()
    asyncio.run(main(Path(sys.argv[1]), with_parent=below_make))
