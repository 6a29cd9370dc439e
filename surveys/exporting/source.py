"""What is exported of a survey: its columns, and how many rows there are, refused where it must.

Every launched survey is confidential so far; of an anonymous one no row may ever leave.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Draft, Invitation, Response, Survey
from surveys.building.definition import Definition, Text, from_document
from surveys.errors import N_, DonutError
from surveys.exporting.columns import Column, list_columns
from surveys.inviting.obstacles import ANONYMOUS


class NothingAsked(DonutError):
    """A draft has no answers."""

    code = "nothing_asked"
    status = 409
    message = N_("%(survey)s is not launched yet, so there are no answers to export.")


class RowsNotGivenOut(DonutError):
    """A row of an anonymous survey could tell who answered."""

    code = "rows_not_given_out"
    status = 409
    message = N_(
        "%(survey)s promised anonymity: single answers are not given out, results are shown in"
        " groups only."
    )


@dataclass(frozen=True)
class Version:
    """One frozen version of the survey."""

    number: int
    definition: Definition


@dataclass(frozen=True)
class Source:
    """What rows are made from. `versions` by the id of their row."""

    survey_id: int
    code: str
    title: Text
    zone: ZoneInfo
    versions: Mapping[int, Version]
    columns: list[Column]


@dataclass(frozen=True)
class Extent:
    """How many people finished, how many of their answers stand, how many forms are half-done.

    `finished` and `rows` differ by the answers of people who were erased.
    """

    finished: int
    rows: int
    unfinished: int

    @property
    def erased(self) -> int:
        """Answers that were deleted at somebody's wish and still count in the rates."""
        return self.finished - self.rows


def require_named(survey: Survey) -> None:
    """Raise NothingAsked or RowsNotGivenOut where no row of a survey may leave."""
    if not survey.versions:
        raise NothingAsked(survey=survey.code)
    if any(v.definition["confidentiality"] == ANONYMOUS for v in survey.versions):
        raise RowsNotGivenOut(survey=survey.code)


def open_source(survey: Survey) -> Source:
    """Return what the survey's responses are read by. Raises NothingAsked, RowsNotGivenOut."""
    require_named(survey)
    versions = {
        version.id: Version(version.number, from_document(version.definition))
        for version in survey.versions
    }
    newest = max(versions.values(), key=lambda version: version.number).definition
    return Source(
        survey_id=survey.id,
        code=survey.code,
        title=newest.title,
        zone=ZoneInfo(newest.timezone),
        versions=versions,
        columns=list_columns({v.number: v.definition for v in versions.values()}),
    )


def measure_extent(session: Session, *, survey_id: int) -> Extent:
    """Return how much there is to export."""
    of_survey = Invitation.survey_id == survey_id
    finished = select(func.count()).where(of_survey, Invitation.responded_at.is_not(None))
    rows = select(func.count()).select_from(Response).join(Response.invitation).where(of_survey)
    drafts = select(func.count()).select_from(Draft).join(Draft.invitation)
    unfinished = drafts.where(of_survey, Invitation.responded_at.is_(None))
    return Extent(*(session.scalar(query) or 0 for query in (finished, rows, unfinished)))
