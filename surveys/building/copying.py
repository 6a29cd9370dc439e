"""A survey's copy for another year: the same questions under the same codes, later dates."""

import re
from copy import deepcopy
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Survey
from surveys.building.cleaning import EditRefused
from surveys.building.coding import LONGEST
from surveys.building.drafts import create_draft
from surveys.building.local_time import add_days
from surveys.building.reading import EARLIEST_YEAR, LATEST_YEAR
from surveys.building.revisions import COPY, Act
from surveys.building.starting import choose_code
from surveys.building.values import NOT_WHOLE

DAYS_A_YEAR = 365.2425
DATED = ("title", "purpose", "subject", "text")


def copy_draft(
    session: Session,
    *,
    survey: Survey,
    code: str | None,
    year: int | None,
    actor: str,
    now: datetime,
) -> Survey:
    """Return a draft that asks what `survey` asks, for `year` (None: the year after its own).

    Dates move by whole weeks, so that each keeps its weekday; the old year in the code, the title
    and the mails becomes the new one. Without a `code` the old one gives it. Raises EditRefused.
    """
    if year is not None:
        _check_year(year)
    document = deepcopy(survey.definition)
    old = document.get("year") or int(document["opens_at"][:4])
    new = old + 1 if year is None else year
    wish = _suggest_code(survey.code, old, new)
    document["code"] = choose_code(session, code, fallback=wish)
    document["year"] = new
    _shift_dates(document, years=new - old)
    for part in (document, *document["mailings"]):
        _replace_year(part, old, new)
    act = Act(COPY, actor, now, details={"of": survey.code})
    return create_draft(session, document=document, is_demo=survey.is_demo, act=act)


def _check_year(year: int) -> None:
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        limits = {"low": EARLIEST_YEAR, "high": LATEST_YEAR}
        raise EditRefused.of("year", NOT_WHOLE, value=year, **limits)


def _suggest_code(code: str, old: int, new: int) -> str:
    if str(old) in code:
        return code.replace(str(old), str(new))
    return f"{code[: LONGEST - 5]}-{new}"


def _shift_dates(document: dict[str, Any], *, years: int) -> None:
    days = timedelta(weeks=round(years * DAYS_A_YEAR / 7)).days
    for key in ("opens_at", "closes_at"):
        document[key] = add_days(document[key], days)
    for mailing in document["mailings"]:
        if mailing.get("at"):
            mailing["at"] = add_days(mailing["at"], days)


def _replace_year(part: dict[str, Any], old: int, new: int) -> None:
    year = re.compile(rf"(?<![0-9]){old}(?![0-9])")
    for key in DATED:
        if key in part:
            part[key] = {language: year.sub(str(new), text) for language, text in part[key].items()}
