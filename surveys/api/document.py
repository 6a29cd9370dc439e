"""The OpenAPI document, readable without a key: whoever writes a client begins with it."""

from typing import Any

from flask import Flask, Response

from surveys.api.access import public_api
from surveys.api.answers import json_answer
from surveys.api.application import Api
from surveys.api.blueprints import PREFIX


def attach(app: Flask, api: Api) -> None:
    """Serve the document; every resource has been registered by now."""
    document: dict[str, Any] = api.spec.to_dict()

    @public_api
    def openapi() -> Response:
        return json_answer(document)

    app.add_url_rule(f"{PREFIX}/openapi.json", "api.openapi", openapi)
