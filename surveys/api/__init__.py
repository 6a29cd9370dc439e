"""The JSON edge: what other systems read and push, below /api/v1.

Each resource is a module with a `blueprint`; it stands in RESOURCES, in the order of the document.
"""

from flask import Flask

from surveys.api import (
    alumni,
    alumni_imports,
    conditional,
    cookies,
    deliveries,
    docs,
    document,
    events,
    headers,
    hooks,
    indicators,
    own_key,
    problems,
    response_rates,
    suppressions,
    surveys,
    webhook_actions,
    webhook_endpoints,
)
from surveys.api.application import make_api

RESOURCES = (
    surveys,
    response_rates,
    indicators,
    events,
    webhook_endpoints,
    webhook_actions,
    deliveries,
    hooks,
    alumni,
    alumni_imports,
    suppressions,
    own_key,
)


def attach(app: Flask) -> None:
    """Register the resources, their document and what concerns every answer of the API."""
    cookies.attach(app)
    headers.attach(app)
    problems.attach(app)
    conditional.attach(app)
    api = make_api(app, app.extensions["donut"].settings)
    for resource in RESOURCES:
        api.register_blueprint(resource.blueprint)
    docs.attach(app, document.attach(app, api))
