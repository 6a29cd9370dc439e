"""What an alumnus sees: the form behind the personal link, and what stands around it.

No cookie is set and no login known: the link is the credential. GET and HEAD change nothing.
"""

from flask import Blueprint, Flask

from surveys.web.respondent import (
    mail_in_browser,
    notice,
    refusals,
    stopping,
    survey_form,
    survey_post,
)


def attach(app: Flask) -> None:
    """Register the pages of this face."""
    blueprint = Blueprint("respondent", __name__)
    for page in (survey_form, survey_post, stopping, notice, mail_in_browser, refusals):
        page.attach(blueprint)
    app.register_blueprint(blueprint)
