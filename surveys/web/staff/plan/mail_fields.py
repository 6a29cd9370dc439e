"""The form of one mailing ↔ the keys of the definition format."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from werkzeug.datastructures import MultiDict

from surveys.building.cleaning import EditRefused
from surveys.building.definition import Text
from surveys.inviting.changing import Words
from surveys.web.staff.plan.timeline import Row
from surveys.web.staff.plan.words import say_fault

AT, AFTER, WHEN = "at", "after_days", "when"


@dataclass(frozen=True)
class MailForm:
    """What the open card shows: values as typed, and what is wrong by field."""

    subject: Mapping[str, str]
    text: Mapping[str, str]
    at: str
    after_days: str
    is_after: bool
    faults: Mapping[str, str]


def write_form(row: Row) -> MailForm:
    """Return the form of a mailing as it stands."""
    return MailForm(
        subject=row.subject,
        text=row.text or {},
        at=row.at,
        after_days=str(row.after_days or ""),
        is_after=row.after_days is not None,
        faults={},
    )


def typed_form(fields: MultiDict[str, str], languages: Sequence[str]) -> MailForm:
    """Return the form as it was posted, nothing lost."""
    return MailForm(
        subject=_texts(fields, "subject", languages),
        text=_texts(fields, "text", languages),
        at=fields.get(AT, ""),
        after_days=fields.get(AFTER, ""),
        is_after=fields.get(WHEN) == AFTER,
        faults={},
    )


def with_faults(form: MailForm, refusal: EditRefused) -> MailForm:
    """Return the form with what is wrong at its fields."""
    return replace(form, faults={fault.place: say_fault(fault) for fault in refusal.faults})


def to_keys(form: MailForm) -> dict[str, object]:
    """Return what an operation on a draft takes: its one kind of time, subject and text."""
    time = {AFTER: form.after_days} if form.is_after else {AT: form.at}
    has_text = any(words.strip() for words in form.text.values())
    return {**time, "subject": form.subject, "text": form.text if has_text else None}


def to_words(form: MailForm) -> Words:
    """Return what a change of a launched survey's mailing takes."""
    text = _filled(form.text)
    return Words(subject=_filled(form.subject), text=text or None, at=form.at or None)


def _texts(fields: MultiDict[str, str], key: str, languages: Sequence[str]) -> Text:
    return {code: fields.get(f"{key}.{code}", "").replace("\r\n", "\n") for code in languages}


def _filled(texts: Mapping[str, str]) -> Text:
    return {code: words for code, words in texts.items() if words.strip()}
