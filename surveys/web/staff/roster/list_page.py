"""`/roster`: the graduates in Turkish order, searched and narrowed down."""

from collections.abc import Mapping
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import Role
from surveys.errors import N_
from surveys.extensions import reader
from surveys.indicators.finding import HEADLINE, is_demo_only
from surveys.roster.listing import (
    PAGE_SIZE,
    Standing,
    Wanted,
    count_people,
    list_choices,
    list_people,
)
from surveys.web.access import staff_only
from surveys.web.words import gettext

STANDING_LABELS = {
    Standing.MAILABLE: N_("can be mailed"),
    Standing.NO_ADDRESS: N_("no usable address"),
    Standing.STOPPED: N_("wants no mail"),
    Standing.NOT_ELIGIBLE: N_("not a graduate, or died"),
}
FIELDS = ("search", "unit", "programme", "year", "standing")
ALL = N_("all")
LONGEST_SEARCH = 100
YEAR_DIGITS = 4


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/roster", view_func=list_roster, methods=["GET"])


@staff_only(Role.VIEWER)
def list_roster() -> ResponseReturnValue:
    """Show one page of people."""
    session, wanted = reader(), read_wanted(request.args)
    is_demo = is_demo_only(session, code=HEADLINE)
    after = request.args.get("after", type=int)
    listed = list_people(session, wanted=wanted, is_demo=is_demo, after=after)
    # Whoever fits one page is counted by it.
    count = len(listed.entries)
    if after is not None or listed.next_after is not None:
        count = count_people(session, wanted=wanted, is_demo=is_demo)
    query = urlencode({name: text for name, text in request.args.items() if name in FIELDS})
    return render_template(
        "staff/roster/list.html",
        is_demo=is_demo,
        listed=listed,
        count=count,
        **_list_choices(session, is_demo=is_demo),
        standing_labels=STANDING_LABELS,
        page_size=PAGE_SIZE,
        wanted=wanted,
        is_narrowed=wanted != Wanted(),
        query=query,
    )


def _list_choices(session: Session, *, is_demo: bool) -> dict[str, list[tuple[str, str]]]:
    """Return what each filter offers, everybody first."""
    found = list_choices(session, is_demo=is_demo)
    everybody = ("", gettext(ALL))
    return {
        "unit_choices": [everybody, *((unit, unit) for unit in found.units)],
        "programme_choices": [everybody, *((name, name) for name in found.programmes)],
        "year_choices": [everybody, *((str(year), str(year)) for year in found.years)],
        "standing_choices": [
            everybody,
            *((standing.value, gettext(label)) for standing, label in STANDING_LABELS.items()),
        ],
    }


def read_wanted(given: Mapping[str, str]) -> Wanted:
    """Return what the address asks for; what makes no sense is as if it were not there."""
    year, standing = given.get("year", ""), given.get("standing", "")
    return Wanted(
        search=given.get("search", "")[:LONGEST_SEARCH].strip(),
        unit=given.get("unit", ""),
        programme=given.get("programme", ""),
        year=int(year) if year.isascii() and year.isdigit() and len(year) == YEAR_DIGITS else None,
        standing=Standing(standing) if standing in set(Standing) else None,
    )
