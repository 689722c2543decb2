"""How much mail one recipient gets that customers cause."""

from typing import ClassVar

from pydantic import Field

from backend.core.config import Config


class MailConfig(Config):
    """Mails to one recipient in an hour and in a day, of those that anybody may cause who types the address; staff's count nowhere."""

    key: ClassVar[str] = "mail"
    news_an_hour: int = Field(default=10, ge=1, le=1000)
    news_a_day: int = Field(default=25, ge=1, le=1000)
    #: One-time codes, counted by themselves: neither kind can use the other's up.
    codes_an_hour: int = Field(default=8, ge=1, le=1000)
    codes_a_day: int = Field(default=30, ge=1, le=1000)
