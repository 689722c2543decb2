"""What production refuses to start with: pure checks, every reason at once."""

from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from backend.core.settings import SANDBOX_ACCOUNT, SANDBOX_SMS, SANDBOX_TOKEN, SANDBOX_WHATSAPP
from revivatech.trouble import Trouble

#: Providers, and what configures each. `off` is an answer; silence is not.
PROVIDERS = {"e-mail": "REVIVATECH_SMTP_URL"}
_SECRETS = {"REVIVATECH_SECRET": 32, "REVIVATECH_HUB_SECRET": 16}
_OURS = ("localhost", "127.0.0.1", "::1", "0.0.0.0")


def problems(environ: Mapping[str, str], *, demo_accounts: Iterable[str] = ()) -> list[str]:
    """Why this environment may not serve customers; `demo_accounts` are the logins that still have the demo's password."""
    found: list[str] = []
    for name, length in _SECRETS.items():
        value = environ.get(name, "")
        if not value:
            found.append(f"{name} is missing: give a random text of at least {length} characters.")
        elif len(value) < length:
            found.append(f"{name} is shorter than {length} characters.")
        elif "$" in value:
            found.append(f"{name} contains a $, which the assistant would read as a variable.")
    if environ.get("REVIVATECH_SECRET") and environ.get("REVIVATECH_SECRET") == environ.get("REVIVATECH_HUB_SECRET"):
        found.append("REVIVATECH_SECRET and REVIVATECH_HUB_SECRET are the same: give each its own.")
    if not environ.get("DATABASE_URL"):
        found.append("DATABASE_URL is missing: production uses a PostgreSQL of your own (15 or newer).")
    if not environ.get("REVIVATECH_PUBLIC_URL", "").startswith("https://"):
        found.append("REVIVATECH_PUBLIC_URL must be the https:// address customers use.")
    found.extend(_texts(environ))
    for provider, variable in PROVIDERS.items():
        found.extend(_provider(provider, variable, environ))
    found.extend(f"The account {login} still has the demo's password: change it or disable the account." for login in demo_accounts)
    return found


def _provider(provider: str, variable: str, environ: Mapping[str, str]) -> Iterable[str]:
    value = environ.get(variable, "").strip()
    if not value:
        yield f"{variable} is missing: configure {provider}, or set it to `off`."
    elif value != "off":
        address = urlsplit(value)
        sandbox = environ.get("REVIVATECH_SANDBOX_SMTP_PORT") or "8025"
        if address.hostname in _OURS and str(address.port) == sandbox:
            yield f"{variable} points at the sandbox, which delivers nothing: configure {provider}, or set it to `off`."


def _texts(environ: Mapping[str, str]) -> Iterable[str]:
    account, token = (environ.get(name, "").strip() for name in ("REVIVATECH_TWILIO_ACCOUNT_SID", "REVIVATECH_TWILIO_AUTH_TOKEN"))
    if not account:
        yield "REVIVATECH_TWILIO_ACCOUNT_SID is missing: configure SMS and WhatsApp, or set it to `off`."
    elif account == SANDBOX_ACCOUNT:
        yield "REVIVATECH_TWILIO_ACCOUNT_SID is the sandbox's account, which delivers nothing: configure your own, or set it to `off`."
    elif account != "off":
        if not token or token == SANDBOX_TOKEN:
            yield "REVIVATECH_TWILIO_AUTH_TOKEN is missing: give the account's token; what customers write is believed by it."
        for name, sandbox in (("SMS", SANDBOX_SMS), ("WHATSAPP", SANDBOX_WHATSAPP)):
            if environ.get(f"REVIVATECH_TWILIO_{name}_NUMBER", "").strip() in ("", sandbox):
                yield f"REVIVATECH_TWILIO_{name}_NUMBER is missing: give the shop's number, or set it to `off`."


def check(environ: Mapping[str, str], *, demo_accounts: Iterable[str] = ()) -> None:
    """Raise Trouble with all reasons when production may not start."""
    if found := problems(environ, demo_accounts=demo_accounts):
        reasons = "".join(f"\n  - {reason}" for reason in found)
        raise Trouble(
            f"RevivaTech does not start in production like this:{reasons}",
            "set these and start again; docs/operators/running.md explains each.",
        )
