"""Checks of a page beyond its layout: keyboard, headings, language, weight, where it asks."""

import itertools
from collections.abc import Callable, Sequence

from playwright.sync_api import Page, Request

MOST_STOPS = 60
LEAST_WORDS = 2

# Steps on from where the keyboard stands; tells what is wrong with where it arrived.
STEP = """() => {
  const now = document.activeElement, last = window.lastStop;
  if (!now || now === document.body) return "end";
  window.lastStop = now;
  // A frame has stops of its own, and so has a date: day, month and year.
  if (now.tagName === "IFRAME" || (now === last && now.type === "date")) return "";
  const name = (now.id || now.textContent.trim() || now.name || now.tagName).slice(0, 40);
  if (now === last) return "trapped at " + name;
  const isBehind = !last || last.compareDocumentPosition(now) & Node.DOCUMENT_POSITION_FOLLOWING;
  if (!isBehind) return now === window.firstStop ? "end" : "jumps back to " + name;
  window.firstStop ??= now;
  const marks = [now, now.closest("label"), now.nextElementSibling].filter(Boolean);
  const isMarked = marks.some((e) => {
    const style = getComputedStyle(e);
    return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== "none";
  });
  return isMarked ? "" : "no focus to be seen at " + name;
}"""
HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((e) => e.checkVisibility()).map((e) => [Number(e.tagName[1]), e.textContent.trim()])"""
ASSETS = """() => [...document.querySelectorAll("link[rel=stylesheet], script[src]")]
  .map((e) => e.href || e.src)"""


def list_strangers(page: Page, own: str) -> list[str]:
    """Return a list that grows with every request to another site than that of `own`."""
    origin = "/".join(own.split("/")[:3])
    strangers: list[str] = []

    def note(request: Request) -> None:
        if not request.url.startswith((f"{origin}/", "data:", "blob:")):
            strangers.append(request.url)

    page.on("request", note)
    return strangers


def list_focus_faults(page: Page) -> list[str]:
    """Walk by Tab: each stop stands behind the last one and is marked; nothing holds the focus."""
    faults = []
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        found = page.evaluate(STEP)
        if found == "end":
            break
        if found:
            faults.append(found)
    return faults


def list_heading_faults(page: Page) -> list[str]:
    """Return what is wrong with the headings: one of the first level, none left out below."""
    headings: list[tuple[int, str]] = [(level, text) for level, text in page.evaluate(HEADINGS)]
    faults = [] if sum(level == 1 for level, _ in headings) == 1 else ["not one h1"]
    for (before, _), (level, text) in itertools.pairwise(headings):
        if level > before + 1:
            faults.append(f"h{level} behind h{before}: {text}")
    return faults


def list_english(page: Page, sentences: Sequence[str]) -> list[str]:
    """Return the sentences, of several words or whole lines, that stand on the page."""
    text = str(page.evaluate("document.body.innerText"))
    lines = {line.strip() for line in text.splitlines()}
    return [
        sentence
        for sentence in sentences
        if sentence in lines or (len(sentence.split()) > LEAST_WORDS and sentence in text)
    ]


def measure_weight(page: Page, measure: Callable[[bytes], int]) -> int:
    """Return the sum of what `measure` says of the page, its styles and its scripts."""
    names = [page.url, *page.evaluate(ASSETS)]
    return sum(measure(page.context.request.get(name).body()) for name in names)
