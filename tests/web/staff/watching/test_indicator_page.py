"""An indicator's page: values by year, and a form that writes the next version or says why not."""

import re
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import AuditEntry, Indicator, Role, Staff
from surveys.indicators.loading import read_indicator, save_indicator
from surveys.settings import ROOT
from tests.conftest import NOW
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_survey
from tests.web.staff.conftest import Browser, reload

PATH = "/indicators/PG3.3.5"
PLAN = ROOT / "demo" / "data" / "PG3.3.5.yaml"
FORM = {
    "name.tr": "Yanıt veren mezunların oranı",
    "name.en": "Share of graduates who answered",
    "start_value": "12,5",
    "targets.2026": "30",
    "targets.2027": "%35,25",
    "denominator": "registered",
    "graduate_count": "",
    "decimals": "2",
}


def post(browser: Browser, over: dict[str, str] | None = None, *, version: int = 0) -> Any:
    browser.get(PATH)
    return browser.post(PATH, {**FORM, "version": str(version), **(over or {})})


def newest(session: Session) -> Indicator:
    rows: list[Indicator] = reload(session, Indicator)
    return max(rows, key=lambda row: row.version)


def test_form_writes_the_next_version(signed_in: Browser, session: Session, staff: Staff) -> None:
    answer = post(signed_in)

    assert (answer.status_code, answer.location) == (303, f"{PATH}?said=indicator_saved")
    row = newest(session)
    assert (row.version, f"{row.start_value:f}", row.is_demo) == (1, "12.5000", False)
    assert {t.year: f"{t.value:f}" for t in row.targets} == {2026: "30.0000", 2027: "35.2500"}
    entry = reload(session, AuditEntry)[-1]
    assert (entry.actor, entry.action) == (f"staff:{staff.id}", "indicator.load")
    assert entry.details == {"version": 1, "is_demo": False}


def test_form_shows_what_was_saved(signed_in: Browser) -> None:
    post(signed_in)

    page = signed_in.get(f"{PATH}?said=indicator_saved").get_data(as_text=True)

    assert "Tanım kaydedildi." in page
    assert 'name="targets.2027" type="text" value="35,25"' in page
    assert "1. sürüm" in page
    assert "zeynep@example.edu.tr" in page


def test_form_that_changes_nothing_makes_no_version(signed_in: Browser, session: Session) -> None:
    post(signed_in)

    post(signed_in, version=1)

    assert newest(session).version == 1


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("start_value", "yüz"),
        ("start_value", "101"),
        ("targets.2026", "12"),
        ("targets.2027", "x"),
        ("graduate_count", "900"),
        ("name.tr", ""),
    ],
)
def test_fault_stands_at_its_field_and_keeps_what_was_typed(
    signed_in: Browser, session: Session, field: str, typed: str
) -> None:
    answer = post(signed_in, {field: typed})

    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'<li><a href="#{field}">' in page
    assert f'id="{field}-fault"' in page
    assert f'name="{field}" type="text" value="{typed}"' in page
    assert 'value="%35,25"' in page or field == "targets.2027"
    assert reload(session, Indicator) == []


def test_share_of_all_graduates_takes_their_number(signed_in: Browser, session: Session) -> None:
    without = post(signed_in, {"denominator": "all_graduates"})

    saved = post(signed_in, {"denominator": "all_graduates", "graduate_count": "41.000"})

    assert without.status_code == 422
    assert "Tüm mezunlara oran için mezun sayısı gerekir" in without.get_data(as_text=True)
    assert saved.status_code == 303
    assert newest(session).graduate_count == 41_000


def test_stale_form_is_told_and_can_save_again(signed_in: Browser, session: Session) -> None:
    post(signed_in, {"start_value": "11"})

    stale = post(signed_in, version=0)

    page = stale.get_data(as_text=True)
    assert stale.status_code == 409
    assert "Bu sırada daha yeni bir sürüm kaydedildi." in page
    assert 'name="version" value="1"' in page
    assert 'value="12,5"' in page
    assert post(signed_in, version=1).status_code == 303
    assert newest(session).version == 2


def test_viewer_sees_and_changes_nothing(
    signed_in: Browser, session: Session, staff: Staff
) -> None:
    staff.role = Role.VIEWER
    session.commit()

    page = signed_in.get(PATH).get_data(as_text=True)

    assert "Yıllara göre değer" in page
    assert "Yeni sürüm olarak kaydet" not in page
    assert post(signed_in).status_code == 403
    assert reload(session, Indicator) == []


def test_page_shows_the_value_of_each_year(signed_in: Browser, session: Session) -> None:
    definition = read_indicator(PLAN.read_text(encoding="utf-8"), filename=PLAN.name)
    save_indicator(session, definition=definition, is_demo=False, now=NOW)
    survey = make_survey(session, indicator_code="PG3.3.5")
    people = add_people(session, 40)
    invite_all(session, survey, people)
    answer_all(session, survey, people[:10])
    session.commit()

    page = signed_in.get(PATH).get_data(as_text=True)

    years = re.findall(r'<a href="/(?:\?year=\d+)?">(\d{4})</a>', page)
    assert years == ["2026", "2025", "2024"]
    assert '<td class="number">10 / 40</td>' in page
    assert '<td class="number">%25,00</td>' in page


def test_unknown_indicator_is_not_found(signed_in: Browser) -> None:
    assert signed_in.get("/indicators/PG9").status_code == 404


def test_page_needs_a_sign_in(browser: Browser) -> None:
    assert browser.get(PATH).status_code == 302
    assert browser.client.post(PATH).status_code == 401
