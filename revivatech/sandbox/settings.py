"""What the sandbox is told at start; it shares its names with the site's settings and needs none of their secrets."""

from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from backend.core.settings import SANDBOX_ACCOUNT, SANDBOX_SMS, SANDBOX_TOKEN, SANDBOX_WHATSAPP
from backend.messaging.addresses import WEBHOOKS
from revivatech.paths import ROOT

from .telephone.exchange import Line


class SandboxSettings(BaseSettings):
    """Addresses and the folder for what was sent."""

    model_config = SettingsConfigDict(env_prefix="REVIVATECH_", frozen=True, extra="ignore")

    env: Literal["development", "production"] = "development"
    var: Path = Path("var")
    sandbox_url: str = "http://127.0.0.1:8090"
    #: Where the shop is, which is told what people write.
    public_url: str = "http://127.0.0.1:8080"
    #: Taken from `sandbox_url` unless said.
    sandbox_port: int | None = Field(default=None, ge=0, le=65535)
    sandbox_smtp_port: int = Field(default=8025, ge=0, le=65535)
    #: When both are set the mail server asks for them.
    sandbox_smtp_user: str | None = None
    sandbox_smtp_password: SecretStr | None = Field(default=None, repr=False)

    @property
    def web_port(self) -> int:
        """Return the port of the pages."""
        return self.sandbox_port if self.sandbox_port is not None else urlsplit(self.sandbox_url).port or 8090

    @property
    def folder(self) -> Path:
        """Return where what was sent is kept."""
        return ROOT / self.var / "sandbox"

    @property
    def login(self) -> tuple[str, str] | None:
        """Return what the mail server asks for, if anything."""
        if self.sandbox_smtp_user and self.sandbox_smtp_password:
            return self.sandbox_smtp_user, self.sandbox_smtp_password.get_secret_value()
        return None

    @property
    def line(self) -> Line:
        """Return the telephone account the shop uses while it has none of its own."""
        return Line(
            account=SANDBOX_ACCOUNT,
            token=SANDBOX_TOKEN,
            sms=SANDBOX_SMS,
            whatsapp=SANDBOX_WHATSAPP,
            webhook=f"{self.public_url.rstrip('/')}{WEBHOOKS}",
            address=self.sandbox_url.rstrip("/"),
        )
