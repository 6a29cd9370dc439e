"""The response rate of one survey as other systems read it: counts, named rates, groups."""

from datetime import datetime

from sqlalchemy.orm import Session

from models import Survey
from surveys.rates.census import take_census
from surveys.rates.dispositions import (
    DECLINED,
    count_dispositions,
    count_returned,
    to_counts,
)
from surveys.rates.formulas import Counts, Rate, compute_rates
from surveys.rates.funnel import Funnel, add_up
from surveys.rates.groups import Group, read_groups
from surveys.reporting.revisions import read_survey_revision
from surveys.reporting.surveys import read_headings, survey_part
from surveys.reporting.wire import (
    Document,
    indicator_year_path,
    response_rate_path,
    to_instant,
    to_share,
)

FORMULAS = {"rr1": "I/D1", "rr2": "(I+P)/D1", "reach": "1-bounced/sent"}


def response_rate_document(
    session: Session,
    *,
    survey: Survey,
    by: str | None = None,
    unit: str | None = None,
    now: datetime,
) -> Document:
    """Return the response rate of a launched survey; `by` a field of `groups.FIELDS` or none.

    `unit` leaves only the groups of one faculty. What is hidden is the same for every reader, so
    a narrower one sees part of what a wider one does. The caller's transaction should be one
    snapshot; otherwise the counts may be newer than the revision, never older.
    Raises FieldNotDeclared.
    """
    known = read_survey_revision(session, survey_id=survey.id)
    heading = read_headings(session, survey_ids=[survey.id])[survey.id]
    dispositions = count_dispositions(session, survey_id=survey.id)
    counts = to_counts(dispositions)
    funnel = add_up(take_census(session, survey_ids=[survey.id]))
    returned = count_returned(session, survey_id=survey.id)
    groups = read_groups(session, survey_id=survey.id, field=by) if by else []
    return {
        "id": f"rr_{survey.public_id}",
        "object": "response_rate",
        "revision": known.revision,
        "as_of": to_instant(known.changed_at),
        "survey": survey_part(survey=survey, heading=heading, now=now),
        "indicator": _indicator(survey),
        "counts": _counts(funnel, counts, opted_out=dispositions[DECLINED], returned=returned),
        "rates": _rates(funnel, counts, returned=returned),
        "groups": [_group(by, group) for group in groups if _is_told(by, group, unit)],
        "links": _links(survey),
    }


def _indicator(survey: Survey) -> Document | None:
    if survey.indicator_code is None:
        return None
    return {"code": survey.indicator_code, "year": survey.year}


def _links(survey: Survey) -> Document:
    return {
        "self": response_rate_path(survey.public_id),
        "indicator": indicator_year_path(survey.indicator_code, survey.year)
        if survey.indicator_code is not None and survey.year is not None
        else None,
    }


def _counts(funnel: Funnel, counts: Counts, *, opted_out: int, returned: int) -> Document:
    return {
        "audience": funnel.invited,
        "ineligible": counts.not_eligible,
        "not_sent": funnel.not_mailed,
        "invited": funnel.invited - funnel.not_mailed,
        "undeliverable": returned,
        "opted_out": opted_out,
        "started": funnel.started,
        "partial": counts.partial,
        "completed": counts.complete,
    }


def _rates(funnel: Funnel, counts: Counts, *, returned: int) -> list[Document]:
    named = compute_rates(counts)
    invited = funnel.invited - funnel.not_mailed
    rates = {
        "rr1": named["RR1"],
        "rr2": named["RR2"],
        "reach": Rate(invited - returned, invited),
    }
    return [
        {
            "name": name,
            "formula": FORMULAS[name],
            "numerator": rate.numerator,
            "denominator": rate.denominator,
            "value": to_share(rate),
        }
        for name, rate in rates.items()
    ]


def _is_told(by: str | None, group: Group, unit: str | None) -> bool:
    """Degrees and years go across all faculties: whoever sees one of these sees none of them."""
    if unit is None:
        return True
    return unit == {"unit": group.value, "programme": group.within}.get(by or "")


def _group(by: str | None, group: Group) -> Document:
    rate = group.rates["RR1"] if group.rates else None
    told = {
        "by": by,
        "value": None if group.value is None else str(group.value),
        "within": None if group.within is None else str(group.within),
        "eligible": rate.denominator if rate else None,
        "completed": rate.numerator if rate else None,
        "rate": to_share(rate) if rate else None,
        "suppressed": rate is None,
    }
    return told if rate else {**told, "reason": group.reason}
