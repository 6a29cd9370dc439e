"""A drain as it goes: a bar on a terminal, a plain line now and then elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from surveys.cli.output import say
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_integer, translate
from surveys.jobs.tally import Counts

LINE_EVERY = 500
Show = Callable[[Counts], None]


@contextmanager
def shown_progress(*, total: int, is_quiet: bool) -> Iterator[Show]:
    """Yield what tells on stderr, after each message, how many are done.

    `is_quiet` leaves the plain lines out, for callers who read stdout and stderr as one.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _say_nothing if is_quiet else _with_lines(total)
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task(say(N_("Mails")), total=total)

        def show(counts: Counts) -> None:
            done = sum(counts.values())
            progress.update(task, completed=done, total=max(total, done))

        yield show


def _say_nothing(_counts: Counts) -> None:
    pass


def _with_lines(total: int) -> Show:
    # Made here, in the thread that has the application's context.
    language = toolbox().settings.default_language

    def show(counts: Counts) -> None:
        done = sum(counts.values())
        if done % LINE_EVERY == 0:
            line = translate(
                language,
                N_("%(done)s of %(total)s mails done …"),
                done=format_integer(done, language),
                total=format_integer(total, language),
            )
            click.echo(line, err=True)

    return show
