"""The sandbox as a process: starts, refuses to start, ends."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
from pathlib import Path

import aiohttp
import aiosmtplib
import pytest

from revivatech.paths import ROOT
from revivatech.sandbox.process import serve
from revivatech.sandbox.settings import SandboxSettings
from revivatech.trouble import Trouble
from tests.sandbox.test_smtp import letter


def settings(tmp_path: Path, **more: object) -> SandboxSettings:
    return SandboxSettings(var=tmp_path, sandbox_port=0, sandbox_smtp_port=0, **more)  # type: ignore[arg-type]


async def test_never_in_production(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match="does not run in production"):
        await serve(settings(tmp_path, env="production"))
    assert not os.listdir(tmp_path)


@pytest.mark.parametrize("which", ["sandbox_port", "sandbox_smtp_port"])
async def test_a_taken_port_is_one_clear_sentence(tmp_path: Path, which: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(Trouble, match=f"cannot listen on port {port}"):
            await serve(settings(tmp_path).model_copy(update={which: port}))


async def test_mail_sent_to_the_process_is_there_after_a_restart(tmp_path: Path) -> None:
    for sent in (0, 1):
        process, pages, smtp = await start(tmp_path)
        try:
            async with aiohttp.ClientSession(pages) as http:
                listed = await (await http.get("/api/mailbox")).json()
                assert listed["total"] == sent
                # An open page must not hold up the end.
                async with http.get("/api/mailbox/events"):
                    await aiosmtplib.send(letter("ada@example.com"), hostname="127.0.0.1", port=smtp)
                    process.send_signal(signal.SIGINT if sent else signal.SIGTERM)
                    async with asyncio.timeout(5):
                        assert await process.wait() == 0
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
    assert len(list((tmp_path / "sandbox" / "mail").glob("*.eml"))) == 2


async def start(tmp_path: Path) -> tuple[asyncio.subprocess.Process, str, int]:
    environment = {**os.environ, "REVIVATECH_VAR": str(tmp_path), "REVIVATECH_SANDBOX_PORT": "0", "REVIVATECH_SANDBOX_SMTP_PORT": "0"}
    code = "from revivatech.sandbox import main; main()"
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, cwd=ROOT, env=environment, stdout=asyncio.subprocess.PIPE)
    assert process.stdout
    async with asyncio.timeout(20):
        line = (await process.stdout.readline()).decode()
    pages = line.split("pages on ")[1].split(",")[0]
    return process, pages, int(line.rstrip().rpartition(":")[2])
