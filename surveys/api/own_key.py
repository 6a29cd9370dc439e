"""The key itself: what it may do and until when, for whoever tries out a new one."""

from flask import Response
from marshmallow import fields

from surveys.api.access import needs
from surveys.api.answers import json_answer
from surveys.api.blueprints import Blueprint
from surveys.api.callers import presented_key
from surveys.api.fields import Schema
from surveys.api.queries import NoParameters
from surveys.api.times import write_instant
from surveys.api_keys.scopes import Scope

blueprint = Blueprint("api-key", description="The key of the request")

EXAMPLE = {
    "id": "apk_k3wq7m2a",
    "object": "api_key",
    "name": "Mezun Bilgi Sistemi",
    "scopes": ["rates:read", "surveys:read"],
    "unit": None,
    "indicator": "PG3.3.5",
    "is_demo": False,
    "expires_at": "2027-06-30T20:59:00Z",
}


class OwnKeySchema(Schema):
    """What a key may know of itself; never its secret."""

    id = fields.String(required=True)
    object = fields.Constant("api_key", required=True)
    name = fields.String(required=True)
    scopes = fields.List(fields.String(metadata={"enum": [*Scope]}), required=True)
    unit = fields.String(required=True, allow_none=True)
    indicator = fields.String(required=True, allow_none=True)
    is_demo = fields.Boolean(required=True)
    expires_at = fields.AwareDateTime(required=True)


@blueprint.route("/api-key")
@needs(None)
@blueprint.arguments(NoParameters, location="query")
@blueprint.response(200, OwnKeySchema, example=EXAMPLE)
def show_own_key(_query: dict[str, object]) -> Response:
    """Show the key of this request.

    Any live key may ask: its scopes, what it is narrowed to, and when it ends.
    """
    caller = presented_key()
    return json_answer(
        {
            "id": caller.actor,
            "object": "api_key",
            "name": caller.name,
            "scopes": sorted(caller.scopes),
            "unit": caller.unit,
            "indicator": caller.indicator_code,
            "is_demo": caller.is_demo,
            "expires_at": write_instant(caller.expires_at),
        }
    )
