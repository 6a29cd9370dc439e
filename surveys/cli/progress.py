"""Long work as it goes: a bar on a terminal, a plain line now and then elsewhere."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from surveys.cli.output import say
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_integer

LINE_EVERY = 10_000
BAR_EVERY = 500
T = TypeVar("T")


@contextmanager
def watched(items: Iterable[T], *, total: int, is_quiet: bool) -> Iterator[Iterator[T]]:
    """Yield `items` again, telling on stderr how far they are; `total` may be an estimate.

    `is_quiet` leaves the plain lines out, for callers who read stdout and stderr as one.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield iter(items) if is_quiet else _with_lines(items)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task(say(N_("Rows")), total=total)
        count = 0

        def with_bar() -> Iterator[T]:
            nonlocal count
            for item in items:
                count += 1
                if count % BAR_EVERY == 0:
                    progress.update(task, completed=count, total=max(total, count))
                yield item

        yield with_bar()
        progress.update(task, completed=count, total=count)


def _with_lines(items: Iterable[T]) -> Iterator[T]:
    language = toolbox().settings.default_language
    for count, item in enumerate(items, start=1):
        yield item
        if count % LINE_EVERY == 0:
            click.echo(
                say(N_("Rows read so far: %(count)s"), count=format_integer(count, language)),
                err=True,
            )
