"""Socket.IO packets as we take them: text only, strict JSON."""

from __future__ import annotations

from typing import Any, Final

from engineio.packet import CLOSE, MESSAGE, NOOP, PING, PONG
from socketio.packet import BINARY_ACK, BINARY_EVENT, Packet

from readingroom.transport import strict_json

_MESSAGE: Final = str(MESSAGE)
_CONTROL: Final = frozenset(map(str, (CLOSE, PING, PONG, NOOP)))
LONGEST_CONTROL: Final = 16
_BINARY: Final = frozenset((str(BINARY_EVENT), str(BINARY_ACK)))


class TextPacket(Packet):  # type: ignore[misc]  # python-socketio ships no types
    """A packet without binary attachments.

    A stock packet may declare ten billion of them and hold memory for each.
    """

    uses_binary_events = False
    json = strict_json

    def decode(self, encoded_packet: Any) -> Any:
        """Raises ValueError for binary packets and whatever strict JSON refuses."""
        if not isinstance(encoded_packet, str) or encoded_packet[:1] in _BINARY:
            raise ValueError("binary packets are not taken")
        return super().decode(encoded_packet)


def check(frame: str) -> None:
    """Whether Engine.IO and Socket.IO can read a frame. Raises ValueError.

    Both only log what they cannot read, and read on; so it is tried before they see it.
    """
    kind, rest = frame[:1], frame[1:]
    if kind == _MESSAGE and rest:
        TextPacket(encoded_packet=rest)
    elif kind not in _CONTROL or len(rest) > LONGEST_CONTROL:
        raise ValueError("not a packet of ours")
