"""The overview: its numbers are the commands', its words say what to do, its data are one kind."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from models import Beat, Invitation, Role, Staff, Survey
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

    assert "İlk adımlar" in page
    for path in ("/roster/import", "/indicators/PG3.3.5", "/surveys/new"):
        assert f'href="{path}"' in page
    assert '<p class="figure">–</p>' in page
    assert '<svg class="chart' not in page
    assert "flask " not in page


def test_overview_gives_a_viewer_no_steps_to_press(
    signed_in: Browser, session: Session, staff: Staff
) -> None:
    staff.role = Role.VIEWER
    session.commit()

    page = show(signed_in)

    assert "İlk adımlar" in page
    assert 'href="/roster/import"' not in page


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
    mailing = make_mailing(session, survey=survey, kind="reminder", due_at=due_at)
    without_address = make_alumnus(session, email=None, email_fault="missing")
    make_invitation(session, survey=survey, alumnus=without_address)
    session.commit()

    page = show(signed_in)

    assert "<strong>Hatırlatma</strong> · 30 Kasım 2026 12:00" in page
    assert "Şu anki duruma göre gideceği kişi sayısı: 2.550" in page
    assert f'action="/surveys/anket-2026/mailings/{mailing.id}/stop"' in page


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
    assert "Teslim edilemeyen e-posta sayısı: 1." in page
    assert "“Anket &lt;2026&gt;” anketinin bazı e-postalarının" in page
    assert page.count('href="/outbox"') >= 4


def test_overview_warns_when_the_scheduler_is_silent(
    signed_in: Browser, session: Session, clock: SettableClock
) -> None:
    run_survey(session)
    calm = show(signed_in)
    clock.advance(timedelta(minutes=6))

    alarmed = show(signed_in)

    assert "Sizi bekleyen bir iş yok." in calm
    assert "Zamanlayıcı çalışmıyor, bu yüzden e-posta gönderilmiyor." in alarmed
    assert "Zamanlayıcının son çalışması: 23 Kasım 2026 12:00" in alarmed


def test_overview_shows_a_held_mailing(signed_in: Browser, session: Session) -> None:
    survey = run_survey(session)
    make_mailing(session, survey=survey, state="held", held_at=NOW)
    session.commit()

    assert "Anket &lt;2026&gt;" in re.findall(r"acil.*?</li>", show(signed_in), re.DOTALL)[0]


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


def test_overview_waits_with_its_forecast_for_three_days(
    signed_in: Browser, session: Session, clock: SettableClock
) -> None:
    survey = run_survey(session)
    make_mailing(session, survey=survey, state="enqueued")
    session.commit()
    clock.advance(timedelta(hours=5))
    early = show(signed_in)
    clock.advance(timedelta(days=6))
    signed_in.sign_in()

    later = show(signed_in)

    assert "Şu ana kadar 5 saat geçti, 450 yanıt geldi." in early
    assert 'class="ahead"' not in early
    assert re.search(r"Bu gidişle kapanışta \(23 Aralık 2026\) oran %12,\d ile %1\d,\d", later)
    assert "%30 hedefine ulaşılamayacak." in later
    assert later.count('class="ahead"') == 2


def test_overview_shows_a_past_year_at_its_cut_off(
    signed_in: Browser, session: Session, clock: SettableClock
) -> None:
    run_survey(session)
    clock.advance(timedelta(days=400))
    signed_in.sign_in()

    page = signed_in.get("/?year=2026").get_data(as_text=True)

    assert '<p class="figure">%12,57</p>' in page
    assert "Yıl bitti: değer kesim anındaki hâliyle duruyor (31 Aralık 2026 23:59)." in page
    assert "Yapılacaklar" not in page
    assert '<a href="/?year=2026" aria-current="page">2026</a>' in page


@pytest.mark.parametrize("year", [-5, 0, 1, 9999, 10**30])
def test_overview_of_a_year_that_cannot_be_is_of_this_year(signed_in: Browser, year: int) -> None:
    page = signed_in.get(f"/?year={year}")

    assert page.status_code == 200
    assert "2026" in page.get_data(as_text=True)


def test_overview_hides_small_groups_of_the_table(signed_in: Browser, session: Session) -> None:
    survey = run_survey(session, answers=0)
    sizes = {("Hukuk", 2024): 40, ("Hukuk", 2025): 3, ("Tıp", 2024): 20, ("Tıp", 2025): 30}
    for (unit, year), size in sizes.items():
        invite_all(session, survey, add_people(session, size), unit=unit, graduation_year=year)
    session.commit()

    page = show(signed_in)

    table = page.split('<table class="heat">')[1].split("</table>")[0]
    assert "0/3<" not in table
    assert table.count("gizli") >= 4


def test_overview_calls_no_unit_weak_while_answers_are_few(
    signed_in: Browser, session: Session
) -> None:
    survey = run_survey(session, answers=0)
    weak, strong = add_people(session, 30), add_people(session, 30)
    invite_all(session, survey, weak, unit="Hukuk")
    invite_all(session, survey, strong, unit="Tıp")
    answer_all(session, survey, strong[:19])
    session.commit()

    assert "az yanıt veren birim" not in show(signed_in)


def test_overview_names_weak_units_and_unfinished_people(
    signed_in: Browser, session: Session
) -> None:
    survey = run_survey(session, answers=1500)
    weak, strong = add_people(session, 30), add_people(session, 30)
    invite_all(session, survey, weak, unit="<Hukuk>")
    invite_all(session, survey, strong, unit="Tıp")
    answer_all(session, survey, [*strong[:20], *weak[:2]])
    session.execute(
        update(Invitation)
        .where(Invitation.alumnus_id == weak[9])
        .values(started_at=NOW, answered_count=1, applicable_count=9)
    )
    session.commit()

    page = show(signed_in)

    assert "az yanıt veren birim sayısı: 1 (&lt;Hukuk&gt;)." in page
    assert "Başlayıp bitirmeyen kişi sayısı: 1. Planlanmış bir hatırlatma yok." in page
