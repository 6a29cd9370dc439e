"""`/privacy/<survey>`: the notice of KVKK art. 10, in Turkish and English, with its version."""

from flask import Blueprint, abort, render_template
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from models import Survey
from surveys.extensions import reader
from surveys.i18n import LANGUAGES
from surveys.web.access import public


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/privacy/<code>", view_func=show_notice, methods=["GET"])


@public
def show_notice(code: str) -> ResponseReturnValue:
    """Show the notice of a launched survey; drafts are not visible."""
    survey = reader().scalar(
        select(Survey).where(Survey.code == code, Survey.launched_at.is_not(None))
    )
    if survey is None or not survey.versions:
        abort(404)
    return render_template(
        "respondent/notice.html",
        survey=survey,
        version=survey.versions[-1],
        languages=LANGUAGES,
    )
