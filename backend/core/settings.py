"""Process settings: frozen, from the environment, secrets without default or repr."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

#: The telephone account of the sandbox: known to everybody, so good for nothing outside development.
SANDBOX_ACCOUNT = "AC" + 31 * "0" + "1"
SANDBOX_TOKEN = 31 * "0" + "2"
SANDBOX_SMS, SANDBOX_WHATSAPP = "+447700900000", "+447700900001"

#: A proxy before us: its network, or whoever comes by a Unix socket.
UNIX = "unix"
Proxy = IPv4Network | IPv6Network | Literal["unix"]


class Settings(BaseSettings):
    """Everything a process is told at start; what the shop edits lives in `shop_config`."""

    model_config = SettingsConfigDict(env_prefix="REVIVATECH_", frozen=True, extra="ignore", populate_by_name=True)

    env: Literal["development", "production"] = "development"
    var: Path = Path("var")
    secret: SecretStr = Field(min_length=32, repr=False)
    hub_secret: SecretStr = Field(min_length=16, repr=False)
    database_url: SecretStr = Field(validation_alias=AliasChoices("DATABASE_URL", "database_url"), repr=False)
    database_pool: int = Field(default=20, ge=2, le=200)
    redis_url: SecretStr | None = Field(default=None, validation_alias=AliasChoices("REDIS_URL", "redis_url"), repr=False)

    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    #: Whose word on a customer's address counts: `10.0.0.0/8, 192.0.2.7, unix`.
    trusted_proxies: Annotated[tuple[Proxy, ...], NoDecode] = ()
    #: What customers see in links; also the only origin staff pages accept posts from.
    public_url: str = "http://127.0.0.1:8080"
    #: Where the action server reaches the site.
    backend_url: str = "http://127.0.0.1:8080"
    rasa_url: str = "http://127.0.0.1:5005"
    actions_url: str = "http://127.0.0.1:5055"
    sandbox_url: str = "http://127.0.0.1:8090"
    sandbox_smtp_port: int = 8025

    #: `smtp://[user:password@]host:port`, `smtps://…` or `off`.
    smtp_url: SecretStr = Field(default=SecretStr("smtp://127.0.0.1:8025"), repr=False)
    mail_from: str = "RevivaTech <hello@revivatech.example>"
    #: The telephone account at Twilio: its id or `off`, its token, and the shop's numbers (E.164; `off`: not there).
    twilio_account_sid: str = Field(default=SANDBOX_ACCOUNT, pattern=r"^(off|AC[0-9a-fA-F]{32})$")
    twilio_auth_token: SecretStr = Field(default=SecretStr(SANDBOX_TOKEN), repr=False)
    twilio_sms_number: str = Field(default=SANDBOX_SMS, pattern=r"^(off|\+[1-9]\d{6,14})$")
    twilio_whatsapp_number: str = Field(default=SANDBOX_WHATSAPP, pattern=r"^(off|\+[1-9]\d{6,14})$")
    #: Where its interface is and where it sends on to for photos; the sandbox for the sandbox's account.
    twilio_url: str = "https://api.twilio.com"
    twilio_media_url: str = "https://mms.twiliocdn.com"
    #: WhatsApp's templates by name: `{"repair_ready": "HX…"}`.
    twilio_contents: dict[str, str] = Field(default_factory=dict)
    #: A virus scanner that speaks clamd's protocol: `tcp://host:port`, `unix:///path` or `off`.
    clamd: str = "off"

    #: Seconds; each inner limit is shorter than the outer one, which start-up asserts.
    action_timeout: float = 3.0
    turn_typing_after: float = 2.5
    turn_timeout: float = 8.0
    turn_lease: float = 12.0
    turn_sweep: float = 1.0
    turn_concurrency: int = Field(default=16, ge=1, le=200)
    log_json: bool = False

    @field_validator("public_url", "backend_url", "rasa_url", "actions_url", "sandbox_url", "twilio_url", "twilio_media_url")
    @classmethod
    def _without_trailing_slash(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("must be an http or https address")
        return value.rstrip("/")

    @field_validator("clamd")
    @classmethod
    def _scanner(cls, value: str) -> str:
        parts = urlsplit(value)
        if value != "off" and not (parts.scheme == "tcp" and parts.hostname and parts.port) and not (parts.scheme == "unix" and parts.path):
            raise ValueError("must be off, tcp://host:port or unix:///path")
        return value

    @field_validator("trusted_proxies", mode="before")
    @classmethod
    def _networks(cls, value: Any) -> Any:
        parts = value.replace(",", " ").split() if isinstance(value, str) else tuple(value)
        proxies = tuple(part if part == UNIX else ip_network(part) for part in parts)
        if any(not isinstance(proxy, str) and proxy.prefixlen == 0 for proxy in proxies):
            raise ValueError("must name the proxies, not everybody")
        return proxies

    @field_validator("redis_url")
    @classmethod
    def _redis(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None or not value.get_secret_value():
            return None
        if not value.get_secret_value().startswith(("redis://", "rediss://", "unix://")):
            raise ValueError("must be redis://, rediss:// or unix://")
        return value

    @property
    def secure(self) -> bool:
        """Tell whether customers reach us by https."""
        return self.public_url.startswith("https://")

    @property
    def twilio_bases(self) -> tuple[str, str]:
        """Return where the telephone account's interface is and where its photos lie: the sandbox for the sandbox's own account."""
        sandbox = self.twilio_account_sid == SANDBOX_ACCOUNT
        return (self.sandbox_url, self.sandbox_url) if sandbox else (self.twilio_url, self.twilio_media_url)

    @property
    def conninfo(self) -> str:
        """Return the database address as psycopg takes it."""
        return self.database_url.get_secret_value().replace("postgresql+psycopg://", "postgresql://", 1)

    @property
    def sqlalchemy_url(self) -> str:
        """Return the database address as SQLAlchemy takes it."""
        return self.conninfo.replace("postgresql://", "postgresql+psycopg://", 1)
