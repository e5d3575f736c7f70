"""A short siege with a fixed seed. The long one: `python -m tests.fuzz.dicom --seconds 120`."""

from __future__ import annotations

from readingroom.imaging.reading.transfer_syntaxes import decodable
from tests.fuzz.dicom import fuzz
from tests.fuzz.mutants import HARMS, mutant
from tests.fuzz.seeds import missing, seeds


async def test_hostile_files_cost_themselves_and_nobody_else() -> None:
    report = await fuzz(seconds=10, seed=2026, most=64)
    assert report.broken == [], str(report)
    assert report.deaths == 0
    assert report.besieged, "nobody else looked at anything"


def test_the_same_run_makes_the_same_mutants_of_every_syntax_and_kind() -> None:
    found = seeds()
    made = [mutant(found, run=1, number=number) for number in range(200)]
    assert made[:40] == [mutant(found, run=1, number=number) for number in range(40)]
    assert {one.harm for one in made} == set(HARMS)
    assert {one.syntax for one in made} == {syntax.name for syntax in decodable()} - set(missing(found))
