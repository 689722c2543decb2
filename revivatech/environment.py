"""What the processes are told: ports, addresses, secrets made once and kept in `var/secrets.env`."""

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from revivatech.paths import var
from revivatech.trouble import Trouble

_MADE = ("REVIVATECH_SECRET", "REVIVATECH_HUB_SECRET")


@dataclass(frozen=True)
class Port:
    """A port somebody listens on, and the variable that changes it."""

    name: str
    variable: str
    default: int

    def number(self, environ: Mapping[str, str]) -> int:
        """The port in force."""
        text = environ.get(self.variable) or str(self.default)
        if not text.isdecimal() or not 1 <= int(text) <= 65535:
            raise Trouble(
                f"{self.variable} is {text!r}, which is no port.", f"give a number from 1 to 65535, such as {self.variable}={self.default}."
            )
        return int(text)


SITE = Port("the site", "REVIVATECH_PORT", 8080)
RASA = Port("the assistant", "REVIVATECH_RASA_PORT", 5005)
ACTIONS = Port("the action server", "REVIVATECH_ACTIONS_PORT", 5055)
SANDBOX = Port("the sandbox's page", "REVIVATECH_SANDBOX_PORT", 8090)
SMTP = Port("the sandbox's mail server", "REVIVATECH_SANDBOX_SMTP_PORT", 8025)


def production(environ: Mapping[str, str]) -> bool:
    """Whether real customers are served."""
    return environ.get("REVIVATECH_ENV", "development") == "production"


def complete(environ: Mapping[str, str], *, database_url: str | None = None) -> dict[str, str]:
    """`environ` with everything our processes ask for; what is already said there wins."""
    host = environ.get("REVIVATECH_HOST", "127.0.0.1")
    site = f"http://{own_address(environ)}:{SITE.number(environ)}"
    derived = {
        "REVIVATECH_ENV": "development",
        "REVIVATECH_VAR": str(var()),
        "REVIVATECH_HOST": host,
        "REVIVATECH_PORT": str(SITE.number(environ)),
        "REVIVATECH_PUBLIC_URL": site,
        "REVIVATECH_BACKEND_URL": site,
        "REVIVATECH_RASA_PORT": str(RASA.number(environ)),
        "REVIVATECH_RASA_URL": f"http://127.0.0.1:{RASA.number(environ)}",
        "REVIVATECH_ACTIONS_PORT": str(ACTIONS.number(environ)),
        "REVIVATECH_ACTIONS_URL": f"http://127.0.0.1:{ACTIONS.number(environ)}",
    }
    if not production(environ):
        derived |= {
            "REVIVATECH_SANDBOX_PORT": str(SANDBOX.number(environ)),
            "REVIVATECH_SANDBOX_URL": f"http://127.0.0.1:{SANDBOX.number(environ)}",
            "REVIVATECH_SANDBOX_SMTP_PORT": str(SMTP.number(environ)),
            "REVIVATECH_SMTP_URL": f"smtp://127.0.0.1:{SMTP.number(environ)}",
            **stored_secrets(var() / "secrets.env"),
        }
    if database_url:
        derived["DATABASE_URL"] = database_url
    kept = {name: value for name, value in environ.items() if value and name not in {"PYTHONDONTWRITEBYTECODE", "PYTHONHOME", "PYTHONPATH"}}
    return derived | kept | {"PYTHONUNBUFFERED": "1"}


def own_address(environ: Mapping[str, str]) -> str:
    """Where our own processes reach the site, whatever address it listens on."""
    host = environ.get("REVIVATECH_HOST", "127.0.0.1")
    return "127.0.0.1" if host in ("0.0.0.0", "::") else host


def longest_silence(environ: Mapping[str, str]) -> float:
    """Seconds without a sign of life after which a process is killed and started again; 0 for never."""
    text = environ.get("REVIVATECH_LONGEST_SILENCE") or "30"
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if seconds != 0 and not 1 <= seconds <= 3600:
        raise Trouble(
            f"REVIVATECH_LONGEST_SILENCE is {text!r}, which is no such time.", "give seconds from 1 to 3600, such as 30, or 0 for never."
        )
    return seconds


def stored_secrets(path: Path) -> dict[str, str]:
    """The development secrets: made at the first start, readable by their owner only, the same ever after."""
    found: dict[str, str] = {}
    if path.exists():
        pairs = (line.partition("=") for line in path.read_text().splitlines() if "=" in line)
        found = {name.strip(): value.strip() for name, _, value in pairs}
    missing = {name: secrets.token_urlsafe(48) for name in _MADE if not found.get(name)}
    if missing:
        found |= missing
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.writelines(f"{name}={value}\n" for name, value in found.items())
        draft.replace(path)
    return found
