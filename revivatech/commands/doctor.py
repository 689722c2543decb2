"""`revivatech doctor`: what is prepared, what runs, what is wrong; changes nothing."""

import argparse
import json
import os
import platform
import shutil
import sys
import urllib.request

from revivatech import environment, production
from revivatech.commands.run import running
from revivatech.paths import ROOT, var
from revivatech.processes import is_alive
from revivatech.setup.plan import everything
from revivatech.trouble import Trouble


def add(parser: argparse.ArgumentParser) -> None:
    """No arguments."""


def main(arguments: argparse.Namespace) -> int:
    """Return 1 when something is wrong."""
    print(f"Project   {ROOT}\nPython    {platform.python_version()} ({sys.executable})")
    print(f"System    {platform.platform()}, {os.cpu_count()} cores")
    print(f"Disk      {shutil.disk_usage(ROOT).free / 1e9:.1f} GB free\nRun time  {var()}\n")
    wrong = [*_prepared(), *_running(), *_production()]
    print("\n".join(["", *(f"Wrong: {fault}" for fault in wrong)]) if wrong else "\nNothing is wrong.")
    return int(bool(wrong))


def _prepared() -> list[str]:
    print("Prepared:")
    missing = []
    for step in everything():
        done = step.current()
        print(f"  {'yes' if done else 'no ':3}  {step.title}")
        if not done:
            missing.append(step.title)
    return [f"not prepared: {', '.join(missing)}; `make setup` does it."] if missing else []


def _running() -> list[str]:
    pid = running()
    if not pid:
        print("\nNothing runs in this folder.")
        return []
    print(f"\nRunning (supervisor is process {pid}):")
    faults = []
    try:
        children = json.loads((var() / "run.json").read_text())["children"]
    except (OSError, ValueError, KeyError):
        return ["var/run.json cannot be read."]
    for name, facts in children.items():
        up = is_alive(facts["pid"])
        state = "ready" if up and facts["ready"] else "not ready" if up else "gone"
        print(f"  {name:10} {state:9}  process {facts['pid']}, started {facts['starts']} time(s)")
        if not (up and facts["ready"]):
            faults.append(f"{name} is not ready; its words are in {var() / 'log' / name}.log.")
        if name.startswith("site") and (trouble := _readiness(facts["url"])):
            faults.append(trouble)
    return faults


def _readiness(url: str) -> str:
    try:
        with urllib.request.urlopen(f"{url}/readyz", timeout=3):  # our own address, from our own file  # nosec B310
            return ""
    except OSError as error:
        return f"{url}/readyz: {error}."


def _production() -> list[str]:
    if not environment.production(os.environ):
        return []
    try:
        production.check(os.environ)
    except Trouble as trouble:
        return [trouble.what]
    return []
