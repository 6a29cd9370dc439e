"""A definition file's text → a checked Definition, or every fault in it with its place.

Knows no database: what depends on the roster or on what exists already is found by the check
before the launch.
"""

from functools import lru_cache
from zoneinfo import available_timezones

from surveys.building.audience import read_audience
from surveys.building.definition import Definition
from surveys.building.faults import Reading, Spot, Tree
from surveys.building.local_time import to_instant
from surveys.building.mailings import check_times, read_mailings
from surveys.building.questions import read_sections
from surveys.building.source import read_source
from surveys.building.texts import as_line, as_text
from surveys.building.values import (
    Block,
    as_block,
    as_code,
    as_list,
    as_local_time,
    as_one_of,
    as_whole,
    as_word,
)
from surveys.errors import N_
from surveys.i18n import LANGUAGES

KEYS = (
    "code",
    "title",
    "purpose",
    "indicator",
    "year",
    "confidentiality",
    "languages",
    "audience",
    "contact_gap_days",
    "timezone",
    "opens_at",
    "closes_at",
    "sections",
    "mailings",
)
# The list is read from hundreds of files; a process keeps it.
_list_zones = lru_cache(maxsize=1)(available_timezones)
CONFIDENTIALITIES = ("confidential", "anonymous")
LONGEST_GAP_DAYS = 365
TITLE_LENGTH, PURPOSE_LENGTH = 200, 500
INDICATOR_LENGTH = 40
EARLIEST_YEAR, LATEST_YEAR = 2000, 2100

_UNKNOWN_ZONE = N_("%(value)s is no time zone. Write its name, such as Europe/Istanbul.")
_TWICE = N_("%(value)s stands here twice. Remove one of the two.")
_CLOSED_FIRST = N_("The survey closes before it opens. Choose a later time of closing.")


def read_definition(text: str, *, filename: str) -> Definition:
    """Return the definition that `text` holds: JSON when the file is named so, YAML otherwise.

    Raises DefinitionRefused naming every fault at once.
    """
    tree, reading = read_source(text, filename=filename)
    definition = read_tree(tree, reading)
    reading.raise_if_faulty()
    return definition


def read_tree(tree: dict[str, Tree], reading: Reading) -> Definition:
    """Return what `tree` says; `reading` holds afterwards everything that is wrong with it."""
    spot = Spot(reading, "", tree)
    block = as_block(spot, KEYS) or Block(spot, tree)
    reading.languages = read_languages(block.need("languages"))
    return _read(block)


def _read(block: Block) -> Definition:
    timezone = read_timezone(block.need("timezone"))
    opens_at = as_local_time(block.need("opens_at"))
    closes_at = as_local_time(block.need("closes_at"))
    indicator = block.find("indicator")
    mailings = read_mailings(block.need("mailings"))
    if timezone:
        check_times(mailings, timezone=timezone, opens_at=opens_at, closes_at=closes_at)
    if timezone and opens_at and closes_at:
        _check_window(block, timezone, opens_at, closes_at)
    return Definition(
        code=as_code(block.need("code")) or "",
        title=as_text(block.need_text("title"), TITLE_LENGTH) or {},
        purpose=as_text(block.need_text("purpose"), PURPOSE_LENGTH, is_line=False) or {},
        confidentiality=as_one_of(block.need("confidentiality"), CONFIDENTIALITIES) or "",
        languages=block.spot.reading.languages,
        audience=read_audience(block.need("audience")),
        timezone=timezone or "",
        opens_at=opens_at or "",
        closes_at=closes_at or "",
        sections=read_sections(block.need("sections")),
        mailings=[mailing for _, mailing in mailings],
        indicator=as_line(indicator, INDICATOR_LENGTH) if indicator else None,
        year=as_whole(block.find("year"), EARLIEST_YEAR, LATEST_YEAR),
        contact_gap_days=as_whole(block.find("contact_gap_days"), 0, LONGEST_GAP_DAYS),
    )


def read_languages(spot: Spot | None) -> list[str]:
    """Return the languages of the survey, the first being the one that texts must have."""
    languages: list[str] = []
    for item in as_list(spot, limit=len(LANGUAGES)):
        language = as_one_of(item, LANGUAGES)
        if language in languages:
            item.refuse(_TWICE, value=language)
        elif language is not None:
            languages.append(language)
    return languages


def read_timezone(spot: Spot | None) -> str | None:
    """Return the name of a time zone that exists."""
    name = as_word(spot)
    if spot is None or name is None or name in _list_zones():
        return name
    spot.refuse(_UNKNOWN_ZONE, value=name)
    return None


def _check_window(block: Block, timezone: str, opens_at: str, closes_at: str) -> None:
    opening, closing = to_instant(opens_at, timezone).at, to_instant(closes_at, timezone).at
    if closing <= opening:
        block.spot.under("closes_at", None).refuse(_CLOSED_FIRST)
