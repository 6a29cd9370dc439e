"""Refusals and reasons of the roster as sentences on a page, also those that a row has kept."""

from collections.abc import Mapping
from typing import Any

from flask_login import current_user

from surveys.errors import DonutError
from surveys.roster.cells import Reason
from surveys.roster.fields import FIELD_LABELS, Field
from surveys.web.words import current_language, gettext


def actor() -> str:
    """Return how the audit trail names whoever is signed in."""
    return f"staff:{current_user.staff_id}"


def explain(refusal: DonutError) -> str:
    """Return a refusal in words."""
    return explain_kept({"message": refusal.message, "params": refusal.params})


def explain_kept(kept: Mapping[str, Any]) -> str:
    """Return a refusal that was stored as code, message and params in words."""
    params = dict(kept["params"])
    if params.get("field") in set(Field):
        params["field"] = gettext(FIELD_LABELS[Field(params["field"])])
    sentence: str = kept["message"]
    return gettext(sentence, **params)


def explain_reason(kept: Mapping[str, Any]) -> str:
    """Return why a cell was not taken, or a warning, as the import has stored it."""
    return Reason(kept["code"], kept["message"], kept["params"]).explain(current_language())
