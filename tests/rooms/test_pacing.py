"""A leader's hand: written at once when it rests, merged while it hurries."""

from __future__ import annotations

import asyncio

import pytest

from readingroom.errors import Stale
from readingroom.protocol import PaneView, ViewCommand
from readingroom.rooms.rooms import Rooms
from tests.rooms.conftest import Another
from tests.rooms.people import FIRST_VIEW, consultation, scroll, window


async def test_what_comes_too_fast_is_merged_and_all_of_it_is_acknowledged(rooms: Rooms):  # R44
    here = await consultation(rooms)
    commands = [scroll(1, 1), *(window(float(number), 1) for number in range(50)), scroll(9, 1)]
    answers = await asyncio.gather(*(rooms.move(here.doctor, command) for command in commands))
    assert [answer.view_revision for answer in answers] == [1] + [2] * 51
    found = await rooms.snapshot(here.room)
    pane = found.panes["0"]
    assert (found.view_revision, pane.window.center, pane.place) == (2, 49, commands[-1].change.place)
    assert pane.shown == FIRST_VIEW.shown


async def test_each_pane_has_a_hand_of_its_own(rooms: Rooms):  # R44
    here = await consultation(rooms)
    commands = [window(pane, 1).model_copy(update={"pane": pane, "layout": "2x2"}) for pane in range(4)]
    answers = await asyncio.gather(*(rooms.move(here.doctor, command) for command in commands))
    assert sorted(answer.view_revision for answer in answers) == [1, 2, 3, 4]
    found = await rooms.snapshot(here.room)
    assert [found.panes[str(pane)].window.center for pane in range(4)] == [0, 1, 2, 3]
    assert found.layout == "2x2"


async def test_of_layouts_asked_with_several_panes_the_newest_stays(rooms: Rooms):  # R40 R44
    here = await consultation(rooms)
    asked = [(0, None), (0, "2x2"), (1, None), (1, "1x1")]
    commands = [
        window(number, 1).model_copy(update={"pane": pane, "layout": layout})
        for number, (pane, layout) in enumerate(asked)
    ]
    await asyncio.gather(*(rooms.move(here.doctor, command) for command in commands))
    found = await rooms.snapshot(here.room)
    assert (found.layout, found.panes["0"].window.center, found.panes["1"].window.center) == ("1x1", 1, 3)


async def test_panes_keep_what_they_show_when_the_layout_hides_them(rooms: Rooms):  # R46
    here = await consultation(rooms)
    second = window(70, 1).model_copy(update={"pane": 1, "layout": "1x2"})
    await rooms.move(here.doctor, second)
    await rooms.move(here.doctor, ViewCommand(fence=1, change=PaneView(), layout="1x1"))
    found = await rooms.snapshot(here.room)
    assert (found.layout, found.panes["1"].window.center) == ("1x1", 70)


async def test_a_refusal_reaches_everyone_whose_command_went_into_it(rooms: Rooms):  # I5 R44
    here = await consultation(rooms)
    stale = [rooms.move(here.patient, window(float(number), 1)) for number in range(5)]
    answers = await asyncio.gather(*stale, return_exceptions=True)
    assert [type(answer) for answer in answers] == [Stale] * 5


async def test_the_newest_word_of_a_hand_that_stops_is_written(rooms: Rooms):  # R44
    here = await consultation(rooms)
    first = asyncio.create_task(rooms.move(here.doctor, window(1, 1)))
    second = asyncio.create_task(rooms.move(here.doctor, window(2, 1)))
    await asyncio.wait([first])
    second.cancel()  # whoever asked has gone; what he asked was taken
    with pytest.raises(asyncio.CancelledError):
        await second
    third = await rooms.move(here.doctor, window(3, 1))
    found = await rooms.snapshot(here.room)
    assert (third.view_revision, found.panes["0"].window.center) == (2, 3)


def counted(center: float, n: int, page: str = "page") -> ViewCommand:
    return window(center, 1).model_copy(update={"page": page, "n": n})


async def test_what_comes_late_from_a_page_moves_nothing_back_on_any_process(
    rooms: Rooms, another: Another
):  # R48
    here = await consultation(rooms)
    async with another("two") as (others, _):
        await rooms.move(here.doctor, counted(20, 2))
        with pytest.raises(Stale):
            await others.move(here.doctor, counted(10, 1))
        await others.move(here.doctor, counted(30, 1, "another page"))
    found = await rooms.snapshot(here.room)
    assert (found.view_revision, found.panes["0"].window.center) == (2, 30)


async def test_what_comes_late_is_not_merged_over_what_is_newer(rooms: Rooms):  # R44 R48
    here = await consultation(rooms)
    late = counted(10, 2).model_copy(update={"layout": "2x2"})
    newer = counted(20, 3).model_copy(update={"layout": "1x2"})
    asked = [rooms.move(here.doctor, command) for command in (counted(0, 1), newer, late)]
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert isinstance(answers[2], Stale)
    found = await rooms.snapshot(here.room)
    assert (found.layout, found.panes["0"].window.center) == ("1x2", 20)


async def test_a_late_layout_of_another_pane_is_refused(rooms: Rooms):  # R46 R48
    here = await consultation(rooms)
    await rooms.move(here.doctor, counted(0, 2).model_copy(update={"layout": "1x2"}))
    with pytest.raises(Stale):
        await rooms.move(here.doctor, counted(0, 1).model_copy(update={"layout": "2x2", "pane": 1}))
    await rooms.move(here.doctor, counted(5, 1).model_copy(update={"pane": 1}))
    assert (await rooms.snapshot(here.room)).layout == "1x2"
