"""An indicator and its years as other systems read them: two integers, a target, the standing."""

from datetime import datetime, tzinfo

from sqlalchemy.orm import Session

from surveys.indicators.counting import list_surveys, list_years
from surveys.indicators.finding import get_definition
from surveys.indicators.history import list_values
from surveys.indicators.value import IndicatorValue, measure
from surveys.reporting.revisions import Known, read_indicator_revision
from surveys.reporting.sight import NotVisible
from surveys.reporting.standing import find_standing
from surveys.reporting.wire import (
    Document,
    indicator_path,
    indicator_year_path,
    survey_name,
    to_fraction,
    to_instant,
    to_share,
)


def indicator_year_document(
    session: Session, *, code: str, year: int, is_demo: bool, now: datetime, zone: tzinfo
) -> Document:
    """Return one year of an indicator by the local calendar of `zone`.

    Raises NotVisible for a year to come, and for one without target and survey unless it is this
    one; IndicatorUnknown. The caller's transaction should be one snapshot.
    """
    known = read_indicator_revision(session, code=code, is_demo=is_demo)
    in_use = get_definition(session, code=code, is_demo=is_demo)
    this_year = now.astimezone(zone).year
    years = {this_year, *in_use.definition.targets, *list_years(session, known=in_use, zone=zone)}
    if year > this_year or year not in years:
        raise NotVisible
    value = measure(session, code=code, year=year, now=now, zone=zone, is_demo=is_demo)
    return _year(session, value, known)


def indicator_document(
    session: Session, *, code: str, is_demo: bool, now: datetime, zone: tzinfo
) -> Document:
    """Return an indicator with its years, newest first; the pages show the same ones.

    Raises IndicatorUnknown. The caller's transaction should be one snapshot.
    """
    known = read_indicator_revision(session, code=code, is_demo=is_demo)
    in_use = get_definition(session, code=code, is_demo=is_demo)
    values = list_values(session, known=in_use, now=now, zone=zone)
    return {
        "object": "indicator",
        "code": code,
        "name": dict(in_use.definition.name),
        "definition_version": in_use.version,
        "years": [_year(session, value, known) for value in values],
        "revision": known.revision,
        "as_of": to_instant(known.changed_at),
        "links": {"self": indicator_path(code)},
    }


def _year(session: Session, value: IndicatorValue, known: Known) -> Document:
    surveys = list_surveys(session, known=value.known, period=value.period)
    definition, year = value.known.definition, value.period.year
    return {
        "object": "indicator_year",
        "code": definition.code,
        "year": year,
        "population": value.rate.denominator,
        "respondents": value.rate.numerator,
        "value": to_share(value.rate),
        "target": to_fraction(value.target),
        "needed": value.needed,
        "missing": value.missing,
        "status": find_standing(value, surveys=surveys, as_of=known.changed_at).value,
        "formula": f"respondents/{definition.denominator.value}",
        "surveys": [survey_name(survey.public_id) for survey in surveys],
        "definition_version": value.known.version,
        # Closing a period, after which its figures stand still, is still to come.
        "frozen": False,
        "revision": known.revision,
        "as_of": to_instant(known.changed_at),
        "links": {
            "self": indicator_year_path(definition.code, year),
            "indicator": indicator_path(definition.code),
        },
    }
