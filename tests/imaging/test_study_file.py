"""`study.json`: what is written is read again, and one written before a field was known still opens."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path
from typing import Any

from readingroom.imaging.index import Frame, LookupTable, NamedLut, Palette, Region, Series, Stack, Study
from readingroom.imaging.study_file import read_study, write_study
from readingroom.values import StudyId
from tests.imaging.arrange import frame, stack


def study(*stacks: Stack) -> Study:
    series = Series("1.2", "MG", 1, "", "", "", stacks)
    return Study(StudyId("a" * 24), "1", "", "", "", "", "", (series,), ())


def without_defaults(kind: Any, value: dict[str, Any]) -> dict[str, Any]:
    """What the first version wrote: only what has no default."""
    defaulted = {field.name for field in dataclasses.fields(kind) if field.default is not dataclasses.MISSING}
    return {name: said for name, said in value.items() if name not in defaulted}


def test_every_new_word_survives_the_disk(tmp_path: Path) -> None:
    lut = NamedLut("HARDER", LookupTable(-5, 12, (0, 4095)))
    shown = dataclasses.replace(frame(), voi_luts=(0,), overlay=True)
    rich = stack(
        (shown,),
        4,
        4,
        samples=3,
        voi_luts=(lut,),
        palette=Palette(0, (1,), (2,), (3,)),
        calibration="regions",
        measured_spacing_mm=(0.1, 0.2),
        regions=(Region(0, 1, 2, 3, (0.5, 0.5)),),
        suv_bw=0.25,
        suv_note="",
        frame_times_ms=(40.0,),
        mpr_note="tilted",
    )
    write_study(tmp_path, study(rich))
    assert read_study(tmp_path) == study(rich)


def test_a_study_of_the_first_version_opens_with_what_was_not_known_then_left_out(tmp_path: Path) -> None:
    plain = stack((frame(),), 4, 4)
    write_study(tmp_path, study(plain))
    path = tmp_path / "study.json"
    said = json.loads(path.read_text())
    (series,) = said["study"]["series"]
    old = without_defaults(Stack, series["stacks"][0])
    old["frames"] = [without_defaults(Frame, one) for one in old["frames"]]
    assert not {"samples", "voi_luts", "calibration", "mpr_note"} & set(old)
    series["stacks"] = [old]
    path.write_text(json.dumps(said))
    assert read_study(tmp_path) == study(plain)
