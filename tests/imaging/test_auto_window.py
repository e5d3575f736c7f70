"""What a stack offers, and the window chosen when its file has none."""

from __future__ import annotations

import numpy as np
import pytest

from readingroom.imaging import auto_window
from readingroom.imaging.index import LookupTable, NamedLut, NamedVoi
from readingroom.values import Rescale, VoiFunction, VoiWindow
from tests.imaging.arrange import Held, frame, stack

EXACT = VoiFunction.LINEAR_EXACT
CHOSEN = VoiWindow(50, 98, EXACT)
PLAIN = stack((frame(),), 1, 1)
HU = stack((frame(),), 1, 1, unit="HU")
TABLES = (
    NamedLut("", LookupTable(0, 8, (0, 255))),
    NamedLut("Skin", LookupTable(-10, 12, (0, 100, 4095))),
    NamedLut("", LookupTable(5, 8, (7,))),
)


def names(offered: tuple[NamedVoi, ...]) -> list[str]:
    return [named.explanation for named in offered]


def test_the_1st_to_the_99th_percentile_is_chosen():
    stored = np.arange(101, dtype=np.uint16)  # percentile p is p
    assert auto_window.of_frame(stored, frame()) == VoiWindow(50, 98, EXACT)


def test_padding_has_no_say():  # picture.md: excluded from auto-window
    stored = np.concatenate([np.arange(101), np.full(500, -2000)]).astype(np.int16)
    assert auto_window.of_frame(stored, frame(padding=(-2000, -1999))) == VoiWindow(50, 98, EXACT)


def test_the_window_is_in_modality_units():
    stored = np.arange(101, dtype=np.uint16)
    chosen = auto_window.of_frame(stored, frame(rescale=Rescale(-0.01, 2.0)))
    assert chosen == VoiWindow(1.5, 0.98, EXACT)


def test_a_picture_nearly_all_black_is_still_shown():
    stored = np.zeros(10_000, np.uint8)
    stored[:5] = 40
    assert auto_window.of_frame(stored, frame()) == VoiWindow(20, 40, EXACT)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [([7, 7, 7], VoiWindow(7, 1, EXACT)), ([0, 0], VoiWindow(0, 1, EXACT))],
)
def test_one_value_or_none_gives_a_window_all_the_same(stored: list[int], expected: VoiWindow):
    assert auto_window.of_frame(np.array(stored, np.uint8), frame(padding=(0, 0))) == expected


def test_what_is_no_number_has_no_say():
    stored = np.array([np.nan, np.inf, 1.0, 3.0], np.float32)
    assert auto_window.of_frame(stored, frame()) == VoiWindow(2, 1.96, EXACT)


def test_the_windows_of_the_file_come_first_each_once():
    own = (
        NamedVoi("WINDOW1", VoiWindow(30, 350)),
        NamedVoi("", VoiWindow(40, 400)),
        NamedVoi("X", VoiWindow(30, 350)),
    )
    offered = auto_window.offered(HU, frame(windows=own), CHOSEN)
    assert names(offered)[:3] == ["WINDOW1", "From the file 2", "Lung"]
    assert "Soft tissue" not in names(offered)  # 40/400 is offered already
    assert names(offered)[-1] == "Auto"


def test_ct_without_a_window_begins_with_the_automatic_one():
    offered = auto_window.offered(HU, frame(), CHOSEN)
    assert names(offered)[:2] == ["Auto", "Soft tissue"]
    assert offered[0].window == CHOSEN


def test_other_units_get_no_ct_presets():
    own = (NamedVoi("", VoiWindow(300, 600)),)
    assert names(auto_window.offered(PLAIN, frame(windows=own), CHOSEN)) == ["From the file", "Auto"]


def test_nothing_is_made_up_before_a_value_is_known():
    assert auto_window.offered(PLAIN, frame(), None) == ()


def test_a_stack_offers_the_window_of_its_middle_frame():
    array = np.stack([np.full((1, 101), 5), np.arange(101)[None], np.full((1, 101), 7)]).astype(np.uint16)
    frames = tuple(frame(number=number, sha256="three") for number in range(3))
    volume = Held(stack(frames, 1, 101), array)
    assert auto_window.windows_of(volume) == (NamedVoi("Auto", CHOSEN),)
    volume.damaged = {1}
    assert auto_window.windows_of(volume) == (NamedVoi("Auto", VoiWindow(5, 1, EXACT)),)


def test_a_stack_that_is_being_read_offers_what_needs_no_values():
    volume = Held(stack((frame(sha256="one"),), 1, 3, unit="HU"), np.zeros((1, 1, 3), np.uint16))
    volume.ready = set()
    assert names(auto_window.windows_of(volume))[:2] == ["Soft tissue", "Lung"]
    volume.ready = {0}
    assert names(auto_window.windows_of(volume))[:2] == ["Auto", "Soft tissue"]


def test_voi_luts_stand_behind_the_windows_of_the_file_with_the_window_over_their_domain():
    shown = frame(windows=(NamedVoi("", VoiWindow(300, 600)),), voi_luts=(1, 2))
    offered = auto_window.offered(stack((shown,), 1, 1, voi_luts=TABLES), shown, CHOSEN)
    assert names(offered) == ["From the file", "Skin", "VOI LUT 2", "Auto"]
    assert offered[1].window == VoiWindow(-8.5, 3, lut=1)
    assert offered[2].window == VoiWindow(5.5, 1, lut=2)


def test_a_voi_lut_of_a_windows_name_says_what_it_is():
    shown = frame(windows=(NamedVoi("Skin", VoiWindow(300, 600)),), voi_luts=(1,))
    offered = auto_window.offered(stack((shown,), 1, 1, voi_luts=TABLES), shown, None)
    assert names(offered) == ["Skin", "Skin (VOI LUT)"]


def test_a_file_with_a_voi_lut_alone_begins_with_it():
    shown = frame(voi_luts=(0,))
    offered = auto_window.offered(stack((shown,), 1, 1, unit="HU", voi_luts=TABLES), shown, CHOSEN)
    assert names(offered)[:2] == ["VOI LUT", "Soft tissue"]
    assert names(offered)[-1] == "Auto"


def test_pet_of_known_suv_offers_the_usual_ones_in_its_own_units():  # 0.0002 g/ml of 1 Bq/ml: SUV 5 is 25 kBq
    offered = auto_window.offered(stack((frame(),), 1, 1, suv_bw=0.0002), frame(), CHOSEN)
    assert names(offered) == ["Auto", "SUV 0–5", "SUV 0–10", "SUV 0–15"]
    assert [named.window for named in offered[1:]] == [
        VoiWindow(12500, 25000, EXACT),
        VoiWindow(25000, 50000, EXACT),
        VoiWindow(37500, 75000, EXACT),
    ]


def test_color_is_windowed_by_nothing():
    color = stack((frame(),), 2, 2, samples=3, dtype="uint8", unit="HU")
    assert auto_window.windows_of(Held(color, np.zeros((1, 2, 2, 3), np.uint8))) == ()
    assert auto_window.offered(color, frame(), CHOSEN) == ()


def test_a_large_picture_is_windowed_by_an_even_choice_of_its_values():
    stored = np.tile(np.arange(3000, dtype=np.uint16), (2500, 1))
    window = auto_window.of_frame(stored, frame())
    assert window.center == pytest.approx(1499.5, abs=3)
    assert window.width == pytest.approx(0.98 * 2999, abs=3)
    assert auto_window.modality_values(stored, frame()).size <= auto_window.MOST_VALUES


@pytest.mark.parametrize("slope", [1e308, -1e308, 1e-320])
def test_a_rescale_at_the_end_of_all_numbers_still_gives_a_window(slope: float):
    stored = np.array([[-30000, -3, 0, 3, 30000]], np.int16)
    shown = frame(rescale=Rescale(slope, 1e308))
    assert auto_window.of_frame(stored, shown) == VoiWindow(0, 1, EXACT)


def test_a_fill_value_beyond_all_measurements_has_no_say():
    stored = np.array([[3.4e38, -3.4e38, 1.0, 3.0]], np.float32)
    assert auto_window.of_frame(stored, frame()) == VoiWindow(2, 1.96, EXACT)


@pytest.mark.parametrize("suv_bw", [0.0, 1e-320, 1e300, -1.0])
def test_a_factor_no_scanner_can_mean_offers_no_suv(suv_bw: float):
    assert names(auto_window.offered(stack((frame(),), 1, 1, suv_bw=suv_bw), frame(), CHOSEN)) == ["Auto"]
