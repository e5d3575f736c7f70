"""The planted bugs still have their place in the code. Whether they are caught: tests.chaos.mutants."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.chaos.mutant_table import MUTANTS, Mutant
from tests.chaos.mutants import SERVER, WEB


@pytest.mark.parametrize("mutant", MUTANTS, ids=[mutant.name for mutant in MUTANTS])
def test_what_a_bug_replaces_stands_once_in_its_file(mutant: Mutant):
    base = WEB / "src" if mutant.layer == "client" else SERVER
    found = [(base / edit.file).read_text().count(edit.old) for edit in mutant.edits]
    assert found == [1] * len(mutant.edits)


def test_there_are_25_bugs_and_8_of_each_layer():
    layers = Counter(mutant.layer for mutant in MUTANTS)
    assert layers.total() >= 25
    assert min(layers["script"], layers["server"], layers["client"]) >= 8
