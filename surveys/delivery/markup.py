"""Staff's own text: paragraphs, `- ` lists and `**bold**`, made into plain text and into HTML.

Both come from one parsing, done once a text. Placeholders are filled when a block is written, and
what is filled in is escaped and never parsed: a roster name with asterisks stays as it is.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from markupsafe import Markup, escape

from surveys.delivery.placeholders import Place, fill

BUTTON: Final = "{link}"
LINK: Final = Place("link")
BULLET: Final = "- "
_BOLD: Final = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_PARAGRAPH_END: Final = re.compile(r"\n\s*\n")

# What stands in a place: a person's value, or a mark where values will be put.
Put = Callable[[Place], str]


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


def to_text(blocks: Sequence[Block], put: Put) -> str:
    """Return blocks as plain text, parted by blank lines. Raises what `put` raises."""
    return "\n\n".join(
        "\n".join(
            (BULLET if block.is_list else "") + fill(_BOLD.sub(r"\1", line), put)
            for line in block.lines
        )
        for block in blocks
    )


def to_html(blocks: Sequence[Block], put: Put) -> Markup:
    """Return blocks as HTML; all that staff or the roster wrote is escaped.

    Raises what `put` raises.
    """
    return Markup("\n").join(
        Markup("").join(_list_pieces(block, put) if block.is_list else _prose(block, put))
        for block in blocks
    )


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


def _list_pieces(block: Block, put: Put) -> Iterator[Markup]:
    yield Markup("<ul>")
    for line in block.lines:
        yield Markup("<li>")
        yield from _line_pieces(line, put)
        yield Markup("</li>")
    yield Markup("</ul>")


def _prose(block: Block, put: Put) -> Iterator[Markup]:
    yield Markup("<p>")
    for number, line in enumerate(block.lines):
        if number:
            yield Markup("<br>\n")
        yield from _line_pieces(line, put)
    yield Markup("</p>")


def _line_pieces(line: str, put: Put) -> Iterator[Markup]:
    for number, run in enumerate(_BOLD.split(line)):
        # Odd runs were between asterisks.
        if number % 2:
            yield Markup("<strong>")
            yield from _run_pieces(run, put)
            yield Markup("</strong>")
        else:
            yield from _run_pieces(run, put)


def _run_pieces(run: str, put: Put) -> Iterator[Markup]:
    """Fill and escape; an inline `{link}` becomes a link whose text is its address."""
    for number, part in enumerate(run.split(BUTTON)):
        if number:
            yield Markup('<a href="{0}">{0}</a>').format(put(LINK))
        yield escape(fill(part, put))
