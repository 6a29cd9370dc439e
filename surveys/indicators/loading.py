"""An indicator's definition file → a checked Definition → its next version in the database.

All faults of a file are named with their places before anything is refused. The file is read as
survey definitions are: YAML or JSON, every scalar as it stands.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from models import Denominator, Indicator, IndicatorTarget
from surveys.building.faults import DefinitionRefused, Fault, Reading, Spot, Tree
from surveys.building.source import read_source
from surveys.building.texts import as_text
from surveys.building.values import (
    Block,
    as_block,
    as_number,
    as_one_of,
    as_switch,
    as_whole,
    as_word,
)
from surveys.errors import N_, DonutError
from surveys.i18n import LANGUAGES
from surveys.indicators.definition import PLACES, Definition, Known, from_row

KEYS = (
    "code",
    "name",
    "start_value",
    "targets",
    "denominator",
    "graduate_count",
    "counts_partials",
    "decimals",
)
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
YEAR = re.compile(r"2[01][0-9]{2}")
NAME_LENGTH = 200
MOST_DECIMALS = 4
MOST_GRADUATES = 10_000_000
WHOLE_SHARE = 100
DEFAULTS = Definition(code="", name={})

_NOT_CODE = N_("%(value)s can't be a code. Write it as the plan does, such as PG3.3.5.")
_NOT_YEAR = N_("%(value)s is no year. Write targets as year and percent, such as 2026: 30.")
_NOT_PERCENT = N_("%(value)s is no percent. Write a number from 0 to 100 with 4 decimals at most.")
_FALLING = N_(
    "The target %(value)s is below the start value %(start)s, but this share is meant to grow."
    " Correct the target or the start value."
)
_COUNT_MISSING = N_("A share of all graduates needs their number (graduate_count).")
_COUNT_UNUSED = N_("Only a share of all graduates takes their number (graduate_count). Remove it.")


class IndicatorRefused(DonutError):
    """The definition can't be used; `faults` names everything that is wrong with it."""

    code = "indicator_refused"
    message = N_("Faults in the indicator's definition: %(count)s. Nothing was saved.")

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(count=len(faults))
        self.faults = faults


def read_indicator(text: str, *, filename: str) -> Definition:
    """Return the definition of a file's text; JSON when `filename` ends with .json, else YAML.

    Raises IndicatorRefused with all faults.
    """
    try:
        tree, reading = read_source(text, filename=filename)
        return _read_whole(tree, reading)
    except DefinitionRefused as error:
        raise IndicatorRefused(error.faults) from None


def read_tree(tree: Tree) -> Definition:
    """Return the definition of what a form says, every scalar as it was typed.

    Raises IndicatorRefused with all faults; their places are those of a file.
    """
    try:
        return _read_whole(tree, Reading({}))
    except DefinitionRefused as error:
        raise IndicatorRefused(error.faults) from None


def save_indicator(
    session: Session, *, definition: Definition, is_demo: bool, now: datetime
) -> Known:
    """Return the version in use after storing `definition`: the next one, or the same if equal."""
    take_indicator(session, code=definition.code, is_demo=is_demo)
    last = session.scalar(_newest(definition.code, is_demo=is_demo))
    if last is not None and from_row(last) == definition:
        return Known(definition, last.version, is_demo)
    version = last.version + 1 if last else 1
    session.add(_to_row(definition, version=version, is_demo=is_demo, now=now))
    session.flush()
    return Known(definition, version, is_demo)


def take_indicator(session: Session, *, code: str, is_demo: bool) -> None:
    """Let a second who saves the indicator wait, and find what the first has saved."""
    session.execute(_newest(code, is_demo=is_demo).with_for_update())


def _newest(code: str, *, is_demo: bool) -> Select[Indicator]:
    return (
        select(Indicator)
        .where(Indicator.code == code, Indicator.is_demo == is_demo)
        .order_by(Indicator.version.desc())
        .limit(1)
    )


def _read_whole(tree: Tree, reading: Reading) -> Definition:
    reading.languages = list(LANGUAGES)
    definition = _read(Spot(reading, "", tree), reading)
    reading.raise_if_faulty()
    return definition


def _read(spot: Spot, reading: Reading) -> Definition:
    block = as_block(spot, KEYS)
    if block is None:
        raise DefinitionRefused(reading.faults)
    word = as_one_of(block.find("denominator"), list(Denominator))
    denominator = Denominator(word) if word in set(Denominator) else DEFAULTS.denominator
    decimals = as_whole(block.find("decimals"), 0, MOST_DECIMALS)
    start_value = _read_percent(block.find("start_value"))
    return Definition(
        code=_read_code(block.need("code")),
        name=as_text(block.need("name"), NAME_LENGTH) or {},
        denominator=denominator,
        start_value=start_value,
        targets=_read_targets(block.find("targets"), start_value),
        graduate_count=_read_graduate_count(block, denominator),
        counts_partials=as_switch(block.find("counts_partials")),
        decimals=DEFAULTS.decimals if decimals is None else decimals,
    )


def _read_code(spot: Spot | None) -> str:
    word = as_word(spot) or ""
    if spot is not None and not CODE.fullmatch(word):
        spot.refuse(_NOT_CODE, value=word)
    return word


def _read_targets(spot: Spot | None, start_value: Decimal | None) -> dict[int, Decimal]:
    if spot is None:
        return {}
    # Years are keys that nobody can list beforehand, so each one is looked at here.
    block = as_block(spot, spot.value if isinstance(spot.value, dict) else ["2026"])
    targets: dict[int, Decimal] = {}
    for key in block.tree if block else ():
        value = _read_percent(spot.under(key, block.tree[key] if block else None))
        if not YEAR.fullmatch(key):
            spot.under(key, None).refuse(_NOT_YEAR, value=key)
        elif value is not None:
            targets[int(key)] = value
            if start_value is not None and value < start_value:
                spot.under(key, None).refuse(_FALLING, start=f"{start_value:f}", value=f"{value:f}")
    return dict(sorted(targets.items()))


def _read_percent(spot: Spot | None) -> Decimal | None:
    word = as_number(spot)
    if spot is None or word is None:
        return None
    value = Decimal(word)
    places = len(word.partition(".")[2])
    if not 0 <= value <= WHOLE_SHARE or places > PLACES:
        spot.refuse(_NOT_PERCENT, value=word)
        return None
    return value


def _read_graduate_count(block: Block, denominator: Denominator) -> int | None:
    count = as_whole(block.find("graduate_count"), 1, MOST_GRADUATES)
    is_needed = denominator is Denominator.ALL_GRADUATES
    if is_needed and block.find("graduate_count") is None:
        block.spot.refuse(_COUNT_MISSING)
    if not is_needed and count is not None:
        block.spot.under("graduate_count", None).refuse(_COUNT_UNUSED)
    return count


def _to_row(definition: Definition, *, version: int, is_demo: bool, now: datetime) -> Indicator:
    columns: dict[str, Any] = {
        "code": definition.code,
        "name": dict(definition.name),
        "start_value": definition.start_value,
        "denominator": definition.denominator,
        "graduate_count": definition.graduate_count,
        "counts_partials": definition.counts_partials,
        "decimals": definition.decimals,
    }
    targets = [IndicatorTarget(year=year, value=v) for year, v in definition.targets.items()]
    return Indicator(**columns, targets=targets, version=version, is_demo=is_demo, created_at=now)
