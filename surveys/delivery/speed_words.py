"""The outbox's speed in one line: 1.204 bekliyor, 20/dk, bugün 16.40'ta biter."""

from collections.abc import Iterator
from datetime import datetime, tzinfo

from surveys.delivery.speed import Speed
from surveys.i18n import format_integer, format_moment, translate


def tell_speed(speed: Speed, *, language: str, zone: tzinfo, now: datetime) -> str:
    """Return how many wait, how fast they go or when they go on, and when they are through."""
    return ", ".join(_list_parts(speed, language, zone, now))


def _list_parts(speed: Speed, language: str, zone: tzinfo, now: datetime) -> Iterator[str]:
    yield translate(language, "%(count)s waiting", count=format_integer(speed.waiting, language))
    if speed.is_resting:
        if speed.resumes_at is not None:
            moment = format_moment(speed.resumes_at, language, zone, now=now)
            yield translate(language, "goes on %(moment)s", moment=moment)
    elif speed.per_minute:
        number = format_integer(speed.per_minute, language)
        yield translate(language, "%(number)s/min", number=number)
    if speed.done_at is not None:
        moment = format_moment(speed.done_at, language, zone, now=now)
        yield translate(language, "done %(moment)s", moment=moment)
