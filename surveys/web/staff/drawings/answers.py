"""The curve of answers with its band, twice: for a desk and for a telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from decimal import Decimal

from surveys.rates.curve import Mark, Point
from surveys.rates.outlook import Outlook
from surveys.web.staff.drawings.curve import NARROW, WIDE, Curve, Drawing, draw

DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Answers:
    """People by day out of `base`; the field period, cut to `year` where one is counted."""

    points: Sequence[Point]
    marks: Sequence[Mark]
    outlook: Outlook
    base: int
    target: Decimal | None
    decimals: int
    first_at: datetime
    last_at: datetime
    year: int | None = None


def draw_answers(answers: Answers, *, now: datetime, zone: tzinfo, language: str) -> list[Drawing]:
    """Return both drawings."""
    first_on, last_on = _days(answers, zone)
    midnight = datetime(first_on.year, first_on.month, first_on.day, tzinfo=zone)
    local = now.astimezone(zone)
    today = local.date()
    begun = datetime(today.year, today.month, today.day, tzinfo=zone)
    curve = Curve(
        points=answers.points,
        marks=answers.marks,
        base=answers.base,
        target=answers.target,
        first_on=first_on,
        last_on=last_on,
        today=today,
        decimals=answers.decimals,
        day_part=(local - begun) / DAY,
        band=[((e.at - midnight) / DAY, e.low, e.high) for e in answers.outlook.band],
    )
    return [draw(curve, frame, language=language) for frame in (WIDE, NARROW)]


def _days(answers: Answers, zone: tzinfo) -> tuple[date, date]:
    """Answers and mails outside the field period (taken by hand, sent early) belong to it."""
    seen = [point.on for point in answers.points[:1]] + [mark.on for mark in answers.marks[:1]]
    first_on = min([answers.first_at.astimezone(zone).date(), *seen])
    last_on = max([answers.last_at.astimezone(zone).date(), *seen])
    if answers.year is None:
        return first_on, last_on
    return max(first_on, date(answers.year, 1, 1)), min(last_on, date(answers.year, 12, 31))
