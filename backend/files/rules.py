"""Decisions about files: values in, an answer out."""

from datetime import timedelta

from backend.core.principal import Principal

#: Telephones make pictures of three to eight megabytes; this is what a line of 1 Mbit/s carries in a minute and a half.
BYTES_LIMIT = 12 * 1024 * 1024
#: What nobody has sent in a message after so long is forgotten.
UNSENT_KEPT = timedelta(hours=24)
#: What lies in the store, or half-way to it, without a row for so long belongs to nobody.
ORPHAN_SECONDS = 3600.0
DAY = timedelta(days=1)
#: Room that must stay free on the disk.
FREE_BYTES = 512 * 1024 * 1024


def owner_of(who: Principal) -> str:
    """Whose upload it is: client ids and limits are counted by it."""
    return f"{who.kind}:{who.id}"
