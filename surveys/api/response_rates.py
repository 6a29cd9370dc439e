"""Response rates, of one survey and of all that changed; figures only, never a person."""

from datetime import datetime
from functools import partial
from typing import Any

from flask import Response

from surveys.api.access import needs
from surveys.api.blueprints import Blueprint
from surveys.api.callers import Caller, presented_key, sight_of
from surveys.api.conditional import Version, answer, digest_variant, tell_unchanged
from surveys.api.fields import Instant, OneOf, Schema
from surveys.api.paging import Page, decode_cursor, page
from surveys.api.rate_documents import KIND, rate_of, version_of
from surveys.api.rate_schemas import (
    EXAMPLE,
    GROUPED_EXAMPLE,
    ResponseRatePageSchema,
    ResponseRateSchema,
)
from surveys.api.surveys import ListQuery
from surveys.api_keys.scopes import Scope
from surveys.extensions import glance, snapshot, toolbox
from surveys.rates.groups import FIELDS
from surveys.reporting.listing import Listed, Wanted, find_listed, glimpse, list_changed

blueprint = Blueprint("response-rates", description="Response rates and what they are made of")


class RateQuery(Schema):
    """How a rate is broken down."""

    by = OneOf(
        FIELDS,
        load_default=None,
        metadata={"description": "Adds the groups of one field; without it `groups` is empty."},
    )


class ChangedQuery(ListQuery):
    """Which response rates; without a parameter all of them."""

    updated_since = Instant(
        load_default=None,
        metadata={
            "description": "Only what changed since then, and a few minutes before it, so that"
            " nothing is missed. Give the greatest `as_of` that you have seen.",
            "example": "2026-11-21T02:00:00Z",
        },
    )


@blueprint.route("/surveys/<string:survey_id>/response-rate")
@needs(Scope.RATES_READ)
@blueprint.arguments(RateQuery, location="query")
@blueprint.response(200, ResponseRateSchema, example=GROUPED_EXAMPLE)
@blueprint.alt_response(304, description="Unchanged since the ETag in If-None-Match.")
def show_response_rate(query: dict[str, Any], survey_id: str) -> Response:
    """Show the response rate of one survey.

    `rr1` is the headline: completed out of all who were asked and are eligible. Small groups are
    hidden, and with them what would tell them by subtraction.
    """
    now, caller = toolbox().clock.now(), presented_key()
    sight = sight_of(caller)
    known, status = glimpse(glance(), name=survey_id, sight=sight, now=now)
    unchanged = tell_unchanged(version_of(caller, known, status, by=query["by"]))
    if unchanged is not None:
        return unchanged
    with snapshot() as session:
        listed = find_listed(session, name=survey_id, sight=sight)
        status = listed.survey.state_at(now)
        version = version_of(caller, listed.known, status, by=query["by"])
        return answer(version, partial(rate_of, session, caller, listed, by=query["by"], now=now))


@blueprint.route("/response-rates")
@needs(Scope.RATES_READ)
@blueprint.arguments(ChangedQuery, location="query")
@blueprint.response(200, ResponseRatePageSchema, example={"data": [EXAMPLE], "next_cursor": None})
@blueprint.alt_response(304, description="Unchanged since the ETag in If-None-Match.")
def list_response_rates(query: dict[str, Any]) -> Response:
    """List response rates, those that changed longest ago first.

    For a nightly check: ask with `updated_since`, follow `next_cursor` to the end. What changes
    meanwhile comes twice, never not at all.
    """
    cursor, limit = query.pop("cursor"), query.pop("limit")
    now, caller = toolbox().clock.now(), presented_key()
    filters = {"list": "response-rates", "key": caller.public_id, **query}
    with snapshot() as session:
        rows = list_changed(
            session,
            sight=sight_of(caller),
            wanted=Wanted(**query),
            after=_read_position(cursor, filters),
            limit=limit + 1,
            now=now,
        )
        found = page(rows, limit=limit, place=_place, filters=filters)
        version = _version_of_page(caller, found, query, now)
        return answer(
            version,
            lambda: {
                "data": [rate_of(session, caller, row, by=None, now=now) for row in found.rows],
                "next_cursor": found.next_cursor,
            },
            headers=found.links(),
        )


def _version_of_page(
    caller: Caller, found: Page[Listed], query: dict[str, Any], now: datetime
) -> Version:
    versions = {
        row.survey.public_id: version_of(caller, row.known, row.survey.state_at(now), by=None)
        for row in found.rows
    }
    tags = [(name, version.tag) for name, version in versions.items()]
    parts = {**query, "tags": tags, "goes_on": found.next_cursor is not None}
    newest = max((row.known.changed_at for row in found.rows), default=now)
    revision = sum(row.known.revision for row in found.rows)
    return Version(KIND, revision, newest, digest_variant(caller, parts))


def _place(row: Listed) -> list[str | int | None]:
    return [row.known.changed_at.isoformat(), row.survey.id]


def _read_position(cursor: str | None, filters: dict[str, Any]) -> tuple[datetime, int] | None:
    if cursor is None:
        return None
    moment, survey_id = decode_cursor(toolbox().keys, cursor, filters)
    return datetime.fromisoformat(moment), survey_id
