"""Without a mouse: keys do what the help says, every control is reached, and the focus is never lost."""

from __future__ import annotations

from typing import Any, Final

import pytest
from playwright.async_api import Locator, expect

from tests.e2e.conftest import PHONE, Consultation, Guests
from tests.e2e.house import House
from tests.e2e.person import Person
from tests.e2e.test_sides import unfolds

FRAMES: Final = 24
TOOLS: Final = {
    "w": "window", "p": "pan", "z": "zoom", "s": "scroll", "a": "arrow", "t": "text", "n": "freehand",
    "q": "pin", "d": "length", "g": "angle", "k": "cobb", "b": "bidirectional", "e": "ellipse",
    "m": "rectangle", "y": "polygon", "u": "probe",
}  # fmt: skip
WINDOWS: Final = {1: (400, 40), 2: (1500, -600), 3: (2500, 480), 4: (80, 40), 9: (600, 300)}
"""Width and center of the CT presets."""

FOCUSED: Final = """(() => {
  const one = document.activeElement;
  if (one === document.body) return null;
  const box = one.getBoundingClientRect();
  const { outlineStyle, outlineWidth } = getComputedStyle(one);
  const inside = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.1], [0.5, 0.9]];
  const seen = inside.some(([x, y]) => {
    const top = document.elementFromPoint(box.x + box.width * x, box.y + box.height * y);
    return top !== null && (one.contains(top) || top.contains(one));
  });
  const label = one.getAttribute("aria-label") ?? one.labels?.[0]?.textContent ?? one.textContent;
  one.dataset.reached = "yes";
  return { name: label.trim(), ring: outlineStyle !== "none" && parseFloat(outlineWidth) >= 2, seen };
})()"""
UNREACHED: Final = """[...document.querySelectorAll("button, input, select, summary, a[href], .pane")]
  .filter((each) => each.checkVisibility() && !each.disabled && each.tabIndex >= 0 && !each.dataset.reached)
  .map((each) => each.outerHTML.slice(0, 120))"""


async def walks(person: Person) -> list[str]:
    """Through the whole page and round again by Tab; the names of the stops. Each is seen and has a ring."""
    names: list[str] = []
    rounds = 0
    while rounds < 2:
        await person.page.keyboard.press("Tab")
        stop = await person.asks(FOCUSED)
        if stop is None:
            rounds += 1
            continue
        assert stop["ring"], f"no focus is seen on: {stop['name']}"
        assert stop["seen"], f"something lies over: {stop['name']}"
        names.append(stop["name"])
    return names


async def goes_to(person: Person, name: str, *, back: bool = False) -> None:
    """By Tab, to the control that is called so."""
    for _ in range(120):
        stop = await person.asks(FOCUSED)
        if stop is not None and stop["name"] == name:
            return
        await person.page.keyboard.press("Shift+Tab" if back else "Tab")
    raise AssertionError(f"Tab does not lead to {name!r}")


async def presses(person: Person, *keys: str) -> None:
    for key in keys:
        await person.page.keyboard.press(key)


async def view(person: Person) -> dict[str, Any]:
    return dict(await person.asks("readingroom.view()"))


# --- the table of keys ----------------------------------------------------------------------------------
@pytest.mark.parametrize("focus", ["the page", "the picture"])
async def test_every_key_does_what_the_help_says(consultation: Consultation, focus: str) -> None:
    doctor = consultation.doctor
    page = doctor.page
    if focus == "the picture":
        await doctor.pane.focus()
    for key, frame in (
        ("Home", 0), ("ArrowDown", 1), ("Shift+ArrowDown", 11), ("Shift+ArrowUp", 1), ("ArrowUp", 0),
        ("End", FRAMES - 1),
    ):  # fmt: skip
        await page.keyboard.press(key)
        await doctor.until(f"readingroom.frame() === {frame}")

    width = (await view(doctor))["field"]["width"]
    await presses(doctor, "+")
    await doctor.until(f"readingroom.view().field.width < {width}")
    # Patient coordinates: to the left of an axial picture is the patient's right, up is the front.
    for key, axis, more in (
        ("Alt+ArrowRight", 0, False), ("Alt+ArrowLeft", 0, True),
        ("Alt+ArrowDown", 1, False), ("Alt+ArrowUp", 1, True),
    ):  # fmt: skip
        before = (await view(doctor))["place"]["point_um"][axis]
        await page.keyboard.press(key)
        await doctor.until(f"readingroom.view().place.point_um[{axis}] {'>' if more else '<'} {before}")
    await presses(doctor, "-")
    await doctor.until(f"Math.abs(readingroom.view().field.width / {width} - 1) < 0.01")
    await presses(doctor, "+", "=")
    await doctor.until(f"Math.abs(readingroom.view().field.width / {width} - 1) < 0.01")

    for key, turn in (
        ("r", "1,false"), ("l", "0,false"), ("h", "0,true"), ("h", "0,false"), ("v", "2,true"),
        ("v", "0,false"),
    ):  # fmt: skip
        await page.keyboard.press(key)
        await doctor.until(f"Object.values(readingroom.view().turn).join() === '{turn}'")
    await presses(doctor, "i")
    await doctor.until("readingroom.view().inverted")
    for number, (wide, center) in WINDOWS.items():
        await page.keyboard.press(str(number))
        window = (
            f"readingroom.view().window.width === {wide} && readingroom.view().window.center === {center}"
        )
        await doctor.until(window)
    await presses(doctor, "Space")
    await doctor.until("!readingroom.view().inverted && readingroom.view().window.width !== 600")

    for key, tool in TOOLS.items():
        await page.keyboard.press(key)
        await doctor.until(f"host().dataset.tool === '{tool}'")
    await presses(doctor, "Escape")
    await doctor.until("host().dataset.tool === 'window'")

    series = (await view(doctor))["shown"]["series"]
    await presses(doctor, "PageDown")
    await doctor.until(f"readingroom.view().shown.series !== '{series}'")
    await presses(doctor, "PageUp")
    await doctor.until(f"readingroom.view().shown.series === '{series}'")
    await presses(doctor, "f")
    await expect(doctor.button("Window")).to_be_hidden()
    await presses(doctor, "f")
    await expect(doctor.button("Window")).to_be_visible()
    await presses(doctor, "?")
    await expect(page.get_by_role("dialog", name="Keys and mouse")).to_be_visible()


async def test_keys_go_from_pane_to_pane_and_make_one_of_them_large(consultation: Consultation) -> None:
    doctor = consultation.doctor
    await goes_to(doctor, "Layout")
    await presses(doctor, "Enter")
    await goes_to(doctor, "Side by side")
    await presses(doctor, "Enter")
    await doctor.until("!!readingroom.view(1)?.place")
    active = "[...document.querySelectorAll('.viewport')].findIndex((each) => each.matches('.active'))"
    first = await doctor.asks(active)
    await presses(doctor, "F6")
    await doctor.until(f"{active} === {1 - first}")
    await doctor.until("document.activeElement.closest('.viewport.active') !== null")
    await presses(doctor, "Shift+F6")
    await doctor.until(f"{active} === {first}")
    frame = await doctor.asks("readingroom.frame()")
    await presses(doctor, "ArrowDown")
    await doctor.until(f"readingroom.frame() === {frame} + 1")
    await presses(doctor, "Enter")
    await expect(doctor.page.locator(".viewport")).to_have_count(1)
    await doctor.pane.focus()
    await presses(doctor, "Enter")
    await expect(doctor.page.locator(".viewport")).to_have_count(2)


# --- every control --------------------------------------------------------------------------------------
@pytest.mark.parametrize("width", [1440, 1000, 600])
async def test_every_control_of_the_desk_is_reached_and_seen(
    house: House, guests: Guests, width: int
) -> None:  # WCAG 2.1.1, 2.4.7, 2.4.11
    links = await house.room()
    doctor = await guests.doctor(viewport={"width": width, "height": 800})
    await doctor.joins(links.doctor)
    if width > 800:
        for part in ("Invite", "Questions", "Marks", "Key images", "Save", "Messages", "Room"):
            await unfolds(doctor, part)
    assert "Go to the picture" in await walks(doctor)
    assert await doctor.asks(UNREACHED) == []


async def test_every_control_of_the_patient_is_reached_and_seen(house: House, guests: Guests) -> None:
    doctor, patient = await guests.both(await house.room(), **PHONE)
    await patient.page.locator(".controls .key[aria-expanded]").focus()
    await presses(patient, "Enter")
    for part in ("Messages", "Questions", "Key images", "Words explained"):
        await unfolds(patient, part)
    await patient.page.locator(".controls .key[aria-expanded]").focus()
    names = await walks(patient)
    assert {
        "Go to the picture",
        "Next picture",
        "Closer",
        "Farther away",
        "Raise hand",
        "Ask to steer",
    } <= set(names)
    assert await patient.asks(UNREACHED) == []
    await patient.page.locator(".slider input").focus()
    frame = await patient.asks("readingroom.frame()")
    await presses(patient, "ArrowUp")
    await patient.until(f"readingroom.frame() !== {frame}")


async def test_arrows_go_through_every_button_of_a_toolbar(consultation: Consultation) -> None:
    doctor = consultation.doctor
    bars: list[Locator] = await doctor.page.get_by_role("toolbar").all()
    assert len(bars) >= 2
    for bar in bars:
        buttons = bar.locator(".tool:not(:disabled)")
        await buttons.first.focus()
        for number in range(await buttons.count()):
            await expect(buttons.nth(number)).to_be_focused()
            await presses(doctor, "ArrowRight")


# --- the focus comes back -------------------------------------------------------------------------------
async def test_what_was_opened_by_keys_gives_the_focus_back(consultation: Consultation) -> None:
    doctor = consultation.doctor
    for opener, kind in (("Help", "dialog"), ("Layout", ".menu-sheet"), ("Add pictures", "dialog")):
        await doctor.button(opener).focus()
        await presses(doctor, "Enter")
        await expect(doctor.page.locator(kind)).to_be_visible()
        await presses(doctor, "Escape")
        await expect(doctor.page.locator(kind)).to_have_count(0)
        await expect(doctor.button(opener)).to_be_focused()
    measure = doctor.page.get_by_role("button", name="Measure")
    await measure.focus()
    await presses(doctor, "Enter")
    await expect(doctor.page.get_by_role("menu", name="Measure")).to_be_visible()
    await presses(doctor, "Escape")
    await expect(measure).to_be_focused()


async def test_the_first_stop_leads_over_everything_to_the_picture(consultation: Consultation) -> None:
    for person in (consultation.doctor, consultation.patient):
        await person.asks("document.activeElement.blur()")
        await presses(person, "Tab")
        assert (await person.asks(FOCUSED))["name"] == "Go to the picture"
        await presses(person, "Enter")
        await expect(person.pane).to_be_focused()


# --- a consultation without a mouse ---------------------------------------------------------------------
async def test_a_consultation_by_keys_alone(house: House, guests: Guests) -> None:
    links = await house.room()
    doctor, patient = await guests.doctor(), await guests.patient()
    for person, link in ((doctor, links.doctor), (patient, links.patient)):
        await person.opens(link)
        await goes_to(person, "Your name")
        await person.page.keyboard.type(person.name)
        await presses(person, "Enter")
        await person.sees_the_picture()

    # A length: its tool, a point, eight steps of ten to the right, the other point.
    await goes_to(doctor, "Go to the picture", back=True)
    await presses(doctor, "Enter", "d", "Enter", "Enter", *["Shift+ArrowRight"] * 8, "Enter")
    await patient.has_marks(1)
    await expect(doctor.marks.locator(".stage-text, text").first).to_contain_text("mm")
    await presses(doctor, "Control+z")
    await patient.has_marks(0)
    await presses(doctor, "Control+y")
    await patient.has_marks(1)
    marks = await unfolds_by_keys(doctor, "Marks")
    await goes_to(doctor, "Delete")
    await presses(doctor, "Enter")
    await patient.has_marks(0)
    await expect(marks).to_contain_text("Nothing drawn yet.")

    # The patient raises a hand, asks about a place and says something.
    await goes_to(patient, "Raise hand")
    await presses(patient, "Enter")
    await expect(doctor.page.locator(".person").filter(has_text="hand up")).to_have_count(1)
    await goes_to(patient, "What is this?")
    await presses(patient, "Enter")
    await goes_to(patient, "Go to the picture", back=True)
    await presses(patient, "Enter", "Enter", "Enter")
    await expect(patient.page.get_by_label("What would you like to know?")).to_be_focused()
    await presses(patient, "Enter")
    await doctor.has_marks(1)
    await goes_to(patient, "More")
    await presses(patient, "Enter")
    await unfolds_by_keys(patient, "Messages")
    await goes_to(patient, "Message")
    await patient.page.keyboard.type("Thank you")
    await presses(patient, "Enter")
    await expect(doctor.page.get_by_text("1 new", exact=True)).to_be_visible()

    # An invitation, and the lead.
    await unfolds_by_keys(doctor, "Invite")
    await goes_to(doctor, "Make a link")
    await presses(doctor, "Enter")
    await expect(doctor.page.get_by_role("img", name="QR code of the link")).to_be_visible()
    await goes_to(doctor, "Let Maria steer")
    await presses(doctor, "Enter")
    await expect(patient.page.get_by_text("You are steering")).to_be_visible()
    frame = await patient.asks("readingroom.frame()")
    await goes_to(patient, "Go to the picture", back=True)
    await presses(patient, "Enter", "ArrowDown")
    await doctor.until(f"readingroom.frame() === {frame} + 1")


async def unfolds_by_keys(person: Person, title: str) -> Locator:
    section = person.page.locator("details.section").filter(has_text=title)
    for _ in range(120):
        if await section.locator("summary").evaluate("(one) => one === document.activeElement"):
            break
        await presses(person, "Tab")
    await presses(person, "Enter")
    await expect(section).to_have_attribute("open", "")
    return section


# --- targets --------------------------------------------------------------------------------------------
SMALL: Final = """(least) => {
  const all = [...document.querySelectorAll("button, select, summary, a[href], input:not([type=range])")];
  return all.flatMap((each) => {
    const target = each.type === "checkbox" ? each.closest("label") : each;
    if (!each.checkVisibility({ opacityProperty: true, visibilityProperty: true })) return [];
    const { width, height } = target.getBoundingClientRect();
    const name = each.getAttribute("aria-label") ?? each.textContent;
    return Math.min(width, height) < least - 0.1 ? [`${name}: ${width} x ${height}`] : [];
  });
}"""
TABLET: Final[dict[str, Any]] = {
    "viewport": {"width": 1024, "height": 768},
    "has_touch": True,
    "is_mobile": True,
}


async def has_targets(person: Person, least: int) -> None:  # WCAG 2.5.8
    small = await person.page.evaluate(SMALL, least)
    assert not small, f"{person.name}: {small}"


@pytest.mark.parametrize(("device", "least"), [({}, 24), (TABLET, 44)], ids=["mouse", "touch"])
async def test_every_target_is_large_enough(
    house: House, guests: Guests, device: dict[str, Any], least: int
) -> None:
    links = await house.room()
    doctor, patient = await guests.doctor(**device), await guests.patient(**device)
    await doctor.joins(links.doctor)
    await patient.joins(links.patient)
    for part in ("Invite", "Questions", "Marks", "Key images", "Save", "Messages", "Room"):
        await unfolds(doctor, part)
    await doctor.page.locator(".person").get_by_role("button", name="More about Maria").click()
    await has_targets(doctor, least)
    await doctor.button("Layout").click()
    await has_targets(doctor, least)
    await presses(doctor, "Escape", "?")
    await expect(doctor.page.get_by_role("dialog")).to_be_visible()
    await has_targets(doctor, least)
    await patient.page.locator(".controls .key[aria-expanded]").click()
    for part in ("Messages", "Questions", "Key images"):
        await unfolds(patient, part)
    await has_targets(patient, least)
