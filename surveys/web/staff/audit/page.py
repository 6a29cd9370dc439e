"""`/audit`: the trail, the newest first, by person, action, subject and days."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from urllib.parse import urlencode

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import AuditEntry, Role
from surveys.accounts.people import list_staff
from surveys.api_keys.keeping import list_keys
from surveys.audit import Wanted, list_entries
from surveys.errors import N_
from surveys.extensions import reader, toolbox
from surveys.i18n import tr_key
from surveys.web.access import staff_only
from surveys.web.staff.audit.details import say_details
from surveys.web.staff.audit.sentences import SENTENCES
from surveys.web.words import gettext

PAGE = "/audit"
PAGE_SIZE = 50
FIELDS = ("person", "action", "subject", "since", "until")
OTHERS = {
    "cli": N_("Command line"),
    "scheduler": N_("Scheduler"),
    "nobody": N_("Somebody who is not signed in"),
}
KINDS = {
    "staff": N_("Account"),
    "survey": N_("Survey"),
    "roster": N_("Graduates"),
    "outbox": N_("E-mails"),
    "indicator": N_("Indicator"),
    "alumnus": N_("Graduate"),
    "webhook": N_("Receiver"),
}


@dataclass(frozen=True)
class Line:
    """One entry as it is shown; `href` leads to what was acted on, where it has a page."""

    at: datetime
    who: str
    what: str
    subject: str
    href: str | None
    details: list[tuple[str, str]]


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_audit, methods=["GET"])


@staff_only(Role.ADMIN)
def show_audit() -> ResponseReturnValue:
    """Show one page of what was asked for."""
    session, asked = reader(), {name: request.args.get(name, "").strip() for name in FIELDS}
    faults = _find_faults(asked)
    before_id = request.args.get("before", type=int)
    entries = list_entries(
        session, wanted=_read_wanted(asked), limit=PAGE_SIZE + 1, before_id=before_id
    )
    names = _name_actors(session)
    page = render_template(
        "staff/audit/audit.html",
        asked=asked,
        faults=faults,
        lines=[_make_line(entry, names) for entry in entries[:PAGE_SIZE]],
        people=[*names.items(), *_translate(OTHERS)],
        actions=sorted(_translate(SENTENCES), key=lambda pair: tr_key(pair[1])),
        next_page=_next_page(asked, entries),
        is_later=before_id is not None,
    )
    return page, 422 if faults else 200


def _read_wanted(asked: dict[str, str]) -> Wanted:
    until = _read_day(asked["until"])
    return Wanted(
        actor=asked["person"] or None,
        action=asked["action"] or None,
        subjects=_list_subjects(asked["subject"]),
        since=_begin(_read_day(asked["since"])),
        until=_begin(until + timedelta(days=1)) if until else None,
    )


def _list_subjects(code: str) -> tuple[str, ...]:
    """Return what the code of a survey or indicator, or the id of a key, may stand for."""
    return (code, f"survey:{code}", f"indicator:{code}", f"api_key:{code}") if code else ()


def _find_faults(asked: dict[str, str]) -> list[tuple[str, str]]:
    words = gettext("Write the day like 2026-11-23.")
    return [
        (name, words) for name in ("since", "until") if asked[name] and not _read_day(asked[name])
    ]


def _read_day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if date.min < day < date.max else None


def _begin(day: date | None) -> datetime | None:
    return datetime.combine(day, time(), toolbox().settings.zone) if day else None


def _next_page(asked: dict[str, str], entries: Sequence[AuditEntry]) -> str | None:
    if len(entries) <= PAGE_SIZE:
        return None
    kept = {name: value for name, value in asked.items() if value}
    return f"{PAGE}?{urlencode({**kept, 'before': entries[PAGE_SIZE - 1].id})}"


def _name_actors(session: Session) -> dict[str, str]:
    """Return people and keys as the trail names them → what they are called.

    A key and its successor have one name, so the id stands beside it.
    """
    people = {f"staff:{row.id}": row.name or row.email for row in list_staff(session)}
    keys = list_keys(session, now=toolbox().clock.now())
    return people | {f"apk_{key.public_id}": f"{key.name} ({key.public_id})" for key in keys}


def _translate(words: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(key, gettext(sentence)) for key, sentence in words.items()]


def _make_line(entry: AuditEntry, names: dict[str, str]) -> Line:
    words = SENTENCES.get(entry.action)
    subject, href = _name_subject(entry.subject, names)
    return Line(
        at=entry.at,
        who=_name_actor(entry.actor, names),
        what=gettext(words) if words else entry.action,
        subject=subject,
        href=href,
        details=say_details(entry.details),
    )


def _name_actor(actor: str, names: dict[str, str]) -> str:
    if actor in OTHERS:
        return gettext(OTHERS[actor])
    if actor in names:
        return names[actor]
    return _name_subject(actor, names)[0]


def _name_subject(subject: str, names: dict[str, str]) -> tuple[str, str | None]:
    """Return what was acted on in words, and its page."""
    kind, _, rest = subject.partition(":")
    if kind == "staff" and subject in names:
        return names[subject], f"/staff/{rest}"
    if kind == "api_key":
        return names.get(f"apk_{rest}", rest), f"/api-keys/{rest}"
    if kind in {"survey", "indicator", "webhook"}:
        return rest, f"/{kind}s/{rest}"
    word = gettext(KINDS[kind]) if kind in KINDS else kind
    return f"{word} {rest}".strip(), None
