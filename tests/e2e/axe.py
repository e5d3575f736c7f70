"""axe-core's verdict on what a page shows now. It comes in by the debugger: the page's own policy stays."""

from __future__ import annotations

from typing import Any, Final

from playwright.async_api import Page

from tests.e2e.chromium import WEB

SOURCE: Final = WEB / "node_modules" / "axe-core" / "axe.min.js"
RULES: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")

RUN: Final = """async (values) => {
  // What is still fading in has other colors than it will have.
  for (const one of document.getAnimations()) {
    if (one instanceof CSSTransition || one.effect?.getTiming().iterations !== Infinity) one.finish();
  }
  const runOnly = { type: "tag", values };
  const { violations, passes } = await axe.run(document, { runOnly, preload: false });
  const where = ({ target, html, any, all, none }) =>
    [target.join(" "), html.slice(0, 160), [...any, ...all, ...none].map((each) => each.message).join("; ")];
  const found = violations.map(({ id, nodes }) => [id, nodes.map(where)]);
  return [passes.length, found];
}"""


async def axe(page: Page) -> list[Any]:
    """The rules that this page breaks, each with where and why."""
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(SOURCE.read_text(encoding="utf-8"))
    passed, found = await page.evaluate(RUN, list(RULES))
    assert passed > 10, "axe has seen a page"
    return list(found)
