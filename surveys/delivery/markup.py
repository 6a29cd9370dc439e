"""Staff's own text: paragraphs, `- ` lists and `**bold**`, made into plain text and into HTML.

Both come from one parsing, done once a text. Placeholders are filled when a block is written, and
what is filled in is escaped and never parsed: a roster name with asterisks stays as it is.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from surveys.delivery.placeholders import fill

BUTTON: Final = "{link}"
BULLET: Final = "- "
_BOLD: Final = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_PARAGRAPH_END: Final = re.compile(r"\n\s*\n")


@dataclass(frozen=True)
class Block:
    """One paragraph or list: its lines, unfilled."""

    is_list: bool
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Body:
    """A text in two halves: the button to the survey stands between them."""

    before: tuple[Block, ...]
    after: tuple[Block, ...]


@lru_cache(maxsize=512)
def parse(text: str) -> Body:
    """Return the blocks of a text.

    The button takes the place of the first paragraph that is `{link}` alone, else it comes last.
    """
    chunks = [chunk.strip() for chunk in _PARAGRAPH_END.split("\n".join(text.splitlines()))]
    place = chunks.index(BUTTON) if BUTTON in chunks else len(chunks)
    return Body(_blocks(chunks[:place]), _blocks(chunks[place + 1 :]))


def to_text(blocks: Sequence[Block], values: Mapping[str, str]) -> str:
    """Return blocks as plain text, parted by blank lines. Raises PlaceholderEmpty."""
    return "\n\n".join(
        "\n".join(
            (BULLET if block.is_list else "") + fill(_BOLD.sub(r"\1", line), values)
            for line in block.lines
        )
        for block in blocks
    )


def to_html(blocks: Sequence[Block], values: Mapping[str, str]) -> Markup:
    """Return blocks as HTML; all that staff or the roster wrote is escaped.

    Raises PlaceholderEmpty.
    """
    return Markup("\n").join(_block_html(block, values) for block in blocks)


def _blocks(chunks: Sequence[str]) -> tuple[Block, ...]:
    """Part each chunk where its lines turn from prose to list or back."""
    blocks: list[Block] = []
    for chunk in filter(None, chunks):
        blocks.extend(_part_chunk(chunk))
    return tuple(blocks)


def _part_chunk(chunk: str) -> list[Block]:
    parts: list[tuple[bool, list[str]]] = []
    for line in map(str.strip, chunk.splitlines()):
        is_item = line.startswith(BULLET)
        if not parts or parts[-1][0] != is_item:
            parts.append((is_item, []))
        parts[-1][1].append(line.removeprefix(BULLET).strip())
    return [Block(is_list, tuple(lines)) for is_list, lines in parts]


def _block_html(block: Block, values: Mapping[str, str]) -> Markup:
    lines = [_line_html(line, values) for line in block.lines]
    if block.is_list:
        items = Markup("").join(Markup("<li>{}</li>").format(line) for line in lines)
        return Markup("<ul>{}</ul>").format(items)
    return Markup("<p>{}</p>").format(Markup("<br>\n").join(lines))


def _line_html(line: str, values: Mapping[str, str]) -> Markup:
    # Odd pieces were between asterisks.
    pieces = _BOLD.split(line)
    return Markup("").join(
        Markup("<strong>{}</strong>").format(_piece_html(piece, values))
        if number % 2
        else _piece_html(piece, values)
        for number, piece in enumerate(pieces)
    )


def _piece_html(piece: str, values: Mapping[str, str]) -> Markup:
    """Fill and escape; an inline `{link}` becomes a link whose text is its address."""
    link = escape(values["link"])
    anchor = Markup('<a href="{0}">{0}</a>').format(link)
    return anchor.join(escape(fill(part, values)) for part in piece.split(BUTTON))
