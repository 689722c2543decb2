"""The processes of one shop, as the supervisor sees them."""

import asyncio
import re
import signal
from collections.abc import Mapping

from revivatech import environment
from revivatech.paths import BOT_PYTHON, PYTHON
from revivatech.postgres import EmbeddedPostgres
from revivatech.setup.assistant import RASA_ENVIRONMENT
from revivatech.supervisor import gates, signs
from revivatech.supervisor.child import Child


def children(env: Mapping[str, str], *, server: EmbeddedPostgres | None, counts: Mapping[str, int], demo: str | None) -> list[Child]:
    """All processes for `env`; `server` is our own PostgreSQL or None, `counts` how many sites and workers, `demo` the demo shop's size."""
    production = environment.production(env)
    found = [postgres(server)] if server else []
    found.append(_database(env, demo=demo, own=server is not None))
    if not production:
        found.append(_sandbox(env))
    found += [_rasa(env), _actions(env)]
    first = environment.SITE.number(env)
    for index in range(counts.get("site", 1)):
        name = "site" if index == 0 else f"site{index + 1}"
        found.append(_site(name, first + index, env))
    for index in range(counts.get("worker", 1)):
        found.append(_worker("worker" if index == 0 else f"worker{index + 1}", env))
    return found


def ports(env: Mapping[str, str], counts: Mapping[str, int]) -> list[tuple[int, str, str]]:
    """Every port that must be free: number, whose, and the variable that changes it."""
    wanted = [environment.RASA, environment.ACTIONS]
    if not environment.production(env):
        wanted += [environment.SANDBOX, environment.SMTP]
    first = environment.SITE.number(env)
    sites = [(first + index, environment.SITE.name, environment.SITE.variable) for index in range(counts.get("site", 1))]
    return sites + [(port.number(env), port.name, port.variable) for port in wanted]


def postgres(server: EmbeddedPostgres) -> Child:
    """Our own database server; a fast shutdown is SIGINT."""
    return Child(
        name="postgres",
        command=server.command,
        prepare=server.prepare,
        options=lambda: {key: value for key, value in server.spawn_options().items() if key in {"cwd", "user", "group", "extra_groups"}},
        ready=lambda: asyncio.to_thread(server.ready),
        sign=lambda _: asyncio.to_thread(server.answers),
        spare=True,
        # Everybody knocks while it recovers from a kill.
        hush=re.compile(r"FATAL:  the database system is|DETAIL:  Consistent recovery state"),
        stop_signal=signal.SIGINT,
        death_signal=signal.SIGINT,
        grace=20,
        last=True,
        facts={"data": str(server.data)},
    )


def _database(env: Mapping[str, str], *, demo: str | None, own: bool) -> Child:
    argv = [str(PYTHON), "-m", "revivatech", "migrate", *(["--demo", demo] if demo else [])]
    return Child(name="database", command=lambda: argv, env=env, needs=("postgres",) if own else (), once=True)


def _worker(name: str, env: Mapping[str, str]) -> Child:
    argv = [str(PYTHON), "-m", "revivatech", "worker"]
    return Child(name=name, command=lambda: argv, env=env, needs=("database",), says="worker_ready", pulse=True, grace=10, first=True)


def _site(name: str, port: int, env: Mapping[str, str]) -> Child:
    host = environment.own_address(env)
    return Child(
        name=name,
        command=lambda: [str(PYTHON), "-m", "revivatech", "site"],
        env={**env, "REVIVATECH_PORT": str(port)},
        needs=("database",),
        ready=gates.http(port, "/readyz", host=host),
        sign=signs.http(port, "/healthz", host=host),
        grace=15,
        facts={"port": port, "url": f"http://{host}:{port}"},
    )


def _sandbox(env: Mapping[str, str]) -> Child:
    port = environment.SANDBOX.number(env)
    return Child(
        name="sandbox",
        command=lambda: [str(PYTHON), "-m", "revivatech", "sandbox"],
        env=env,
        ready=gates.http(port, "/healthz"),
        sign=signs.http(port, "/healthz"),
        facts={"port": port, "url": f"http://127.0.0.1:{port}"},
    )


def _rasa(env: Mapping[str, str]) -> Child:
    port = environment.RASA.number(env)
    files = ["--endpoints", "endpoints.yml", "--credentials", "credentials.yml", "-i", "127.0.0.1", "-p", str(port)]
    return Child(
        name="rasa",
        command=lambda: [str(BOT_PYTHON), "-m", "rasa", "run", "--model", "bot/trained", *files],
        env={**env, **RASA_ENVIRONMENT, "HUB_SECRET": env["REVIVATECH_HUB_SECRET"], "REVIVATECH_SITE": env["REVIVATECH_BACKEND_URL"]},
        ready=gates.http(port, "/webhooks/hub/health"),
        sign=signs.http(port, "/webhooks/hub/health"),
        # Rasa's libraries warn about each other, whatever the filters say.
        hush=re.compile(r"\.py:\d+: \w*Warning: |^Implementing implicit namespace"),
        grace=2,  # it keeps no state, and waits long for connections that are only kept open
        facts={"port": port},
    )


def _actions(env: Mapping[str, str]) -> Child:
    port = environment.ACTIONS.number(env)
    return Child(
        name="actions",
        command=lambda: [str(BOT_PYTHON), "-m", "bot.actions.serve", "--port", str(port)],
        env={**env, **RASA_ENVIRONMENT},
        ready=gates.http(port, "/health"),
        sign=signs.http(port, "/health"),
        grace=6,
        facts={"port": port},
    )
