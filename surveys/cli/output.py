"""How every command answers: words or JSON, exit code 0 done, 1 refused, 2 used wrongly."""

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from surveys.errors import DonutError
from surveys.extensions import toolbox
from surveys.i18n import translate

Result = dict[str, Any]

json_option: Callable[[Any], Any] = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of words."
)


def say(message: str, /, **params: object) -> str:
    """Return `message` in the service's default language."""
    return translate(toolbox().settings.default_language, message, **params)


def emit(result: Result, lines: Iterable[str], *, as_json: bool) -> None:
    """Print `result` as one line of JSON, or `lines` of words."""
    if as_json:
        click.echo(json.dumps(result, ensure_ascii=False, default=str))
        return
    for line in lines:
        click.echo(line)


@contextmanager
def refusals(*, as_json: bool) -> Iterator[None]:
    """Turn an expected refusal into its sentence and exit code 1."""
    try:
        yield
    except DonutError as error:
        sentence = say(error.message, **error.params)
        if as_json:
            click.echo(json.dumps({"refused": error.code, "message": sentence}, ensure_ascii=False))
        else:
            click.echo(sentence, err=True)
        sys.exit(1)
