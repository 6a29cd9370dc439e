"""The words on pages: Jinja with our catalogue, and the filters for dates and numbers.

The language of a page is `g.language`: `?lang=` or the service's default, until a face that
knows its reader says otherwise by `use_language`.
"""

from collections.abc import Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path

from flask import Flask, g, request
from jinja2 import StrictUndefined, pass_context
from jinja2.runtime import Context

from surveys.extensions import toolbox
from surveys.i18n import (
    format_date,
    format_instant,
    format_integer,
    format_percent,
    pick_language,
    pick_text,
    translate,
)

TEMPLATES = Path(__file__).parent / "templates"


def attach(app: Flask) -> None:
    """Tell the application where its templates are and what they can call."""
    app.template_folder = str(TEMPLATES)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["_"] = gettext
    app.jinja_env.filters.update(
        text=_text, number=_number, percent=_percent, date=_date, instant=_instant
    )
    app.before_request(_begin_in_asked_language)
    app.context_processor(_common_words)


def use_language(language: str) -> None:
    """Show the rest of this request in `language`."""
    g.language = language


def current_language() -> str:
    """Return the language of the page being made."""
    language = g.get("language")
    return str(language) if language else toolbox().settings.default_language


def gettext(message: str, /, **params: object) -> str:
    """Return `message` in the page's language with its `%(name)s` places filled."""
    return translate(current_language(), message, **params)


def _begin_in_asked_language() -> None:
    default = toolbox().settings.default_language
    g.language = pick_language(request.args.get("lang"), default=default)


def _common_words() -> dict[str, object]:
    settings = toolbox().settings
    is_english = current_language() == "en"
    return {
        "language": current_language(),
        "organisation": settings.organisation_name_en if is_english else settings.organisation_name,
        "office": settings.office_name_en if is_english else settings.office_name,
        "contact_address": settings.contact_address,
        "base_url": settings.base_url,
    }


# With the context as an argument, Jinja never folds a filter on a constant at compile time,
# which would freeze it in the language of whoever came first.
@pass_context
def _text(_context: Context, texts: Mapping[str, str]) -> str:
    return pick_text(dict(texts), current_language())


@pass_context
def _number(_context: Context, value: int) -> str:
    return format_integer(value, current_language())


@pass_context
def _percent(_context: Context, value: Decimal | None, decimals: int = 1) -> str:
    return format_percent(value, current_language(), decimals=decimals)


@pass_context
def _date(_context: Context, value: date | datetime, pattern: str | None = None) -> str:
    day = value.astimezone(toolbox().settings.zone).date() if isinstance(value, datetime) else value
    return format_date(day, current_language(), pattern=pattern)


@pass_context
def _instant(_context: Context, value: datetime, zone: tzinfo | None = None) -> str:
    return format_instant(value, current_language(), zone or toolbox().settings.zone)
