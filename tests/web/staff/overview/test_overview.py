"""The overview: its numbers are the commands', its words say what to do, its data are one kind."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from models import Beat, Invitation, Survey
from surveys.extensions import db
from surveys.indicators.loading import read_indicator, save_indicator
from surveys.settings import ROOT
from tests.conftest import NOW, SettableClock
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import (
    make_alumnus,
    make_document,
    make_invitation,
    make_mailing,
    make_message,
    make_survey,
)
from tests.web.staff.conftest import Browser

PLAN = ROOT / "demo" / "data" / "PG3.3.5.yaml"
EMPTY_STATE = "İlk adımlar ve her birinin komutu"


def load_plan(session: Session, *, is_demo: bool = False) -> None:
    definition = read_indicator(PLAN.read_text(encoding="utf-8"), filename=PLAN.name)
    save_indicator(session, definition=definition, is_demo=is_demo, now=NOW)


def run_survey(session: Session, *, answers: int = 450, is_demo: bool = False) -> Survey:
    """3,581 people, 3,000 of them invited, `answers` of them done; the scheduler runs."""
    load_plan(session, is_demo=is_demo)
    document = make_document(code="anket-2026", title={"tr": "Anket <2026>", "en": "Survey"})
    survey = make_survey(session, document=document, indicator_code="PG3.3.5", is_demo=is_demo)
    people = add_people(session, 3581, is_demo=is_demo)
    invite_all(session, survey, people[:3000])
    answer_all(session, survey, people[:answers])
    session.add(Beat(name="send", at=NOW, by="here", result={}))
    session.commit()
    return survey


def show(browser: Browser) -> str:
    return browser.get("/").get_data(as_text=True)


def facts(page: str) -> dict[str, str]:
    """The labels and values of all definition lists."""
    return dict(re.findall(r"<dt>(.+?)</dt><dd>(.+?)</dd>", page))


def ask(app: Flask, *args: str) -> dict[str, Any]:
    with app.app_context():
        result = app.test_cli_runner().invoke(args=[*args, "--json"])
    loaded: dict[str, Any] = json.loads(result.output)
    return loaded


def test_overview_shows_the_numbers_of_the_commands(
    app: Flask, signed_in: Browser, session: Session
) -> None:
    run_survey(session)

    page = show(signed_in)

    value = ask(app, "indicator", "show", "PG3.3.5")
    rate = ask(app, "rates", "anket-2026")["rates"]["RR1"]
    assert (value["numerator"], value["denominator"], value["missing"]) == (450, 3581, 625)
    assert '<p class="figure">%12,57</p>' in page
    assert facts(page)["Yanıtlayan (pay)"] == "450"
    assert facts(page)["Toplam (payda)"] == "3.581"
    assert facts(page)["Hedefe kalan yanıt"] == "625"
    assert value["formula"] in page
    assert (rate["numerator"], rate["denominator"]) == (450, 3000)
    assert "RR1 · 450 / 3.000" in page


def test_overview_prints_the_definition_and_the_verdict(
    signed_in: Browser, session: Session
) -> None:
    run_survey(session)

    page = show(signed_in)

    assert "Hedefin 17,43 puan gerisinde: %30 için 625 kişinin daha yanıtlaması gerekiyor." in page
    assert facts(page)["Payda"] == "kesim anında kayıtlı mezunlar: 3.581"
    assert facts(page)["Tanım"] == "1. sürüm"
    assert facts(page)["Performans"] == "%0,40"
    assert facts(page)["Kapanışa kalan gün"] == "30"
    assert facts(page)["Günde gereken yanıt"] == "21"


def test_overview_draws_the_curve_twice_with_its_table(
    signed_in: Browser, session: Session
) -> None:
    survey = run_survey(session)
    make_mailing(session, survey=survey, state="enqueued")
    session.commit()

    page = show(signed_in)

    assert page.count('<svg class="chart') == 2
    assert page.count(">Hedef %30</text>") == 2
    assert page.count(">Davet</text>") == 2
    assert page.count(">Bugün %12,57</text>") == 2
    assert '<th scope="row">23 Kasım 2026</th><td class="number">450</td>' in page


def test_overview_counts_the_funnel_without_opened_links(
    signed_in: Browser, session: Session
) -> None:
    run_survey(session)

    page = show(signed_in)

    cells = re.findall(r'<td class="number">(.*?)</td>', page.split('class="funnel"')[1])
    assert cells[:8] == ["3.000", "", "3.000", "%100,0", "450", "%15,0", "450", "%100,0"]


def test_overview_escapes_what_staff_wrote(signed_in: Browser, session: Session) -> None:
    run_survey(session)

    page = show(signed_in)

    assert "Anket &lt;2026&gt;" in page
    assert "Anket <2026>" not in page


def test_overview_holds_no_inline_style_or_script(signed_in: Browser, session: Session) -> None:
    run_survey(session)

    page = show(signed_in)

    assert not re.search(r"\sstyle=|\son[a-z]+=|<script>|<script [^>]*>[^<]|javascript:", page)


def test_overview_says_the_first_steps_when_nothing_is_there(signed_in: Browser) -> None:
    page = show(signed_in)

    assert EMPTY_STATE in page
    for command in ("roster import", "indicator load PG3.3.5.yaml", "survey load"):
        assert f"<code>flask {command}" in page
    assert '<p class="figure">–</p>' in page
    assert '<svg class="chart' not in page


def test_overview_marks_demo_data(signed_in: Browser, session: Session) -> None:
    run_survey(session, is_demo=True)
    demo = show(signed_in)
    add_people(session, 5)
    session.commit()

    real = show(signed_in)

    assert "Örnek veri." in demo
    assert '<p class="figure">%12,57</p>' in demo
    assert "Örnek veri." not in real
    assert facts(real)["Toplam (payda)"] == "5"
    assert "anket-2026" not in real


def test_overview_names_the_next_mailing_and_its_recipients(
    signed_in: Browser, session: Session
) -> None:
    survey = run_survey(session)
    due_at = NOW + timedelta(days=7)
    make_mailing(session, survey=survey, kind="reminder", due_at=due_at)
    without_address = make_alumnus(session, email=None, email_fault="missing")
    make_invitation(session, survey=survey, alumnus=without_address)
    session.commit()

    page = show(signed_in)

    assert facts(page)["Sonraki gönderim"] == "Hatırlatma · 30 Kasım 2026 12:00 · 2.550 kişi"


def test_overview_tells_the_outbox_in_words(signed_in: Browser, session: Session) -> None:
    survey = run_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    people = session.scalars(select(Invitation).limit(4)).all()
    states: list[dict[str, Any]] = [
        {"state": "sent", "sent_at": NOW},
        {"state": "failed", "reason": "refused"},
        {"state": "unknown", "reason": "lost"},
        {"state": "queued"},
    ]
    for person, columns in zip(people, states, strict=True):
        make_message(session, mailing=mailing, invitation=person, **columns)
    session.commit()

    page = show(signed_in)

    words = ("bekliyor", "gönderildi", "teslim edilemedi", "sonucu bilinmiyor")
    assert [facts(page)[word] for word in words] == ["1", "1", "1", "1"]
    assert "<code>flask outbox resolve anket-2026</code>" in page
    assert "<code>flask outbox status</code>" in page


def test_overview_warns_when_the_scheduler_is_silent(
    signed_in: Browser, session: Session, clock: SettableClock
) -> None:
    run_survey(session)
    calm = show(signed_in)
    clock.advance(timedelta(minutes=6))

    alarmed = show(signed_in)

    assert "Sizi bekleyen bir iş yok." in calm
    assert "<code>flask scheduler</code>" in alarmed
    assert "Zamanlayıcının son çalışması: 23 Kasım 2026 12:00" in alarmed


def test_overview_shows_a_held_mailing(signed_in: Browser, session: Session) -> None:
    survey = run_survey(session)
    make_mailing(session, survey=survey, state="held", held_at=NOW)
    session.commit()

    assert "<code>flask survey send-held anket-2026</code>" in show(signed_in)


def test_overview_speaks_english(signed_in: Browser, session: Session) -> None:
    run_survey(session)
    signed_in.get("/")
    signed_in.post("/staff/language", {"language": "en"})

    page = show(signed_in)

    assert '<p class="figure">12.57%</p>' in page
    assert "17.43 points below the target of 30%; answers still needed: 625." in page
    assert "Where do we lose people?" in page


@pytest.mark.parametrize("survey_count", [1, 4])
def test_overview_needs_as_many_queries_for_many_surveys(
    app: Flask, signed_in: Browser, session: Session, survey_count: int
) -> None:
    for _ in range(survey_count):
        make_survey(session, indicator_code="PG3.3.5")
    session.commit()
    statements: list[str] = []
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *args: statements.append(args[2]))

    show(signed_in)

    assert len(statements) <= 28
