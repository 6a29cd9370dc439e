"""The kind pages: why a personal link shows no form just now, and whom to ask."""

import structlog
from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue
from limits import parse

from surveys.answering.finding import LinkUnknown
from surveys.answering.opening import SurveyClosed, SurveyNotOpen
from surveys.answering.taking import StaleTab
from surveys.errors import N_, DonutError
from surveys.extensions import counters
from surveys.i18n import LANGUAGES
from surveys.serving.requests import remote_address
from surveys.web.errors import RETRY_AFTER_S, error_page
from surveys.web.words import gettext

log = structlog.get_logger(__name__)

# Counts only links that open nothing: people behind one campus address must not shut each other
# out.
UNKNOWN_LINKS = parse("30/minute")
TITLES = {
    LinkUnknown.code: N_("We don't know this link"),
    SurveyNotOpen.code: N_("The survey isn't open yet"),
    SurveyClosed.code: N_("The survey is closed"),
    StaleTab.code: N_("Open in another tab"),
}


def attach(blueprint: Blueprint) -> None:
    """Register what this face answers to refusals."""
    blueprint.register_error_handler(LinkUnknown, _unknown_link)
    for refusal in (SurveyNotOpen, SurveyClosed, StaleTab):
        blueprint.register_error_handler(refusal, _refused)


def _refused(error: DonutError) -> ResponseReturnValue:
    log.info("refused", code=error.code)
    page = render_template(
        "respondent/refusal.html",
        title=gettext(TITLES[error.code]),
        error=error,
        languages=LANGUAGES,
    )
    return page, error.status


def _unknown_link(error: DonutError) -> ResponseReturnValue:
    if not counters().hit(UNKNOWN_LINKS, "unknown-link", remote_address()):
        page, status = error_page(429)
        return page, status, {"Retry-After": RETRY_AFTER_S}
    return _refused(error)
