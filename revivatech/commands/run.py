"""`revivatech run`: prepare what is missing, start everything, print where it is."""

import argparse
import asyncio
import fcntl
import json
import os
import sys
import time
from collections.abc import Mapping
from typing import IO

from revivatech import database, environment, production
from revivatech.commands.demo import SIZES
from revivatech.paths import PYTHON, ROOT, var
from revivatech.setup import checks
from revivatech.trouble import Trouble


def add(parser: argparse.ArgumentParser) -> None:
    """Describe the arguments."""
    parser.add_argument(
        "--processes", metavar="site=2,worker=1", default="", help="how many site and worker processes; sites take successive ports"
    )
    parser.add_argument("--demo", choices=SIZES, default="year", help="how much of a past the demo shop gets, if the database is new")
    parser.add_argument("--no-demo", dest="demo", action="store_const", const=None, help="do not lay out the demo shop")
    parser.add_argument("--with-parent", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--began", type=float, help=argparse.SUPPRESS)


def main(arguments: argparse.Namespace) -> int:
    """First under any Python that can set things up, then again under our own."""
    counts = _counts(arguments.processes)
    if arguments.with_parent:
        from revivatech.supervisor.parent import follow_parent

        follow_parent()
    if arguments.began is None:
        began = time.time()
        _prepare(counts)
        argv = [str(PYTHON), "-m", "revivatech", "run", *sys.argv[2:], "--began", str(began)]
        os.chdir(ROOT)
        os.execv(PYTHON, argv)
    return _supervise(arguments, counts)


def _prepare(counts: Mapping[str, int]) -> None:
    from revivatech.setup.plan import everything
    from revivatech.setup.steps import carry_out

    if environment.production(os.environ):
        production.check(os.environ)
    _check_ports(counts)  # before minutes of set-up, not after
    if url := os.environ.get("DATABASE_URL"):
        database.check_answers(url)
    carry_out(everything())


def _check_ports(counts: Mapping[str, int]) -> None:
    from revivatech.supervisor.shop import ports

    if pid := running():
        raise Trouble(f"RevivaTech already runs in this folder (process {pid}).", f"use it, or stop it with `kill {pid}`.")
    for number, what, variable in ports(os.environ, counts):
        checks.port_free(
            number, what, variable, host=os.environ.get("REVIVATECH_HOST", "127.0.0.1") if variable == "REVIVATECH_PORT" else "127.0.0.1"
        )


def running() -> int | None:
    """The supervisor that runs in this folder, by its lock."""
    try:
        with (var() / "run.lock").open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return None
    except BlockingIOError:
        return int((var() / "run.lock").read_text() or 0) or None
    return None


def _supervise(arguments: argparse.Namespace, counts: Mapping[str, int]) -> int:
    from revivatech.supervisor import disk
    from revivatech.supervisor.output import Output
    from revivatech.supervisor.parent import watch
    from revivatech.supervisor.shop import children
    from revivatech.supervisor.supervisor import Supervisor

    var().mkdir(parents=True, exist_ok=True)
    lock = _lock()
    url = os.environ.get("DATABASE_URL")
    if url:
        database.check_own(url)
    else:
        checks.disk_space(300, folder=var())
    server = None if url else database.embedded()
    env = environment.complete(os.environ, database_url=None if server is None else server.url(database.NAME))
    demo = None if environment.production(env) else arguments.demo
    logs, silence = var() / "log", environment.longest_silence(env)

    async def go() -> None:
        output = Output(logs)

        def ready() -> None:
            output.say(_welcome(env, time.time() - arguments.began, demo=demo is not None))

        supervisor = Supervisor(
            children(env, server=server, counts=counts, demo=demo),
            output,
            logs=logs,
            state=var() / "run.json",
            on_ready=ready,
            longest_silence=silence,
        )
        watching = [asyncio.create_task(disk.watch(var(), output.say))]
        if arguments.with_parent:
            watching.append(asyncio.create_task(watch(supervisor.stop)))
        try:
            await supervisor.run()
        finally:
            for task in watching:
                task.cancel()
            output.close()

    asyncio.run(go())
    lock.close()
    return 0


def _lock() -> IO[str]:
    """One supervisor for each folder; its number is in the file for those who find it locked."""
    lock = (var() / "run.lock").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Trouble("RevivaTech already runs in this folder.", "use it, or stop it first.") from None
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def _welcome(env: Mapping[str, str], seconds: float, *, demo: bool) -> str:
    site = env["REVIVATECH_PUBLIC_URL"]
    lines = [f"\nRevivaTech is ready after {seconds:.1f} s.", f"  Shop and chat   {site}/", f"  Staff           {site}/staff"]
    if not environment.production(env):
        lines.append(f"  Sent messages   {env['REVIVATECH_SANDBOX_URL']}/")
    if demo:
        lines.append(_login_hint())
    return "\n".join([*lines, "  In a terminal   .venv/bin/revivatech chat", "  Stop with Ctrl-C.\n"])


def _login_hint() -> str:
    try:
        login = json.loads((var() / "demo.json").read_text())
    except (OSError, ValueError):
        return "  Demo login      none: the demo shop was not laid out"
    return f"  Demo login      {login['email']} with the password {login['password']}"


def _counts(text: str) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in filter(None, text.split(",")):
        name, _, number = part.partition("=")
        if name not in {"site", "worker"} or not number.isdecimal() or not 1 <= int(number) <= 16:
            raise Trouble(f"--processes {text!r} is not understood.", "write it like --processes site=2,worker=1 (1 to 16 of each).")
        counts[name] = int(number)
    return counts
