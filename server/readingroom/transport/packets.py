"""Socket.IO packets as we take them: text only, strict JSON."""

from __future__ import annotations

from typing import Any, Final

from engineio.exceptions import SocketIsClosedError
from socketio.packet import BINARY_ACK, BINARY_EVENT, Packet

from readingroom.transport import strict_json

_BINARY: Final = frozenset((str(BINARY_EVENT), str(BINARY_ACK)))


class TextPacket(Packet):  # type: ignore[misc]  # python-socketio ships no types
    """A packet without binary attachments.

    A stock packet may declare ten billion of them and hold memory for each.
    """

    uses_binary_events = False
    json = strict_json

    def decode(self, encoded_packet: Any) -> Any:
        """Raises SocketIsClosedError for binary packets and whatever strict JSON refuses.

        By that error Engine.IO ends the connection and logs nothing; our own page never sends such a packet.
        """
        if not isinstance(encoded_packet, str) or encoded_packet[:1] in _BINARY:
            raise SocketIsClosedError("binary packets are not taken")
        try:
            return super().decode(encoded_packet)
        except ValueError as error:
            raise SocketIsClosedError("not a packet of ours") from error
