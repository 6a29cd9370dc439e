"""The user guide shows the pictures that there are, and leads on from page to page."""

import re
from pathlib import Path

from surveys.settings import ROOT

GUIDE = ROOT / "docs" / "kullanim"
TARGET = re.compile(r"\]\(([^)#]+)\)")
SECTION = re.compile(r"\]\(([^)#]+)#([^)]+)\)")
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def list_targets() -> set[str]:
    """The files that the pages of the guide point to."""
    return {name for page in GUIDE.glob("*.md") for name in TARGET.findall(page.read_text("utf-8"))}


def list_sections(page: Path) -> set[str]:
    """The names that GitHub gives to the headings of a page."""
    headings = HEADING.findall(page.read_text("utf-8"))
    return {re.sub(r"[^\w -]", "", text.lower()).replace(" ", "-") for text in headings}


def test_every_picture_and_page_is_there_and_none_is_left_over() -> None:
    pictures = {f"resim/{path.name}" for path in (GUIDE / "resim").glob("*.png")}
    pages = {path.name for path in GUIDE.glob("*.md")} - {"README.md"}

    elsewhere = {name for name in list_targets() if name.startswith("../")}

    assert list_targets() - elsewhere == pictures | pages
    assert all((GUIDE / name).is_file() for name in elsewhere)


def test_every_section_that_is_pointed_to_is_there() -> None:
    pointed = {
        (page.parent / name, section)
        for page in GUIDE.glob("*.md")
        for name, section in SECTION.findall(page.read_text("utf-8"))
    }

    missing = {f"{page.name}#{name}" for page, name in pointed if name not in list_sections(page)}

    assert len(pointed) >= 5
    assert not missing
