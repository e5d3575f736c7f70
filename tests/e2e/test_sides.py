"""What people say and do beside the picture: hands, questions, messages, key images; leaving; the end."""

from __future__ import annotations

from playwright.async_api import Locator, expect

from tests.e2e.conftest import Consultation
from tests.e2e.person import Person

ALONE = "You are looking on your own"


def row_of(person: Person, name: str) -> Locator:
    return person.page.locator(".person").filter(has_text=name)


async def unfolds(person: Person, title: str) -> Locator:
    """A part of the side, open."""
    section = person.page.locator("details.section").filter(has_text=title)
    await section.locator("summary").click()
    return section


async def test_a_patient_asks_about_a_place_and_the_doctor_ticks_it_off(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.button("More").click()
    await patient.button("What is this?").click()
    await patient.page.mouse.click(*await patient.center())
    await expect(patient.page.get_by_label("What would you like to know?")).to_have_value("What is this?")
    await patient.button("Ask").click()
    await doctor.has_marks(1)
    questions = await unfolds(doctor, "Questions")
    await expect(questions).to_contain_text("1 open")
    await expect(questions).to_contain_text("Maria What is this?")
    await questions.get_by_role("button", name="Answered").click()
    await expect(questions).not_to_contain_text("1 open")
    theirs = await unfolds(patient, "Questions")
    await expect(theirs).to_contain_text("Answered")


async def test_a_question_lies_where_it_was_begun_whatever_is_shown_meanwhile(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    shown = "readingroom.shared().shown.series"
    began = await patient.asks(shown)
    await patient.button("More").click()
    await patient.button("What is this?").click()
    await patient.page.mouse.click(*await patient.center())
    await expect(patient.page.get_by_label("What would you like to know?")).to_be_visible()
    before = await doctor.tag()
    await doctor.page.locator(".stack-card[aria-current=false]").click()
    before = await doctor.settled(before)
    await patient.drew(before)
    assert await patient.asks(shown) != began
    await patient.button("Ask").click()
    questions = await unfolds(doctor, "Questions")
    await questions.get_by_role("button", name="Show").click()
    await patient.drew(await doctor.settled(before))
    assert await patient.asks(shown) == began
    for person in (doctor, patient):
        await person.has_marks(1)


async def test_a_question_that_a_host_has_hidden_is_shown_again_from_the_list(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.button("More").click()
    await patient.button("What is this?").click()
    await patient.page.mouse.click(*await patient.center())
    await patient.button("Ask").click()
    await doctor.has_marks(1)
    pin = await doctor.asks("document.querySelector('.stage-text').getBoundingClientRect().toJSON()")
    await doctor.page.mouse.click(pin["x"] + 10, pin["y"] + pin["height"] / 2)
    await expect(doctor.page.locator(".stage-selected")).to_have_count(1)
    await doctor.page.keyboard.press("Delete")
    await patient.has_marks(0)
    marks = await unfolds(doctor, "Marks")
    await expect(marks).to_contain_text("Maria What is this?")
    await marks.get_by_role("button", name="Show again").click()
    await patient.has_marks(1)
    await expect(marks).to_contain_text("Nothing drawn yet.")
    await expect(await unfolds(doctor, "Questions")).to_contain_text("Maria What is this?")


async def test_a_raised_hand_and_a_message_reach_the_other_side(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.button("More").click()
    await patient.button("Raise hand").click()
    await expect(row_of(doctor, "Maria")).to_contain_text("hand up")
    theirs = await unfolds(patient, "Messages")
    await theirs.get_by_label("Message").fill("Is this <b>my</b> heart?")
    await expect(row_of(doctor, "Maria")).to_contain_text("is typing")
    await theirs.get_by_role("button", name="Send").click()
    await expect(doctor.page.get_by_text("1 new")).to_be_visible()
    ours = await unfolds(doctor, "Messages")
    await expect(ours).to_contain_text("Is this <b>my</b> heart?")
    await expect(doctor.page.get_by_text("1 new")).to_be_hidden()
    await row_of(doctor, "Maria").get_by_role("button", name="More about Maria").click()
    await doctor.button("Take hand down").click()
    await expect(patient.button("Raise hand")).to_be_visible()


async def test_a_kept_picture_can_be_come_back_to(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    images = await unfolds(doctor, "Key images")
    await images.get_by_role("button", name="Keep this picture").click()
    kept = await doctor.asks("readingroom.frame()")
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(3)
    before = await doctor.settled(before)
    assert await doctor.asks("readingroom.frame()") != kept
    await images.get_by_role("button", name="Show").click()
    await patient.drew(await doctor.settled(before))
    assert await patient.asks("readingroom.frame()") == kept


async def test_each_takes_back_and_does_again_his_own_marks(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.draws_arrow()
    await doctor.has_marks(1)
    await patient.has_marks(1)
    await patient.draws_arrow(dx=40, dy=30)
    await doctor.has_marks(2)
    await doctor.page.keyboard.press("Control+z")
    await patient.has_marks(1)
    await doctor.page.keyboard.press("Control+y")
    await patient.has_marks(2)
    await patient.page.keyboard.press("Control+z")
    await doctor.has_marks(1)


async def test_a_host_hides_anothers_mark_and_shows_it_again(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.draws_arrow()
    await doctor.has_marks(1)
    head = await doctor.asks("document.querySelector('.stage-head').getBoundingClientRect().toJSON()")
    await doctor.page.mouse.click(head["x"] + head["width"] / 2, head["y"] + head["height"] / 2)
    await expect(doctor.page.locator(".stage-selected")).to_have_count(1)
    await doctor.page.keyboard.press("Delete")
    await patient.has_marks(0)
    marks = await unfolds(doctor, "Marks")
    await expect(marks).to_contain_text("Maria Arrow")
    await marks.get_by_role("button", name="Show again").click()
    await patient.has_marks(1)
    await doctor.has_marks(1)
    await marks.get_by_role("button", name="Hide from everyone").click()
    await patient.has_marks(0)


async def test_a_mark_is_gone_to_and_deleted_from_the_list(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.draws_arrow()
    await patient.has_marks(1)
    marked = await doctor.asks("readingroom.frame()")
    before = await doctor.tag()
    await doctor.rests()
    await doctor.turns(2)
    before = await doctor.settled(before)
    marks = await unfolds(doctor, "Marks")
    await marks.get_by_role("button", name="Go to").click()
    await patient.drew(await doctor.settled(before))
    assert await patient.asks("readingroom.frame()") == marked
    await marks.get_by_role("button", name="Delete").click()
    await patient.has_marks(0)


async def test_everyone_is_brought_here(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await patient.rests()
    await patient.turns(2)
    await expect(patient.page.get_by_text(ALONE)).to_be_visible()
    await expect(row_of(doctor, "Maria")).to_contain_text("looks at something else")
    room = await unfolds(doctor, "Room")
    await room.get_by_role("button", name="Bring everyone here").click()
    await expect(patient.page.get_by_text(ALONE)).to_be_hidden()
    await patient.drew(await doctor.tag())
    await expect(row_of(doctor, "Maria")).to_contain_text("sees what you see")


async def test_the_end_shows_the_patient_out_and_opening_again_lets_her_in(
    consultation: Consultation,
) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    room = await unfolds(doctor, "Room")
    await room.get_by_role("button", name="End the consultation").click()
    await room.get_by_role("alert").get_by_role("button", name="End the consultation").click()
    await expect(patient.page.get_by_text("The consultation has ended")).to_be_visible()
    await doctor.button("Open it again").click()
    await patient.button("Look again").click()
    await patient.sees_the_picture()


async def test_a_removed_patient_is_told_and_cannot_come_back(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await row_of(doctor, "Maria").get_by_role("button", name="More about Maria").click()
    await doctor.button("Remove from the room").click()
    await doctor.page.get_by_role("alert").get_by_role("button", name="Remove from the room").click()
    await expect(patient.page.get_by_text("You have left this room")).to_be_visible()
    await expect(row_of(doctor, "Maria")).to_have_count(0)
    await patient.page.reload()
    await expect(patient.page.get_by_text("You are not admitted here")).to_be_visible()


async def test_after_a_busy_while_both_pages_have_the_same_room(consultation: Consultation) -> None:  # I2
    doctor, patient = consultation.doctor, consultation.patient
    for number in range(4):
        await doctor.draws_arrow(dx=-60 + 20 * number)
        await doctor.has_marks(2 * number + 1)
        await patient.draws_arrow(dx=-60 + 20 * number, dy=40)
        await doctor.has_marks(2 * number + 2)
        await patient.page.keyboard.press("Control+z")
        await doctor.has_marks(2 * number + 1)
        await patient.page.keyboard.press("Control+y")
    for person in (doctor, patient):
        await person.has_marks(8)
    assert await doctor.asks("readingroom.revision()") == await patient.asks("readingroom.revision()")
    assert await doctor.asks("readingroom.hashes()") == await patient.asks("readingroom.hashes()")
    assert [await one.asks("readingroom.divergences()") for one in (doctor, patient)] == [0, 0]
