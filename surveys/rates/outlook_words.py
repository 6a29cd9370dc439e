"""What an outlook says: one wording for pages and mails. Language and zone are arguments."""

from datetime import datetime, tzinfo
from decimal import Decimal

from surveys.i18n import count_decimals, format_date, format_integer, format_percent, translate
from surveys.rates.forecast import LEAST_ANSWERS, LEAST_DAYS
from surveys.rates.outlook import Outlook

HUNDRED = Decimal(100)
LEAST_HOURS = int(LEAST_DAYS * 24)


def tell_outlook(
    outlook: Outlook,
    *,
    base: int,
    target: Decimal | None,
    ends_at: datetime,
    language: str,
    zone: tzinfo,
) -> str | None:
    """Return where the share of `base` people will end, or why nobody can say yet.

    None once all is over, or where nobody is counted. `target` in percent, if there is one.
    """
    if outlook.is_over or not base:
        return None
    if outlook.is_too_early:
        return _tell_early(outlook, language)
    low, high = _ends(outlook, base)
    sentence = translate(
        language,
        "At this pace the share will lie between %(low)s and %(high)s at the closing on %(day)s.",
        low=format_percent(low, language),
        high=format_percent(high, language),
        day=format_date(ends_at.astimezone(zone).date(), language, pattern="d MMMM y"),
    )
    verdict = _tell_target(low, high, target, language)
    return f"{sentence} {verdict}" if verdict else sentence


def _tell_early(outlook: Outlook, language: str) -> str:
    if outlook.hours is None:
        return translate(language, "There will be a forecast once the first e-mails have gone out.")
    return translate(
        language,
        "It is too early for a forecast: it takes %(hours)s hours from the first mailing and"
        " %(answers)s answers; so far %(now_hours)s hours and %(now_answers)s answers.",
        hours=LEAST_HOURS,
        answers=LEAST_ANSWERS,
        now_hours=format_integer(outlook.hours, language),
        now_answers=format_integer(outlook.answers, language),
    )


def _ends(outlook: Outlook, base: int) -> tuple[Decimal, Decimal]:
    last = outlook.band[-1]
    return HUNDRED * Decimal(last.low) / base, HUNDRED * Decimal(last.high) / base


def _tell_target(low: Decimal, high: Decimal, target: Decimal | None, language: str) -> str:
    if target is None:
        return ""
    shown = format_percent(target, language, decimals=count_decimals(target))
    if low >= target:
        return translate(language, "The target of %(target)s will be reached.", target=shown)
    if high < target:
        return translate(language, "The target of %(target)s will be missed.", target=shown)
    return translate(
        language, "Whether the target of %(target)s will be reached is open.", target=shown
    )
