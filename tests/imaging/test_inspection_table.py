"""The table of `inspect`: what a technician reads. No files, only the answer of `inspect`."""

from __future__ import annotations

from typing import Any

import pytest

from readingroom.imaging.inspection_table import table


def stack(**changes: Any) -> dict[str, Any]:
    plain = {
        "kind": "volume",
        "reason": "28 pictures, one every 5 mm",
        "shape": [28, 512, 512],
        "spacing_mm": [5.0, 0.451171875, 0.451171875],
        "samples": 1,
        "lossy": False,
        "overlays": False,
        "voi_luts": [],
        "calibration": "patient",
        "suv_bw": None,
        "suv_note": "",
        "mpr_note": "",
    }
    return plain | changes


def series(*stacks: dict[str, Any], **changes: Any) -> dict[str, Any]:
    plain = {
        "series_uid": "1.2.840.99",
        "number": 3,
        "modality": "CT",
        "description": "STD BRAIN 5MM",
        "body_part": "HEAD",
        "stacks": list(stacks),
    }
    return plain | changes


def told(*all_series: dict[str, Any], refused: list[tuple[str, str]] | None = None, width: int = 100) -> str:
    files = [{"file": file, "code": "X", "reason": reason} for file, reason in refused or []]
    return table({"series": list(all_series), "refused": files}, width)


SCOUT = stack(kind="image", reason="one picture", shape=[1, 888, 512], spacing_mm=[None, 0.6, 0.5])


def test_a_block_a_series_and_aligned_lines_for_its_stacks() -> None:
    assert told(series(stack(), SCOUT)).splitlines() == [
        "Series 3  CT  STD BRAIN 5MM  HEAD",
        "  volume  28 × 512 × 512  0.4512 × 0.4512 × 5 mm  28 pictures, one every 5 mm",
        "  image   1 × 888 × 512   0.5 × 0.6 mm            one picture",
    ]


def test_what_one_must_know_before_trusting_the_picture() -> None:
    notes = stack(
        reason="one picture",
        samples=3,
        lossy=True,
        overlays=True,
        voi_luts=["", ""],
        calibration="detector",
        suv_note="No SUV: the dose is not given.",
        mpr_note="tilted gantry: sheared back by 12.0°",
    )
    assert " ".join(told(series(notes)).split()).endswith(
        "one picture; color; lossy; overlays; 2 VOI LUTs; lengths at the detector, not calibrated; "
        "No SUV: the dose is not given; MPR: tilted gantry: sheared back by 12.0°"
    )


def test_an_unnumbered_series_without_words_still_has_a_head() -> None:
    bare = series(stack(spacing_mm=None), number=None, modality="", description="", body_part="")
    assert told(bare).splitlines()[0] == "Series"


@pytest.mark.parametrize("width", [20, 48, 60, 80])
def test_narrow_terminals_wrap_and_lose_no_word(width: int) -> None:
    found = told(series(stack(mpr_note="uneven gaps 6.96 to 7.07 mm: planes are interpolated")), width=width)
    assert max(len(line) for line in found.splitlines()) <= max(width, 48)
    for word in ("BRAIN", "512", "0.4512", "28 pictures", "6.96", "interpolated"):
        assert word in " ".join(found.split())


def test_what_was_left_out_is_counted_by_reason_the_most_frequent_first() -> None:
    refused = [("a.txt", "Not DICOM."), *[(f"{n}.dcm", "Damaged.") for n in range(8)]]
    assert told(refused=refused).splitlines() == [
        "Left out: 9 files",
        "  8 × Damaged.",
        "      0.dcm, 1.dcm, 2.dcm, 3.dcm, 4.dcm, 5.dcm and 2 more",
        "  1 × Not DICOM.",
        "      a.txt",
    ]


def test_no_uid_is_told() -> None:
    assert "1.2.840" not in told(series(stack()))
