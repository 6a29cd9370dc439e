"""The audit trail: every recorded action has words, and admins find what they look for."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import Role, Staff
from surveys.audit import record
from surveys.building import operations
from surveys.settings import ROOT
from surveys.web.staff.audit.details import NAMES
from surveys.web.staff.audit.page import PAGE_SIZE
from surveys.web.staff.audit.sentences import SENTENCES
from surveys.webhooks.types import EventType
from tests.conftest import NOW
from tests.web.staff.conftest import Browser

ACTION = re.compile(
    r"(api_key|webhook|staff|roster|survey|outbox|indicator|draft|mailing|alumnus|suppression)\.[a-z_]+"
)
RECORDER = re.compile(r"(^|\.)_?(record|note|decide)$")
# What an entry says beside its details.
PLUMBING = {"actor", "action", "subject", "now", "staff_id"}
# Dotted words that are something else: an event for other systems, a page's name, a revision, an
# operation, a field of a form.
OTHERS = {
    *EventType,
    "staff.login",
    "survey.baseline",
    "survey.set",
    "survey.title",
    "survey.purpose",
    "mailing.set",
    "mailing.delete",
    # What other systems are told.
    "indicator.target_met",
    "indicator.updated",
    "survey.closed",
    "survey.opened",
}


@pytest.fixture
def admin(signed_in: Browser, staff: Staff, session: Session) -> Browser:
    person = session.get_one(Staff, staff.id)
    person.role, person.name = Role.ADMIN, "Zeynep Kaya"
    session.commit()
    return signed_in


def _record(session: Session, action: str, subject: str, day: int = 0, actor: str = "cli") -> None:
    now = NOW - timedelta(days=day)
    record(session, actor=actor, action=action, subject=subject, now=now, count=7)
    session.commit()


def _actions_in_code() -> set[str]:
    found = {
        node.value
        for path in (ROOT / "surveys").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    return {text for text in found if ACTION.fullmatch(text)} - OTHERS


def _details_in_code() -> set[str]:
    """Return the names under which the edges of the service record details."""
    return {
        name
        for part in ("web", "cli", "jobs")
        for path in (ROOT / "surveys" / part).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and RECORDER.search(ast.unparse(call.func))
        for name in _names_in(call)
    }


def _names_in(call: ast.Call) -> Iterator[str]:
    for keyword in call.keywords:
        if keyword.arg:
            yield keyword.arg
        elif isinstance(keyword.value, ast.Dict):
            keys = [key for key in keyword.value.keys if isinstance(key, ast.Constant)]
            yield from (str(key.value) for key in keys)


def test_every_recorded_action_has_words() -> None:
    missing = _actions_in_code() - SENTENCES.keys()

    assert not missing, "say in surveys/web/staff/audit/sentences.py what it is in words"


def test_every_operation_on_a_draft_has_words() -> None:
    actions = {
        f"draft.{action}"
        for found in vars(operations).values()
        if isinstance(action := getattr(found, "action", None), str)
    }

    assert len(actions) > 10
    assert actions <= SENTENCES.keys()


def test_page_tells_who_did_what_when(admin: Browser, session: Session, staff: Staff) -> None:
    _record(session, "survey.launch", "survey:mezun-2026", actor=f"staff:{staff.id}")

    page = admin.get("/audit").text

    assert "<strong>Anket başlatıldı</strong>" in page
    assert 'href="/surveys/mezun-2026">mezun-2026</a>' in page
    assert '<div class="trail-who">Zeynep Kaya</div>' in page
    assert '<div class="trail-when mute">23 Kasım 2026 12:00</div>' in page
    assert "<dt>E-posta sayısı</dt><dd>7</dd>" in page


@pytest.mark.parametrize(
    ("details", "shown"),
    [
        ({"role": "viewer"}, "<dt>Rol</dt><dd>İzleyici</dd>"),
        ({"keeps_personal_data": True}, "<dt>Kişisel veriler dahil</dt><dd>Evet</dd>"),
        ({"kind": "died"}, "<dt>Türü</dt><dd>Vefat etmiş</dd>"),
        ({"rows": 3581}, "<dt>Satır</dt><dd>3.581</dd>"),
        ({"warnings": ["holiday", "night"]}, "<dt>Başlatırkenki uyarılar</dt><dd>2</dd>"),
        ({"decision": "resent"}, "<dt>Karar</dt><dd>Yeniden gönder</dd>"),
    ],
)
def test_page_says_details_in_words(
    admin: Browser, session: Session, details: dict[str, object], shown: str
) -> None:
    record(session, actor="cli", action="survey.export", subject="roster", now=NOW, **details)
    session.commit()

    assert shown in admin.get("/audit?person=cli").text


def test_every_recorded_detail_has_a_name() -> None:
    missing = _details_in_code() - NAMES.keys() - PLUMBING

    assert not missing, "say in surveys/web/staff/audit/details.py what it is called"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("person=cli", 3),
        ("person=staff:999", 0),
        ("action=survey.close", 1),
        ("subject=a", 2),
        ("subject=roster", 1),
        ("since=2026-11-23&person=cli", 1),
        ("until=2026-11-22&person=cli", 2),
        ("since=2026-11-22&until=2026-11-22", 1),
    ],
)
def test_page_shows_what_was_asked_for(
    admin: Browser, session: Session, query: str, found: int
) -> None:
    _record(session, "survey.launch", "survey:a")
    _record(session, "survey.close", "survey:a", day=1)
    _record(session, "roster.import", "roster", day=2)

    page = admin.get(f"/audit?{query}").text

    assert page.count('<li class="row">') == found


def test_page_that_finds_nothing_offers_everything(admin: Browser) -> None:
    assert 'href="/audit">Tümünü göster</a>' in admin.get("/audit?subject=nothing").text


def test_wrong_day_is_told(admin: Browser) -> None:
    answer = admin.get("/audit?since=yesterday")

    assert answer.status_code == 422
    assert 'aria-invalid="true"' in answer.text


def test_older_entries_stand_on_further_pages(admin: Browser, session: Session) -> None:
    for number in range(PAGE_SIZE + 3):
        _record(session, "survey.load", f"survey:s{number}")

    first = admin.get("/audit?person=cli").text
    older = re.search(r'href="(/audit\?[^"]+before=\d+)"', first)
    assert older
    second = admin.get(older[1].replace("&amp;", "&")).text

    assert (first.count('<li class="row">'), second.count('<li class="row">')) == (PAGE_SIZE, 3)
    assert f">s{PAGE_SIZE + 2}</a>" in first
    assert ">s0</a>" in second


def test_action_without_words_shows_its_code(admin: Browser, session: Session) -> None:
    _record(session, "future.thing", "something")

    assert "future.thing" in admin.get("/audit").text


def test_editor_sees_no_trail(signed_in: Browser) -> None:
    assert signed_in.get("/audit").status_code == 403
