"""The HTML edge: what alumni and staff see in a browser.

`attach` puts together what concerns every page; each face registers its own blueprint.
"""

from flask import Flask

from surveys.serving.access import enforce
from surveys.web import (
    assets,
    clean,
    compression,
    errors,
    guard,
    headers,
    health,
    numbers,
    request_log,
    respondent,
    staff,
    words,
)


def attach(app: Flask) -> None:
    """Register the blueprints and everything that concerns every page."""
    numbers.attach(app)
    request_log.attach(app)
    words.attach(app)
    guard.attach(app)
    clean.attach(app)
    enforce(app)
    headers.attach(app)
    compression.attach(app)
    errors.attach(app)
    assets.attach(app)
    health.attach(app)
    respondent.attach(app)
    staff.attach(app)
