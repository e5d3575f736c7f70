"""Half a minute of chaos, each kind of fault at least once; the long runs are `python -m tests.chaos`."""

from __future__ import annotations

import pytest

from tests.chaos import checker
from tests.chaos.faults import FAULTS
from tests.chaos.run import run
from tests.chaos.scene import Plan
from tests.chaos.startup import starting_faults

SEED = "1"
WITHIN_S = 4.0
"""Slower than I13 says, for machines that do other things too; the long run measures it."""


@pytest.mark.timeout(150)
async def test_the_house_keeps_its_rules_through_every_kind_of_fault():  # I1 to I14
    plan = Plan(seconds=20, seed=SEED, round_s=10, fault_every_s=0.8, within_s=WITHIN_S)
    outcome = await run(plan, print)
    assert checker.told(outcome.violations) == []
    assert outcome.faults.keys() == FAULTS.keys()
    assert len(checker.acknowledged_within_ms(outcome.history.seats)) > 50


async def test_a_node_serves_over_its_own_store_and_refuses_a_weak_one():  # R70 I12
    assert await starting_faults({}) == []
