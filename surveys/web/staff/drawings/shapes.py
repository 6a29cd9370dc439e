"""What a picture is made of: boxes, words and rules at places, each of a kind.

The kind becomes a class, which style sheets colour on screen and in the dark, and an attribute
with the colour for print. Texts are escaped where they are written, in drawings/picture.html.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

LETTER_WIDTH = 6.6
LINE_HEIGHT = 18

FILLS = {
    "solid": "#0b5563",
    "base": "#e5eaee",
    "against-most": "#a8431d",
    "against": "#e0a07c",
    "neutral": "#c9d1d9",
    "for": "#7fb6c4",
    "for-most": "#0b5563",
    "box": "#7fb6c4",
    "label": "#16202b",
    "mute": "#52606d",
    "on-against-most": "#ffffff",
    "on-against": "#16202b",
    "on-neutral": "#16202b",
    "on-for": "#16202b",
    "on-for-most": "#ffffff",
    "axis": "#52606d",
}


@dataclass(frozen=True)
class Box:
    """A filled rectangle."""

    x: float
    y: float
    width: float
    height: float
    kind: str

    @property
    def fill(self) -> str:
        """The colour that paper gets."""
        return FILLS[self.kind]


@dataclass(frozen=True)
class Words:
    """A line of text; `anchor` as in SVG."""

    x: float
    y: float
    text: str
    kind: str = "label"
    anchor: str = "start"
    is_strong: bool = False

    @property
    def fill(self) -> str:
        """The colour that paper gets."""
        return FILLS[self.kind]


@dataclass(frozen=True)
class Picture:
    """A drawing of one width. `is_narrow`: the one that telephones show."""

    width: int
    height: float
    boxes: Sequence[Box]
    words: Sequence[Words]
    is_narrow: bool


@dataclass(frozen=True)
class Sheet:
    """How wide a drawing is, and how much room is kept at its right for figures."""

    width: int
    figures: int
    is_narrow: bool

    @property
    def plot(self) -> int:
        """The width that is left for bars."""
        return self.width - self.figures


WIDE = Sheet(720, 96, is_narrow=False)
NARROW = Sheet(320, 84, is_narrow=True)
SHEETS = (WIDE, NARROW)


def wrap(text: str, width: float) -> Iterator[str]:
    """Yield the lines of `text` that fit into `width`; a longer word is cut."""
    most = max(1, int(width / LETTER_WIDTH))
    line = ""
    for whole in text.split():
        word = whole if len(whole) <= most else f"{whole[: most - 1]}…"
        if line and len(line) + 1 + len(word) > most:
            yield line
            line = word
        else:
            line = f"{line} {word}" if line else word
    if line:
        yield line


def width_of(text: str) -> float:
    """Return about how wide `text` will be."""
    return len(text) * LETTER_WIDTH


def write_lines(text: str, *, x: float, y: float, width: float) -> tuple[list[Words], float]:
    """Return `text` wrapped from `y` (its top) down, and where the next thing may begin."""
    lines = [
        Words(x, y + 13 + number * LINE_HEIGHT, line)
        for number, line in enumerate(wrap(text, width))
    ]
    return lines, y + len(lines) * LINE_HEIGHT


def lay_legend(
    entries: Sequence[tuple[str, str]], *, y: float, width: float
) -> tuple[list[Box], list[Words], float]:
    """Return a key of (kind, text) from `y` down, wrapped into rows, and its lower end."""
    boxes: list[Box] = []
    words: list[Words] = []
    x = 0.0
    for kind, text in entries:
        shown = next(wrap(text, width - 20))
        needed = 20 + width_of(shown) + 16
        if x and x + needed - 16 > width:
            x, y = 0.0, y + 22
        boxes.append(Box(x, y + 2, 13, 13, kind))
        words.append(Words(x + 20, y + 13, shown, "mute"))
        x += needed
    return boxes, words, y + 22
