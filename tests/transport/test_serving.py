"""What a process does while it serves."""

from __future__ import annotations

import gc

from readingroom.serving import COLLECTION
from tests.transport.conftest import Standing


async def test_the_collector_looks_at_what_came_since_the_start_alone(standing: Standing):
    assert gc.get_threshold() == COLLECTION
    assert gc.get_freeze_count() > 10_000
    assert len(gc.get_objects()) < gc.get_freeze_count()
