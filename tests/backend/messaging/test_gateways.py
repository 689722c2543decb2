"""Which gateway the settings choose."""

from __future__ import annotations

import pytest

from backend.core.settings import Settings
from backend.messaging.gateway import Off
from backend.messaging.gateways import mail_gateway
from backend.messaging.smtp import SmtpGateway


def chosen(**more: object) -> object:
    plain = {"secret": "x" * 40, "hub_secret": "x" * 20, "database_url": "postgresql:///nowhere"}
    return mail_gateway(Settings(**plain, **more))  # type: ignore[arg-type]


def test_the_sandbox_serves_development_only() -> None:
    assert isinstance(chosen(), SmtpGateway)
    for url in ("smtp://127.0.0.1:8025", "smtp://localhost:8025", "smtp://[::1]:8025"):
        with pytest.raises(ValueError, match="the sandbox delivers nothing"):
            chosen(env="production", smtp_url=url)


def test_production_takes_a_real_server_or_off() -> None:
    assert isinstance(chosen(env="production", smtp_url="smtps://shop:pw@mail.example"), SmtpGateway)
    assert isinstance(chosen(env="production", smtp_url="smtp://127.0.0.1:25"), SmtpGateway)
    assert isinstance(chosen(env="production", smtp_url="off"), Off)
