"""The user guide shows the pictures that there are, and leads on from page to page."""

import re

from surveys.settings import ROOT

GUIDE = ROOT / "docs" / "kullanim"
TARGET = re.compile(r"\]\(([^)#]+)\)")


def list_targets() -> set[str]:
    """The files that the pages of the guide point to."""
    return {name for page in GUIDE.glob("*.md") for name in TARGET.findall(page.read_text("utf-8"))}


def test_every_picture_and_page_is_there_and_none_is_left_over() -> None:
    pictures = {f"resim/{path.name}" for path in (GUIDE / "resim").glob("*.png")}
    pages = {path.name for path in GUIDE.glob("*.md")} - {"README.md"}

    assert list_targets() == pictures | pages
