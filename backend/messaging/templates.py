"""Who writes which mail: slices above register a writer for each template name."""

from collections.abc import Awaitable, Callable

from backend.core.db import Session

from .gateway import Mail, Moot
from .models import OutboundMessage

#: Reads what is true now and writes the mail, or says that it is moot; secrets it makes are stored hashed in this session.
Writer = Callable[[Session, OutboundMessage], Awaitable[Mail | Moot]]
_WRITERS: dict[str, Writer] = {}


def writes(template: str) -> Callable[[Writer], Writer]:
    """Register the writer of a template."""

    def register(writer: Writer) -> Writer:
        if template in _WRITERS:
            raise RuntimeError(f"two writers for {template}")
        _WRITERS[template] = writer
        return writer

    return register


async def write(session: Session, row: OutboundMessage) -> Mail | Moot:
    """Write the mail of a row."""
    writer = _WRITERS.get(row.template)
    return Moot("no_such_template") if writer is None else await writer(session, row)
