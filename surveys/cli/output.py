"""How every command answers: words or JSON, exit code 0 done, 1 refused, 2 used wrongly."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, NoReturn

import click
from sqlalchemy.exc import DatabaseError, DataError, IntegrityError

from surveys.errors import N_, DonutError
from surveys.extensions import toolbox
from surveys.i18n import translate

Result = dict[str, Any]


class DatabaseUnusable(DonutError):
    """The database is not there, not migrated, locked or full."""

    code = "database_unusable"
    status = 503
    message = N_(
        "The database can't be used (%(fault)s). flask doctor tells why; a new database needs"
        " flask db upgrade first."
    )


json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of words."
)


def say(message: str, /, **params: object) -> str:
    """Return `message` in the service's default language."""
    return translate(toolbox().settings.default_language, message, **params)


def emit(result: Result, lines: Iterable[str], *, as_json: bool) -> None:
    """Print `result` as one line of JSON, or `lines` of words."""
    if as_json:
        click.echo(_as_text(result))
        return
    for line in lines:
        click.echo(line)


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turn an expected refusal into its sentence and exit code 1."""
    try:
        yield
    except DonutError as error:
        refuse(error, as_json=as_json)
    except DatabaseError as error:
        if isinstance(error, DataError | IntegrityError):
            raise
        refuse(DatabaseUnusable(fault=str(error.orig).splitlines()[0]), as_json=as_json)


def confirm_on_terminal(message: str, /, *, as_json: bool, **params: object) -> None:
    """Ask a person before what can't be undone; scripts have decided already."""
    if sys.stdin.isatty() and not as_json:
        click.confirm(say(message, **params), abort=True)


def refuse(
    error: DonutError, lines: Iterable[str] = (), *, as_json: bool, **details: object
) -> NoReturn:
    """Print the refusal, with more `lines` for people and `details` for machines, and exit."""
    sentence = say(error.message, **error.params)
    if as_json:
        click.echo(_as_text({"refused": error.code, "message": sentence, **details}))
    else:
        click.echo("\n".join([sentence, *lines]), err=True)
    sys.exit(1)


def _as_text(result: Result) -> str:
    return json.dumps(result, ensure_ascii=False, default=_as_plain)


def _as_plain(value: object) -> str:
    """Return an instant by RFC 3339 in UTC, to the second; everything else as its text."""
    if not isinstance(value, datetime):
        return str(value)
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
