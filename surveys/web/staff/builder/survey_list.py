"""`/surveys`: every survey with its state and dates, and how many answered once it was launched."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Role, Survey, SurveyState
from surveys.extensions import reader, toolbox
from surveys.rates.dispositions import count_by_survey, to_counts
from surveys.rates.formulas import Rate, compute_rates
from surveys.web.access import staff_only
from surveys.web.staff.builder.frame import STATE_KINDS, STATE_WORDS, title_of
from surveys.web.words import gettext


@dataclass(frozen=True)
class Line:
    """One survey of the list; `rate` is RR1, None for a draft."""

    survey: Survey
    title: str
    state: str
    state_kind: str
    href: str
    rate: Rate | None


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/surveys", view_func=show_surveys, methods=["GET"])


@staff_only(Role.VIEWER)
def show_surveys() -> ResponseReturnValue:
    """Show the surveys of a year and state, newest first."""
    session, now = reader(), toolbox().clock.now()
    year, state = request.args.get("year", ""), request.args.get("state", "")
    every = session.scalars(select(Survey).order_by(Survey.opens_at.desc(), Survey.id.desc())).all()
    chosen = [s for s in every if year in {"", _year_of(s)} and state in {"", s.state_at(now)}]
    return render_template(
        "staff/surveys/list.html",
        lines=_list_lines(session, chosen, now),
        years=[(known, known) for known in sorted({_year_of(s) for s in every}, reverse=True)],
        states=[(known.value, gettext(word)) for known, word in STATE_WORDS.items()],
        year=year,
        state=state,
        is_empty=not every,
    )


def _year_of(survey: Survey) -> str:
    return str(survey.year or survey.opens_at.year)


def _list_lines(session: Session, surveys: Sequence[Survey], now: datetime) -> list[Line]:
    launched = [survey.id for survey in surveys if survey.launched_at]
    counted = count_by_survey(session, survey_ids=launched)
    rates = {id_: compute_rates(to_counts(found))["RR1"] for id_, found in counted.items()}
    return [
        Line(
            survey=survey,
            title=title_of(survey),
            state=gettext(STATE_WORDS[survey.state_at(now)]),
            state_kind=STATE_KINDS.get(survey.state_at(now), ""),
            href=_href(survey, now),
            rate=rates.get(survey.id),
        )
        for survey in surveys
    ]


def _href(survey: Survey, now: datetime) -> str:
    is_draft = survey.state_at(now) == SurveyState.DRAFT
    return f"/surveys/{survey.code}/questions" if is_draft else f"/surveys/{survey.code}"
