"""A link opens once: so nothing that goes wrong after it was used may keep its owner out."""

from __future__ import annotations

from tests.transport.conftest import Standing
from tests.transport.visitor import Visitor


async def test_a_patient_gets_in_whatever_stack_the_doctor_pointed_the_stage_at(
    standing: Standing, doctor: Visitor
):
    socket = await doctor.enter()
    lead, series = socket.snapshot["lead"], socket.snapshot["series"][0]
    change = {"shown": {"series": series, "stack": 999_999}}
    await socket.ask("view", {"fence": lead["fence"], "pane": 0, "change": change})
    async with Visitor.at(standing.url) as patient:
        status, answer = await patient.post_join(standing.room.room, standing.room.patient.secret, "Maria")
        assert status == 200, answer
