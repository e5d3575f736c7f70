"""The checker itself: a history in order has no violation, and each kind of disorder is seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from readingroom.protocol import (
    AnnotationCreated,
    AnnotationDelete,
    AnnotationHide,
    AnnotationReverted,
    AnnotationUpdated,
    ChatSay,
    KeptMark,
    LeadGive,
    LeadTake,
    LogCommand,
    LogEntry,
    PaneView,
    PatientPlace,
    PersonJoined,
    PersonRemove,
    PersonRole,
    RoomEnd,
    SeriesOpened,
    Text,
    ViewChange,
    WireWindow,
)
from readingroom.rooms import canonical, room
from tests.chaos import checker
from tests.chaos.history import (
    Attack,
    Event,
    Gap,
    Held,
    History,
    Moved,
    Quiet,
    RoomRecord,
    Seat,
    Violation,
    Written,
)

HOST, MARIA, OTTO = "host-principal", "maria-principal", "otto-principal"
MARK = "mark-000000000001"


def mark(text: str = "here") -> KeptMark:
    place = PatientPlace(frame_of_reference="for1", point_um=(1, 2, 3))
    return KeptMark(series="s1", shape=Text(at=place, text=text))


class Story:
    """A room's record and one page's, told in order and then spoilt."""

    def __init__(self) -> None:
        invited = {HOST: "host", MARIA: "patient", OTTO: "patient"}
        self.record = RoomRecord(invited=invited)
        self.seat = Seat(0, "Maria", MARIA, "room")
        self.history = History(rooms={"room": self.record}, seats=[self.seat])
        self._clock = 0.0
        self._fence = 0
        self.writes("server", SeriesOpened(series="s1"))
        for principal, role in invited.items():
            self.writes(principal, PersonJoined.model_validate({"name": role, "role": role}))
        self.writes(HOST, LeadTake(), moves_lead=True)

    def writes(self, by: str, command: LogCommand, *, op_id: str = "", moves_lead: bool = False) -> LogEntry:
        """One more entry as the script would write it, at one more ms."""
        self._clock += 1
        self._fence += moves_lead
        last = self.record.log[-1].entry if self.record.log else None
        entry = LogEntry(
            revision=(last.revision if last else 0) + 1,
            at_ms=int(self._clock),
            by=by,
            op_id=op_id or f"operation-{len(self.record.log):012}",
            command=command,
            fence=self._fence,
            head="",
        )
        entry = entry.model_copy(update={"head": room.head_after(last.head if last else "", entry)})
        raw, read = canonical.dumps(command), int(self._clock)
        self.record.log.append(Written(entry, raw, read, self._clock))
        return entry

    def moves(self, by: str, fence: int, center: float = 40) -> ViewChange:
        self._clock += 1
        change = PaneView(window=WireWindow(center=center, width=400))
        revision = len(self.record.moves) + 1
        told = ViewChange(fence=fence, view_revision=revision, by=by, pane=0, change=change)
        self.record.moves.append(Moved(told, int(self._clock)))
        return told

    def sees(self, name: str, **about: Any) -> None:
        self._clock += 1
        self.seat.events.append(Event(self._clock, name, about))

    def asks(self, question: int, command: dict[str, Any], op_id: str) -> None:
        self.seat.made += 1
        self.sees("asked", what="op", question=question, message={"op_id": op_id, "command": command})

    def is_told(self, question: int, **answer: Any) -> None:
        self.sees("answered", what="op", question=question, answer=answer)

    def says(self, text: str = "hello", op_id: str = "operation-of-maria-1") -> LogEntry:
        """Asked, written, acknowledged, heard and held."""
        self.asks(self.seat.made + 1, {"kind": "chat.say", "text": text}, op_id)
        entry = self.writes(MARIA, ChatSay(text=text), op_id=op_id)
        self.is_told(self.seat.made, ok=True, revision=entry.revision)
        self.hears(entry)
        return entry

    def hears(self, *entries: LogEntry) -> None:
        told = [[entry.revision, entry.head] for entry in entries]
        self.sees("heard", what="entries", entries=told)
        self.sees("document", revision=entries[-1].revision, head=entries[-1].head)

    @property
    def broken(self) -> list[str]:
        return sorted({one.rule for one in checker.violations(self.history)})


@pytest.fixture
def story() -> Story:
    return Story()


def test_a_story_in_order_breaks_no_rule(story: Story):
    story.says()
    story.moves(HOST, 1)
    created = story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    hidden = story.writes(HOST, AnnotationHide(id=MARK))
    story.hears(created, hidden)
    story.writes(HOST, AnnotationReverted(id=MARK, how="undo", hidden=False, mark=mark()))
    story.writes(HOST, AnnotationReverted(id=MARK, how="redo", hidden=True, mark=mark()))
    story.writes(HOST, LeadGive(to=MARIA), moves_lead=True)
    story.moves(MARIA, 2)
    assert checker.violations(story.history) == []


def lost(story: Story) -> None:
    story.asks(1, {"kind": "chat.say", "text": "hello"}, "operation-of-maria-1")
    story.is_told(1, ok=True, revision=len(story.record.log) + 1)


def altered(story: Story) -> None:
    story.asks(1, {"kind": "chat.say", "text": "hello"}, "operation-of-maria-1")
    entry = story.writes(MARIA, ChatSay(text="goodbye"), op_id="operation-of-maria-1")
    story.is_told(1, ok=True, revision=entry.revision)


def applied_twice(story: Story) -> None:
    story.says()
    story.writes(MARIA, ChatSay(text="hello"), op_id="operation-of-maria-1")


def refused_and_done(story: Story) -> None:
    story.asks(1, {"kind": "chat.say", "text": "hello"}, "operation-of-maria-1")
    story.writes(MARIA, ChatSay(text="hello"), op_id="operation-of-maria-1")
    story.is_told(1, ok=False, code="GONE", message="")


def never_answered(story: Story) -> None:
    story.asks(1, {"kind": "chat.say", "text": "hello"}, "operation-of-maria-1")
    story.sees("connection", **{"is": "live"})
    story.sees("waiting", count=0)


def sent_under_two_names(story: Story) -> None:
    story.says()
    story.seat.made -= 1
    story.sees("connection", **{"is": "live"})
    story.sees("waiting", count=0)


def gone_back(story: Story) -> None:
    entry = story.says()
    first = story.record.log[0].entry
    assert first.revision < entry.revision
    story.sees("document", revision=first.revision, head=first.head)


def stamps_gone_back(story: Story) -> None:
    story.sees("shared", stamps=[["0.window", 1, 2]])
    story.sees("shared", stamps=[["0.window", 1, 1]])


def held_another(story: Story) -> None:
    story.sees("document", revision=1, head="another")


def differed(story: Story) -> None:
    story.sees("divergences", count=1)


def heard_twice(story: Story) -> None:
    entry = story.says()
    story.sees("heard", what="entries", entries=[[entry.revision, entry.head]])


def heard_anothers(story: Story) -> None:
    story.sees("heard", what="entries", entries=[[1, "the head of another room"]])


def heard_after_a_gap(story: Story) -> None:
    first = story.record.log[0].entry
    story.sees("document", revision=first.revision, head=first.head)
    story.sees("connection", **{"is": "live"})
    third = story.record.log[2].entry
    story.sees("heard", what="entries", entries=[[third.revision, third.head]])


def anothers_mark(story: Story) -> None:
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    story.writes(OTTO, AnnotationUpdated(id=MARK, mark=mark("mine")))


def beyond_his_role(story: Story) -> None:
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    story.writes(OTTO, AnnotationHide(id=MARK))


def beyond_his_new_role(story: Story) -> None:
    story.writes(HOST, PersonRole(principal=OTTO, role="observer"))
    story.writes(OTTO, ChatSay(text="hello"))


def came_in_as_host(story: Story) -> None:
    story.writes(OTTO, PersonJoined(name="Otto", role="host"))


def made_again(story: Story) -> None:
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    story.writes(MARIA, AnnotationDelete(id=MARK))
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))


def changed_when_removed(story: Story) -> None:
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    story.writes(MARIA, AnnotationDelete(id=MARK))
    story.writes(MARIA, AnnotationUpdated(id=MARK, mark=mark("again")))


def brought_back_by_another(story: Story) -> None:
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    story.writes(MARIA, AnnotationDelete(id=MARK))
    story.writes(OTTO, AnnotationReverted(id=MARK, how="undo", hidden=False, mark=mark()))


def undone_over_a_change(story: Story) -> None:
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    story.writes(HOST, AnnotationHide(id=MARK))
    story.writes(MARIA, AnnotationReverted(id=MARK, how="undo", hidden=False))


def undone_into_another(story: Story) -> None:
    story.writes(MARIA, AnnotationCreated(id=MARK, mark=mark()))
    story.writes(MARIA, AnnotationUpdated(id=MARK, mark=mark("new")))
    story.writes(MARIA, AnnotationReverted(id=MARK, how="undo", hidden=False, mark=mark("other")))


def stale_fence(story: Story) -> None:
    story.writes(HOST, LeadGive(to=MARIA), moves_lead=True)
    story.moves(MARIA, 2)
    story.moves(HOST, 1)


def fence_that_had_passed(story: Story) -> None:
    story.writes(HOST, LeadGive(to=MARIA), moves_lead=True)
    story.moves(HOST, 1)


def nobodys_view(story: Story) -> None:
    story.moves(OTTO, 1)


def removed_and_active(story: Story) -> None:
    story.writes(HOST, PersonRemove(principal=MARIA))
    story.writes(MARIA, ChatSay(text="still here"))


def removed_and_listening(story: Story) -> None:
    story.writes(HOST, PersonRemove(principal=MARIA))
    story.hears(story.writes(HOST, ChatSay(text="between us")))


def removed_and_watching(story: Story) -> None:
    story.writes(HOST, PersonRemove(principal=MARIA))
    story._clock += 2_001
    story.sees("heard", what="presence")


def went_on_after_the_end(story: Story) -> None:
    story.writes(HOST, RoomEnd())
    story.writes(MARIA, ChatSay(text="one more thing"))


def acknowledged_while_unsaved(story: Story) -> None:
    story.history.gaps.append(Gap(0, 1_000, "the store was killed", unsaved=True))
    story.says()


def unchained(story: Story) -> None:
    last = story.record.log[-1]
    entry = last.entry.model_copy(update={"head": "0" * 40})
    story.record.log[-1] = replace(last, entry=entry)


def encoded_anew(story: Story) -> None:
    story.record.log[-1] = replace(story.record.log[-1], raw=b'{"kind": "lead.take"}')


def attacked(story: Story) -> None:
    told = {"ok": True, "revision": 1}
    story.history.attacks.append(Attack("I6 forged", OTTO, "room", frozenset({"BAD_REQUEST"}), told))


def told_anothers_revision(story: Story) -> None:
    entry = story.says()
    told = {"ok": True, "revision": entry.revision}
    story.history.attacks.append(Attack("I4 stolen", OTTO, "room", frozenset({"OK"}), told, entry.op_id))


def quiet(converged_s: float | None, document: bytes = b"{}", view: bytes = b"{}") -> Quiet:
    truth = Held("the store", b"{}", b"{}")
    return Quiet("room", (truth,), (Held("Maria", document, view),), converged_s, after="a cut")


def late(story: Story) -> None:
    story.history.quiets.append(quiet(1.2))


def never(story: Story) -> None:
    story.history.quiets.append(quiet(None))


def another_document(story: Story) -> None:
    story.history.quiets.append(quiet(0.1, document=b"[]"))


def another_view(story: Story) -> None:
    story.history.quiets.append(quiet(0.1, view=b"[]"))


def logged_an_error(story: Story) -> None:
    story.history.complaints.append("node1: a loop of the rooms ended")


SPOILT: tuple[tuple[str, Callable[[Story], None]], ...] = (
    ("I1", lost),
    ("I1", altered),
    ("I1", never_answered),
    ("I2", held_another),
    ("I2", differed),
    ("I2", another_document),
    ("I2", another_view),
    ("I3", gone_back),
    ("I3", stamps_gone_back),
    ("I4", applied_twice),
    ("I4", refused_and_done),
    ("I4", sent_under_two_names),
    ("I4", told_anothers_revision),
    ("I5", stale_fence),
    ("I5", fence_that_had_passed),
    ("I5", nobodys_view),
    ("I6", anothers_mark),
    ("I6", beyond_his_role),
    ("I6", beyond_his_new_role),
    ("I6", came_in_as_host),
    ("I6", attacked),
    ("I7", made_again),
    ("I7", changed_when_removed),
    ("I7", brought_back_by_another),
    ("I8", undone_over_a_change),
    ("I8", undone_into_another),
    ("I9", removed_and_listening),
    ("I9", removed_and_watching),
    ("I10", removed_and_active),
    ("I11", heard_anothers),
    ("I12", acknowledged_while_unsaved),
    ("I13", late),
    ("I13", never),
    ("I14", unchained),
    ("I14", encoded_anew),
    ("R18", went_on_after_the_end),
    ("R50", heard_twice),
    ("R51", heard_after_a_gap),
    ("errors", logged_an_error),
)


@pytest.mark.parametrize(("rule", "spoil"), SPOILT, ids=[spoil.__name__ for _, spoil in SPOILT])
def test_each_disorder_breaks_its_rule_and_no_other(story: Story, rule: str, spoil: Callable[[Story], None]):
    spoil(story)
    assert story.broken == [rule]


def test_a_live_page_that_asks_until_it_is_answered_may_hear_what_follows_a_gap(story: Story):  # R51
    first, _, third = (written.entry for written in story.record.log[:3])
    story.sees("document", revision=first.revision, head=first.head)
    story.sees("connection", **{"is": "live"})
    story.sees("asked", what="sync", question=1)
    story.sees("answered", what="sync", question=1, answer={"ok": False, "code": "STORE_UNREACHABLE"})
    story.sees("heard", what="entries", entries=[[third.revision, third.head]])
    assert story.broken == []
    story.sees("answered", what="sync", question=2, answer={"ok": True, "kind": "tail"})
    story.sees("heard", what="entries", entries=[[third.revision + 2, third.head]])
    assert "R51" in story.broken


def test_what_was_held_up_on_its_way_may_be_heard_later_by_the_removed(story: Story):  # I9
    story.writes(HOST, PersonRemove(principal=MARIA))
    story.history.gaps.append(Gap(story._clock, story._clock + 1_500, "people held"))
    story._clock += 3_000
    story.sees("heard", what="presence")
    assert story.broken == []


def test_five_violations_of_a_rule_are_told_and_the_rest_counted():
    found = [Violation("I1", f"op {number}") for number in range(8)]
    assert checker.told(found)[-1] == "I1: and 3 more"
    assert len(checker.told(found)) == 6
