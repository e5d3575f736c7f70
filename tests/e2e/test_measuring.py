"""Figures are drawn by hand, by clicks and by keys, and everybody reads what the server measured."""

from __future__ import annotations

import asyncio
import csv
import io
from pathlib import Path
from typing import Any, Final

import numpy as np
from PIL import Image
from playwright.async_api import Locator, expect

from readingroom.imaging import phantom
from tests.e2e.conftest import Consultation
from tests.e2e.person import Person

GRID: Final = phantom.Grid(24, 256, 256)
MM_PER_COLUMN: Final = GRID.spacing_mm[2]
DENSEST: Final = phantom.truth().markers[3]
"""A ball of 8 mm and 1900 HU in the table, centered on a slice."""


async def css_per_column(person: Person) -> float:
    width, height = await person.asks("[host().clientWidth, host().clientHeight]")
    return float(min(width, height)) / GRID.columns


async def to_marker(doctor: Person, patient: Person) -> tuple[float, float]:
    """Both look at the slice of the densest ball; where its center is on the doctor's screen."""
    before = await doctor.tag()
    index, _, _ = GRID.nearest(DENSEST.center)
    await doctor.page.get_by_role("slider").fill(str(index))
    await patient.drew(await doctor.settled(before))
    await doctor.pane.focus()
    x_mm, y_mm, _ = DENSEST.center.to_mm()
    x, y = await doctor.center()
    scale = await css_per_column(doctor) / MM_PER_COLUMN
    return x + x_mm * scale, y + y_mm * scale


def values(person: Person) -> Locator:
    return person.page.locator(".stage-mark .stage-value")


async def both_read(consultation: Consultation) -> list[str]:
    """The lines of values on the only mark, the same on both screens, and the server's."""
    for person in (consultation.doctor, consultation.patient):
        await person.has_marks(1)
        await expect(values(person).first).to_be_visible()
        await expect(values(person).first).not_to_contain_text("≈")
    read = await values(consultation.doctor).all_text_contents()
    assert await values(consultation.patient).all_text_contents() == read
    return read


def number(text: str) -> float:
    return float(text.split()[0].replace("\N{MINUS SIGN}", "-").rstrip("°"))


async def test_a_length_is_the_servers_on_both_screens(consultation: Consultation) -> None:
    doctor = consultation.doctor
    scale = await css_per_column(doctor)
    await chooses(doctor, "Measure", "Length")
    x, y = await doctor.center()
    await doctor.page.mouse.move(x - 80, y)
    await doctor.page.mouse.down()
    await doctor.page.mouse.move(x + 40, y, steps=5)
    await expect(values(doctor)).to_contain_text("≈")
    await doctor.page.mouse.move(x + 80, y, steps=5)
    await doctor.page.mouse.up()
    (line,) = await both_read(consultation)
    assert line.endswith(" mm")
    assert abs(number(line) - 160 / scale * MM_PER_COLUMN) < 0.2


async def chooses(person: Person, group: str, tool: str) -> None:
    await person.page.locator(f".tool[aria-label^='{group}']").click()
    await person.page.get_by_role("menuitemradio", name=tool).click()


async def test_an_ellipse_in_the_densest_ball_has_its_mean_and_sd_in_hu(consultation: Consultation) -> None:
    doctor = consultation.doctor
    x, y = await to_marker(doctor, consultation.patient)
    half = 4 * await css_per_column(doctor) / MM_PER_COLUMN
    await doctor.page.keyboard.press("e")
    await doctor.drags_from(x - half, y - half, x + half, y + half)
    area, mean, extremes = await both_read(consultation)
    assert area.endswith(" mm²")
    assert abs(number(area) - np.pi * 4**2) < 2
    words = mean.split()
    assert (words[0], words[2], words[4]) == ("mean", "±", "HU")
    assert abs(float(words[1]) - DENSEST.hu) < 15
    assert 3 < float(words[3]) < 30
    assert extremes.startswith("min 18")
    assert extremes.endswith(" HU")


async def test_an_angle_is_three_clicks(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.page.keyboard.press("g")
    x, y = await doctor.center()
    for dx, dy in ((100, 0), (0, 0), (0, 100)):
        await doctor.page.mouse.click(x + dx, y + dy)
    (line,) = await both_read(consultation)
    assert abs(number(line) - 90) < 0.2


async def test_a_polygon_is_clicks_and_a_double_click_that_leaves_the_panes_alone(
    consultation: Consultation,
) -> None:
    doctor = consultation.doctor
    scale = await css_per_column(doctor)
    await doctor.page.keyboard.press("y")
    x, y = await doctor.center()
    await doctor.page.mouse.click(x, y)
    await doctor.page.mouse.click(x + 100, y)
    await doctor.page.mouse.dblclick(x + 100, y + 100)
    area = (await both_read(consultation))[0]
    expected_mm2 = 100 * 100 / 2 / scale**2 * MM_PER_COLUMN**2
    assert area.endswith(" cm²")
    assert abs(number(area) - expected_mm2 / 100) < 0.2


async def test_a_length_by_keys_alone(consultation: Consultation) -> None:  # WCAG 2.5.7
    doctor = consultation.doctor
    keyboard = doctor.page.keyboard
    scale = await css_per_column(doctor)
    frame = await doctor.asks("readingroom.frame()")
    await keyboard.press("d")
    await keyboard.press("Shift+ArrowLeft")
    await keyboard.press("Enter")
    for _ in range(10):
        await keyboard.press("Shift+ArrowDown")
    await expect(doctor.page.locator(".stage-key-cursor")).to_have_count(1)
    await keyboard.press("Enter")
    (line,) = await both_read(consultation)
    assert abs(number(line) - 100 / scale * MM_PER_COLUMN) < 0.2
    assert await doctor.asks("readingroom.frame()") == frame


async def test_backspace_takes_the_last_point_back_and_escape_all(consultation: Consultation) -> None:
    doctor = consultation.doctor
    keyboard = doctor.page.keyboard
    await keyboard.press("d")
    x, y = await doctor.center()
    await doctor.page.mouse.click(x, y)
    await expect(doctor.page.locator(".stage-open")).to_have_count(1)
    await keyboard.press("Backspace")
    await expect(doctor.page.locator(".stage-open")).to_have_count(0)
    await doctor.page.mouse.click(x, y)
    await keyboard.press("Escape")
    await doctor.page.mouse.click(x + 90, y)
    await expect(doctor.marks).to_have_count(0)


async def test_a_point_of_an_own_figure_is_moved_and_measured_anew(consultation: Consultation) -> None:
    doctor = consultation.doctor
    scale = await css_per_column(doctor)
    x, y = await doctor.center()
    await doctor.page.keyboard.press("d")
    await doctor.drags_from(x - 50, y, x + 50, y)
    await both_read(consultation)
    await doctor.drags_from(x + 50, y, x + 110, y)
    expected = 160 / scale * MM_PER_COLUMN
    for person in (doctor, consultation.patient):
        await expect(values(person)).to_have_text(f"{expected:.1f} mm")


async def test_the_menu_of_a_mark_deletes_it_and_gives_the_focus_back(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    x, y = await doctor.center()
    for opens in ("right click", "keys"):
        await doctor.page.keyboard.press("d")
        await doctor.drags_from(x - 50, y, x + 50, y)
        await patient.has_marks(1)
        if opens == "keys":
            await doctor.page.keyboard.press("Shift+F10")
        else:
            await doctor.page.mouse.click(x, y, button="right")
        menu = doctor.page.get_by_role("menu", name="What to do with this mark")
        await expect(menu.get_by_role("menuitem")).to_have_text(["Go to", "Copy the values", "Delete"])
        await doctor.page.keyboard.press("Escape")
        await expect(menu).to_have_count(0)
        assert await doctor.asks("document.activeElement === host()")
        await doctor.page.keyboard.press("Shift+F10")
        await expect(menu.get_by_role("menuitem", name="Go to")).to_be_focused()
        await doctor.page.keyboard.press("End")
        await doctor.page.keyboard.press("Enter")
        await patient.has_marks(0)


async def test_a_right_drag_over_a_mark_zooms_and_opens_no_menu(consultation: Consultation) -> None:
    doctor = consultation.doctor
    x, y = await doctor.center()
    await doctor.page.keyboard.press("d")
    await doctor.drags_from(x - 50, y, x + 50, y)
    await doctor.has_marks(1)
    width = (await doctor.asks("readingroom.view()"))["field"]["width"]
    await doctor.drags_from(x, y, x, y - 60, button="right")
    await doctor.until(f"readingroom.view().field.width < {width}")
    await expect(doctor.page.get_by_role("menu")).to_have_count(0)


async def test_the_words_of_a_text_are_changed_from_its_menu(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    x, y = await doctor.center()
    await doctor.page.keyboard.press("t")
    await doctor.page.mouse.click(x, y)
    await doctor.page.get_by_label("Your words").fill("It has grown")
    await doctor.button("Write").click()
    await patient.has_marks(1)
    await doctor.page.mouse.click(x, y, button="right")
    await doctor.page.get_by_role("menuitem", name="Change the words").click()
    await expect(doctor.page.get_by_label("Your words")).to_have_value("It has grown")
    await doctor.page.get_by_label("Your words").fill("It has not grown")
    await doctor.button("Write").click()
    await expect(patient.page.locator(".stage-text")).to_have_text("It has not grown")


async def test_the_eraser_takes_own_marks_off_and_hides_others_for_a_host(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.draws_arrow()
    await patient.has_marks(1)
    await patient.draws_arrow(dx=60, dy=60)
    await doctor.has_marks(2)
    await doctor.page.keyboard.press("Escape")
    await doctor.button("Eraser").click()
    x, y = await doctor.center()
    await doctor.drags_from(x - 60, y - 50, x + 60, y + 60, steps=40)
    for person in (doctor, patient):
        await person.has_marks(0)
    await expect(doctor.button("Eraser")).to_have_attribute("aria-pressed", "true")


async def test_two_quick_steps_back_take_two_marks_back(consultation: Consultation) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    for number_ in range(3):
        await doctor.draws_arrow(dx=-80 + 60 * number_)
        await doctor.has_marks(number_ + 1)
    await doctor.page.evaluate(
        """() => {
          const step = { key: "z", ctrlKey: true, bubbles: true };
          for (let n = 0; n < 2; n++) document.body.dispatchEvent(new KeyboardEvent("keydown", step));
        }"""
    )
    for person in (doctor, patient):
        await person.has_marks(1)


async def test_the_list_has_the_values_and_who_measured_where(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await doctor.page.keyboard.press("d")
    await doctor.drags(100, 0)
    (line,) = await both_read(consultation)
    marks = doctor.page.locator("details.section").filter(has_text="Marks")
    await marks.locator("summary").click()
    frame = await doctor.asks("readingroom.frame()")
    await expect(marks).to_contain_text("Dr. Weber Length")
    await expect(marks).to_contain_text(line)
    await expect(marks).to_contain_text(f"Picture {frame + 1}")


async def opens_the_exports(doctor: Person) -> Locator:
    section = doctor.page.locator("details.section").filter(
        has=doctor.page.get_by_role("heading", name="Save")
    )
    await section.locator("summary").click()
    return section


async def saved(doctor: Person, section: Locator, button: str, to: Path) -> bytes:
    async with doctor.page.expect_download() as downloading:
        await section.get_by_role("button", name=button).click()
    download: Any = await downloading.value
    await download.save_as(to)
    return await asyncio.to_thread(to.read_bytes)


async def test_the_measurements_of_the_room_are_a_table(consultation: Consultation, tmp_path: Path) -> None:
    doctor, patient = consultation.doctor, consultation.patient
    await doctor.page.keyboard.press("d")
    await doctor.drags(100, 0)
    (line,) = await both_read(consultation)
    await patient.draws_arrow()
    await doctor.has_marks(2)
    section = await opens_the_exports(doctor)
    table = await saved(doctor, section, "Measurements (CSV)", tmp_path / "m.csv")
    assert table.startswith(b"\xef\xbb\xbf")
    (row,) = csv.DictReader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    assert (row["author"], row["kind"], row["quantity"], row["unit"]) == (
        "Dr. Weber",
        "length",
        "length",
        "mm",
    )
    assert f"{float(row['value']):.1f} mm" == line
    assert row["calibration meaning"] == "In the patient."


async def test_the_picture_is_saved_as_it_is_with_its_marks_and_without_a_name(
    consultation: Consultation, tmp_path: Path
) -> None:
    doctor = consultation.doctor
    await doctor.until("host().dataset.drawnQuality === 'full'")
    await doctor.page.keyboard.press("d")
    await doctor.drags_from(*(await corner(doctor, -150, -100)), *(await corner(doctor, 150, -100)))
    await doctor.has_marks(1)
    drawn = await doctor.colors()
    section = await opens_the_exports(doctor)
    unnamed = await saved(doctor, section, "Picture (PNG)", tmp_path / "p.png")
    kept = np.asarray(Image.open(tmp_path / "p.png").convert("RGB"))
    rows, columns = drawn.shape[:2]
    assert kept.shape[1] == columns
    assert kept.shape[0] > rows
    middle = slice(rows // 2, rows // 2 + 60), slice(columns // 2 - 100, columns // 2 + 100)
    assert (kept[middle] == drawn[middle]).all()
    # The line in the doctor's color, and white words below the picture.
    line = kept[rows // 2 - 102 : rows // 2 - 98, columns // 2 - 100 : columns // 2 + 100].astype(int)
    assert (np.ptp(line, axis=2) > 60).any(axis=0).all()
    assert (kept[rows:] > 200).any()
    await section.get_by_label("With the patient's name").check()
    assert await saved(doctor, section, "Picture (PNG)", tmp_path / "n.png") != unnamed
    assert np.asarray(Image.open(tmp_path / "n.png")).shape[0] > kept.shape[0]


async def corner(person: Person, dx: float, dy: float) -> tuple[float, float]:
    x, y = await person.center()
    return x + dx, y + dy


async def test_a_long_text_at_the_edge_of_a_phone_stays_on_the_picture(by_phone: Consultation) -> None:
    doctor, patient = by_phone.doctor, by_phone.patient
    x, y = await doctor.center()
    half = await css_per_column(doctor) * GRID.columns / 2
    await doctor.page.keyboard.press("t")
    await doctor.page.mouse.click(x + half - 20, y)
    await doctor.page.get_by_label("Your words").fill(
        "This is the place we talked about the last time you came"
    )
    await doctor.button("Write").click()
    await patient.has_marks(1)
    texts = "[...document.querySelectorAll('.stage-mark text')]"
    boxes = f"{texts}.map((each) => each.getBoundingClientRect().toJSON())"
    pane = await patient.asks("host().getBoundingClientRect().toJSON()")
    lines = await patient.asks(boxes)
    assert len(lines) > 2
    for box in lines:
        assert pane["left"] <= box["left"]
        assert box["right"] <= pane["right"]


async def test_the_toolbar_is_one_stop_and_arrows_go_through_it(consultation: Consultation) -> None:
    doctor = consultation.doctor
    keyboard = doctor.page.keyboard
    await doctor.button("Window").focus()
    await keyboard.press("ArrowRight")
    await expect(doctor.button("Move")).to_be_focused()
    await keyboard.press("End")
    await expect(doctor.button("Eraser")).to_be_focused()
    await keyboard.press("Tab")
    assert await doctor.asks("document.activeElement.closest('[role=toolbar]')?.ariaLabel") != "Tools"
    await keyboard.press("Shift+Tab")
    await expect(doctor.button("Eraser")).to_be_focused()
    await keyboard.press("ArrowLeft")
    await keyboard.press("Enter")
    await keyboard.press("ArrowDown")
    await expect(doctor.page.get_by_role("menuitemradio", name="Angle", exact=False).first).to_be_focused()
    await keyboard.press("Enter")
    await expect(doctor.page.locator(".tool[aria-label='Measure: Angle']")).to_be_visible()
