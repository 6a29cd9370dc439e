"""The colours of the mails, light and dark: every text reaches WCAG's 4.5:1 on its ground."""

import re

import pytest

from surveys.delivery.rendering import TEMPLATES

STYLE = (TEMPLATES / "mail.css").read_text(encoding="utf-8")
LIGHT, DARK = STYLE.split("@media (prefers-color-scheme: dark)")
# What is written on what; the ground is the selector that paints it.
PAIRS = [
    (".head", ".page"),
    (".office", ".page"),
    (".foot", ".page"),
    (".demo", ".demo"),
    (".card", ".card"),
    (".card .small", ".card"),
    (".card .ends", ".card"),
    (".card .fact", ".facts"),
    (".point", ".point"),
    (".choice", ".choice"),
    (".button a", ".button"),
    ("a", ".card"),
    ("a", ".page"),
]


def find_colour(sheet: str, selector: str, name: str) -> str:
    for selectors, body in re.findall(r"([^{}]+)\{([^{}]*)\}", sheet):
        if selector in [part.strip() for part in selectors.split(",")]:
            colour = re.search(rf"(?:^|[ ;]){name}: (#[0-9a-f]{{6}})", body)
            if colour:
                return colour[1]
    raise LookupError(f"{selector} has no {name}")


def luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted([luminance(one), luminance(other)])
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("sheet", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), PAIRS)
def test_text_stands_out_from_its_ground(sheet: str, text: str, ground: str) -> None:
    ratio = contrast(
        find_colour(sheet, text, "color"), find_colour(sheet, ground, "background-color")
    )

    assert ratio >= 4.5


def test_contrast_is_measured_as_wcag_does() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54
