"""The OpenAPI document, readable without a key: whoever writes a client begins with it."""

import re
from typing import Any

from flask import Flask, Response

from surveys.api.access import public_api, refuse_other_media
from surveys.api.answers import json_answer
from surveys.api.application import Api
from surveys.api.blueprints import PREFIX

REFERENCE = re.compile(r"'#/components/schemas/([^']+)'")
Document = dict[str, Any]


def attach(app: Flask, api: Api) -> Document:
    """Serve the document, and return it; every resource has been registered by now."""
    document = make_document(api)

    @public_api
    def openapi() -> Response:
        refuse_other_media()
        return json_answer(document)

    app.add_url_rule(f"{PREFIX}/openapi.json", "api.openapi", openapi)
    return document


def make_document(api: Api) -> Document:
    """Return the document as it is served.

    Of what is sent to us it lists every field; answers may gain some, so they stay open.
    """
    document: Document = api.spec.to_dict()
    schemas = document["components"]["schemas"]
    for name in schemas.keys() - _taken_in(document):
        schemas[name].pop("additionalProperties", None)
    return document


def _taken_in(document: Document) -> set[str]:
    """Return the names of the schemas that stand in request bodies, whatever deep."""
    operations = [o for path in document["paths"].values() for o in path.values()]
    bodies = [o["requestBody"] for o in operations if isinstance(o, dict) and "requestBody" in o]
    schemas = document["components"]["schemas"]
    found: set[str] = set()
    waiting = {*REFERENCE.findall(repr(bodies))}
    while waiting:
        found |= waiting
        deeper = {n for name in waiting for n in REFERENCE.findall(repr(schemas[name]))}
        waiting = deeper - found
    return found
