"""Checks of a page as people see it: reachable, readable, nothing cut, nothing refused.

axe and "no overflow" alone have passed a page that nobody could read; the narrow-text check is
for what they miss.
"""

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

SMALLEST_TARGET_PX = 24
# A status that a test causes on purpose is a console line too; the browser can't know.
EXPECTED = ("Failed to load resource: the server responded with a status of",)

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
# More than two lines that hold fewer than five letters each on average.
NARROW_TEXT = """() => {
  const found = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const node = walker.currentNode, text = node.textContent.trim();
    const parent = node.parentElement;
    if (!text || !parent.checkVisibility() || parent.closest(".visually-hidden")) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const lines = new Set([...range.getClientRects()].map((box) => Math.round(box.top))).size;
    if (lines > 2 && text.length / lines < 5) found.push(text);
  }
  return found;
}"""
SMALL_TARGETS = """(least) => {
  const inText = (e) => e.tagName === "A" && getComputedStyle(e).display === "inline"
    && e.parentElement.textContent.trim() !== e.textContent.trim();
  const touched = "a, button, input:not([type=hidden]), select, textarea, summary";
  return [...document.querySelectorAll(touched)]
    .filter((e) => e.checkVisibility() && !inText(e) && !e.classList.contains("skip"))
    .map((e) => {
      const box = (e.closest("label") ?? e).getBoundingClientRect();
      return [e.id || e.textContent.trim(), Math.round(box.width * 10) / 10, box.height];
    })
    .filter(([, width, height]) => width < least || height < least);
}"""
OUTSIDE_TEXT = """() => [...document.querySelectorAll("main *")]
  .filter((e) => e.checkVisibility() && !e.closest(".visually-hidden, svg")
    && e.scrollWidth > e.clientWidth + 1 && e.clientWidth > 0
    && !["INPUT", "TEXTAREA"].includes(e.tagName)
    && getComputedStyle(e).overflowX !== "auto")
  .map((e) => e.outerHTML.slice(0, 80))"""


def collect_messages(page: Page) -> list[str]:
    """Return a list that grows with what the browser complains about, policies included."""
    messages: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if not message.text.startswith(EXPECTED):
            messages.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: messages.append(str(error)))
    return messages


def list_faults(page: Page) -> list[str]:
    """Return what is wrong with the page as it stands; empty when nothing is."""
    return list_layout_faults(page) + list(_list_axe_faults(page))


def list_layout_faults(page: Page) -> list[str]:
    """Return what is wrong with where things stand and how large they are."""
    faults: list[str] = []
    overflow = page.evaluate(OVERFLOW)
    if overflow > 0:
        faults.append(f"{overflow} px wider than the screen")
    faults += [f"narrow: {text}" for text in page.evaluate(NARROW_TEXT)]
    faults += [f"small: {target}" for target in page.evaluate(SMALL_TARGETS, SMALLEST_TARGET_PX)]
    faults += [f"cut: {text}" for text in page.evaluate(OUTSIDE_TEXT)]
    return faults


def _list_axe_faults(page: Page) -> Sequence[str]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [f"axe {v['id']}: {[n['html'][:120] for n in v['nodes']]}" for v in found]
