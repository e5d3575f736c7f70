"""Socket.IO packets: text only."""

import pytest
from engineio.exceptions import SocketIsClosedError

from readingroom.transport.packets import TextPacket


@pytest.mark.parametrize(
    "encoded",
    ['51-["op",{"_placeholder":true,"num":0}]', '5999999999-["op"]', "61-[]", b"\x00\x01", '2["op",NaN]'],
)
def test_binary_and_loose_packets_are_refused(encoded: str | bytes):
    with pytest.raises(SocketIsClosedError):
        TextPacket(encoded_packet=encoded)


def test_a_placeholder_in_a_text_event_stays_plain_data():
    packet = TextPacket(encoded_packet='2["op",{"_placeholder":true,"num":0}]')
    assert packet.data == ["op", {"_placeholder": True, "num": 0}]
    assert packet.attachment_count == 0
