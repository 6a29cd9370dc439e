"""One mailing as a real person would get it: `/surveys/<code>/mails/<key>/letter` and `/preview`.

`letter` is the mail itself, alone, for a frame: one style block that its policy names by its hash,
and nothing else. `preview` shows it in a frame, its plain text below, for a person at a time.
"""

from flask import Blueprint, Response, abort, make_response, request
from flask.typing import ResponseReturnValue

from models import Mailing, Role, Survey
from surveys.building.finding import get_survey
from surveys.delivery.house import read_house
from surveys.delivery.placeholders import PlaceholderEmpty
from surveys.delivery.rendering import render, render_page
from surveys.extensions import reader, toolbox
from surveys.inviting.sample import Sample, draft_mailing, find_person, make_sample
from surveys.web.access import staff_only
from surveys.web.staff.builder.frame import render_step
from surveys.web.staff.plan.mails_page import POLICY as PAGE_POLICY
from surveys.web.staff.plan.words import LANGUAGE_WORDS, kind_name
from surveys.web.words import gettext

POLICY = (
    "default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"
)


def attach(blueprint: Blueprint) -> None:
    """Register both pages."""
    base = "/surveys/<code>/mails/<int:key>"
    blueprint.add_url_rule(f"{base}/letter", view_func=show_letter, methods=["GET"])
    blueprint.add_url_rule(f"{base}/preview", view_func=show_mail_preview, methods=["GET"])


@staff_only(Role.VIEWER)
def show_letter(code: str, key: int) -> Response:
    """Show the mail alone."""
    survey = get_survey(reader(), code=code)
    sample = _make_sample(survey, get_mailing(survey, key))
    try:
        page = render_page(sample.letter, person=sample.person, links=sample.links)
    except PlaceholderEmpty as empty:
        return Response(gettext(empty.message, **empty.params), mimetype="text/plain")
    response = Response(page.html)
    response.headers["Content-Security-Policy"] = POLICY.format(style=page.style_source)
    return response


@staff_only(Role.VIEWER)
def show_mail_preview(code: str, key: int) -> ResponseReturnValue:
    """Show the mail in a frame, and its text."""
    survey = get_survey(reader(), code=code)
    mailing = get_mailing(survey, key)
    sample = _make_sample(survey, mailing)
    try:
        mail, fault = render(sample.letter, person=sample.person, links=sample.links), None
    except PlaceholderEmpty as empty:
        mail, fault = None, gettext(empty.message, **empty.params)
    page = render_step(
        "staff/plan/preview.html",
        survey=survey,
        key=key,
        kind=kind_name(mailing.kind),
        mail=mail,
        fault=fault,
        person=find_person(reader(), survey=survey, after=_after()),
        after=_after(),
        language=_language(survey),
        languages=[(code, LANGUAGE_WORDS[code]) for code in survey.definition["languages"]],
    )
    response = make_response(page)
    response.headers["Content-Security-Policy"] = PAGE_POLICY
    return response


def get_mailing(survey: Survey, key: int) -> Mailing:
    """Return a mailing of this survey: by its index in a draft, by its row's id after the launch.

    Answers 404 for one of another survey.
    """
    if survey.launched_at is None:
        mailing = draft_mailing(survey, key)
    else:
        mailing = reader().get(Mailing, key)
    if mailing is None or mailing.survey.id != survey.id:
        abort(404)
    return mailing


def _make_sample(survey: Survey, mailing: Mailing) -> Sample:
    person = find_person(reader(), survey=survey, after=_after())
    house = read_house(toolbox().settings)
    return make_sample(mailing, person=person, language=_language(survey), house=house)


def _after() -> int:
    return max(0, min(request.args.get("after", 0, type=int), 2**31))


def _language(survey: Survey) -> str:
    known: list[str] = survey.definition["languages"]
    wanted = request.args.get("in", "")
    return wanted if wanted in known else known[0]
