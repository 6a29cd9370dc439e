"""A new draft: empty or from a template, or the copy of another survey for the next year."""

from collections.abc import Sequence
from copy import deepcopy
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MailingKind, Survey
from surveys.building.cleaning import EditRefused, clean, line
from surveys.building.coding import free_code, make_code
from surveys.building.definition import Text
from surveys.building.drafts import create_draft
from surveys.building.local_time import format_local
from surveys.building.merging import merge_text
from surveys.building.questions import TITLE_LENGTH
from surveys.building.reading import CONFIDENTIALITIES
from surveys.building.revisions import START, Act
from surveys.building.shipped import get_template
from surveys.building.values import as_code
from surveys.building.working_days import next_working_day
from surveys.errors import N_
from surveys.i18n import LANGUAGES

ISTANBUL = "Europe/Istanbul"
OPENING = time(10, 0)
CLOSING = time(23, 59)
FIELD_WEEKS = 5

_CODE_TAKEN = N_("There is a survey with the code %(code)s already. Choose another one.")
_NO_TITLE = N_("Give the survey a title.")
_NO_LANGUAGE = N_("Choose at least one language.")


@dataclass(frozen=True)
class NewDraft:
    """What a new survey begins with.

    `template`: a code of `list_templates`, or None for one empty section. Without a `code` the
    title gives one that is free. The first of `languages` is the one that every text needs.
    """

    title: Text
    languages: Sequence[str] = LANGUAGES
    template: str | None = None
    code: str | None = None
    timezone: str = ISTANBUL
    is_demo: bool = False


def start_draft(session: Session, *, new: NewDraft, actor: str, now: datetime) -> Survey:
    """Return a new draft for everybody, open from the next working day for five weeks.

    Raises EditRefused, TemplateUnknown.
    """
    languages = [language for language in LANGUAGES if language in new.languages]
    if not languages:
        raise EditRefused.of("languages", _NO_LANGUAGE)
    title = _clean_title(new.title, languages)
    content = deepcopy(get_template(new.template).content) if new.template else _blank()
    document = {
        **content,
        "code": choose_code(session, new.code, fallback=title[languages[0]]),
        "title": title,
        "languages": languages,
        "confidentiality": CONFIDENTIALITIES[0],
        "audience": {},
        "timezone": new.timezone,
        **_write_window(now, new.timezone),
    }
    _date_mailings(document)
    act = Act(START, actor, now, details={"template": new.template} if new.template else {})
    return create_draft(session, document=document, is_demo=new.is_demo, act=act)


def choose_code(session: Session, code: str | None, *, fallback: str) -> str:
    """Return the code that was asked for if it is free, else one made from `fallback`.

    Raises EditRefused when a code was asked for that can't be had.
    """
    taken = session.scalars(select(Survey.code)).all()
    if not code:
        return free_code(make_code(fallback) or "survey", taken)
    wish = str(clean({"code": code.strip()}, {"code": as_code}, [])["code"])
    if wish.lower() in {other.lower() for other in taken}:
        raise EditRefused.of("code", _CODE_TAKEN, code=wish)
    return wish


def _clean_title(title: Text, languages: list[str]) -> Text:
    cleaned = clean({"title": dict(title)}, {"title": line(TITLE_LENGTH)}, languages)
    words = merge_text(None, cleaned["title"])
    if languages[0] not in words:
        raise EditRefused.of(f"title.{languages[0]}", _NO_TITLE)
    return words


def _write_window(now: datetime, timezone: str) -> dict[str, str]:
    today = now.astimezone(ZoneInfo(timezone)).date()
    opens_on = next_working_day(today + timedelta(days=1))
    closes_on = opens_on + timedelta(weeks=FIELD_WEEKS)
    return {"opens_at": _local(opens_on, OPENING), "closes_at": _local(closes_on, CLOSING)}


def _date_mailings(document: dict[str, Any]) -> None:
    """Send the invitation at the opening, and let no reminder fall on a day off."""
    opens_on = date.fromisoformat(document["opens_at"][:10])
    mailings = []
    for mailing in document["mailings"]:
        if mailing["kind"] == MailingKind.INVITATION:
            mailings.append({**mailing, "at": document["opens_at"]})
        else:
            due = next_working_day(opens_on + timedelta(days=mailing["after_days"]))
            mailings.append({**mailing, "after_days": (due - opens_on).days})
    document["mailings"] = mailings


def _blank() -> dict[str, Any]:
    return {
        "purpose": {},
        "sections": [{"title": {}, "questions": []}],
        "mailings": [{"kind": "invitation", "subject": {}}],
    }


def _local(day: date, hour: time) -> str:
    return format_local(datetime.combine(day, hour))
