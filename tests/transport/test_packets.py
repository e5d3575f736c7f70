"""Socket.IO packets: text only."""

import pytest

from readingroom.transport.packets import TextPacket, check


@pytest.mark.parametrize(
    "encoded",
    ['51-["op",{"_placeholder":true,"num":0}]', '5999999999-["op"]', "61-[]", b"\x00\x01", '2["op",NaN]'],
)
def test_binary_and_loose_packets_are_refused(encoded: str | bytes):
    with pytest.raises(ValueError, match=r"."):
        TextPacket(encoded_packet=encoded)


def test_a_placeholder_in_a_text_event_stays_plain_data():
    packet = TextPacket(encoded_packet='2["op",{"_placeholder":true,"num":0}]')
    assert packet.data == ["op", {"_placeholder": True, "num": 0}]
    assert packet.attachment_count == 0


@pytest.mark.parametrize(
    "frame", ["", "x", "5", "7", "4", "4x", "2" + "x" * 100, "451-[]", '42["op",NaN]', "b4aGk="]
)
def test_a_frame_that_nobody_could_read_is_found_before_anybody_tries(frame: str):
    with pytest.raises(ValueError, match=r"."):
        check(frame)


@pytest.mark.parametrize("frame", ["3", "3probe", "1", '40{"protocol":1}', '427["op",{}]', "41"])
def test_frames_of_our_own_page_pass(frame: str):
    check(frame)
