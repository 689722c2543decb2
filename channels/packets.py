"""What may arrive on a socket at all: one text packet with one event of one argument. Anything else ends the connection.

The library would keep the announced attachments of a binary packet for ever, take `connect` and `disconnect` from a client for its own,
and write a page into the log for each malformed packet.
"""

from typing import Any

import socketio
from socketio.packet import ACK, CONNECT, DISCONNECT, EVENT

from backend.core import logs

log = logs.get(__name__)
_KINDS = frozenset({CONNECT, DISCONNECT, EVENT, ACK})
_RESERVED = frozenset({"connect", "disconnect"})


class Malformed(Exception):
    """A packet no client of ours sends."""


class Packet(socketio.packet.Packet):  # type: ignore[misc]
    """A packet that is decoded whole or not at all."""

    def decode(self, encoded_packet: Any) -> int:
        """Read a packet from the wire; raises Malformed."""
        if not isinstance(encoded_packet, str):
            raise Malformed
        try:
            attachments: int = super().decode(encoded_packet) or 0
        except (ValueError, TypeError, RecursionError) as error:
            raise Malformed from error
        if self.packet_type not in _KINDS or (self.packet_type == EVENT and not _is_event(self.data)):
            raise Malformed
        return attachments


class Server(socketio.AsyncServer):  # type: ignore[misc]
    """A server that hangs up on whoever does not speak its language."""

    async def _handle_eio_message(self, eio_sid: str, data: Any) -> None:
        try:
            if not data:  # which the library takes for an event of no name
                raise Malformed
            await super()._handle_eio_message(eio_sid, data)
        except Malformed:
            log.info("packet_malformed")
            await self.eio.disconnect(eio_sid)


def _is_event(data: Any) -> bool:
    return isinstance(data, list) and 1 <= len(data) <= 2 and isinstance(data[0], str) and data[0] not in _RESERVED
