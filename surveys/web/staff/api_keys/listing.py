"""`/api-keys`: every key with its state, end and last use; and the page of one."""

from datetime import datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from models import ApiKey, Role
from surveys.api_keys.keeping import get_key, list_keys
from surveys.api_keys.lifetimes import is_live
from surveys.api_keys.making import list_live_of
from surveys.extensions import reader, toolbox
from surveys.web.access import staff_only
from surveys.web.staff.api_keys.words import kind_word, scope_words, state_badge
from surveys.web.words import gettext

PAGE = "/api-keys"


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    blueprint.add_url_rule(PAGE, view_func=list_api_keys, methods=["GET"])
    blueprint.add_url_rule(f"{PAGE}/<public_id>", view_func=show_api_key, methods=["GET"])


@staff_only(Role.ADMIN)
def list_api_keys() -> ResponseReturnValue:
    """Show all keys: those that work, and folded below them those that ended."""
    now = toolbox().clock.now()
    keys = list_keys(reader(), now=now)
    return render_template(
        "staff/api_keys/list.html",
        live=[key for key in keys if is_live(key, now=now)],
        ended=[key for key in keys if not is_live(key, now=now)],
        **_words(now),
    )


@staff_only(Role.ADMIN)
def show_api_key(public_id: str) -> ResponseReturnValue:
    """Show one key with what can be done about it."""
    return key_page(get_key(reader(), public_id=public_id))


def key_page(key: ApiKey, *, fault: str | None = None) -> str:
    """Return the page of one key; `fault` says why what was pressed was not done."""
    now = toolbox().clock.now()
    live = list_live_of(reader(), name=key.name, now=now)
    return render_template(
        "staff/api_keys/key.html",
        key=key,
        is_live=is_live(key, now=now),
        other=next((other for other in live if other.id != key.id), None),
        fault=fault,
        **_words(now),
    )


def _words(now: datetime) -> dict[str, object]:
    return {
        "badge_of": lambda key: state_badge(key, now=now),
        "kind_word": kind_word,
        "rights_of": lambda key: [gettext(scope_words(scope)) for scope in key.scopes],
    }
