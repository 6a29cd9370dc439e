"""Results per question: pictures with a table behind each, nothing of fewer than five people."""

import re
from typing import Any

from sqlalchemy.orm import Session

from models import Response, Survey
from surveys.rates.summaries import Nps, sum_nps
from tests.conftest import NOW
from tests.factories import make_document, make_invitation, make_survey
from tests.people import read_reference_survey
from tests.web.staff.conftest import Browser

CODE = "mezun-izleme-2026"
PATH = f"/surveys/{CODE}/results"
ANSWERS: dict[str, Any] = {
    "nps": 9,
    "satisfaction": 4,
    "emp_status": "full_time",
    "sector": "other",
    "sector.other": "Aile işletmesi",
    "job_city": "İzmir",
    "skills": {"field": 5, "language": 2},
    "missing_skills": ["internship", "language"],
    "events_attended": 2,
    "event_date": "2026-05-19",
    "alumni_system": "yes",
    "comment": "<b>Staj</b> çok az. ali@example.com",
}


def answered(session: Session, number: int, document: dict[str, Any] | None = None) -> Survey:
    survey = make_survey(session, document=document or read_reference_survey())
    version = survey.versions[-1].id
    for _ in range(number):
        invitation = make_invitation(session, survey=survey)
        session.add(
            Response(
                invitation_id=invitation.id,
                survey_version_id=version,
                answers=ANSWERS,
                language="tr",
                notice_version="1",
                submitted_at=NOW,
                updated_at=NOW,
            )
        )
    session.commit()
    return survey


def show(browser: Browser, path: str = PATH) -> str:
    answer = browser.get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True)


def card(page: str, code: str) -> str:
    """Return the part of the page about one question."""
    return page.split(f'id="q-{code}"')[1].split("</section>", maxsplit=1)[0]


def test_every_picture_comes_twice_with_a_table(signed_in: Browser, session: Session) -> None:
    answered(session, 6)

    page = show(signed_in)

    for code in ("nps", "satisfaction", "emp_status", "sector", "skills", "missing_skills"):
        part = card(page, code)
        assert part.count("<svg") == 2
        assert part.count("<title") == part.count("<desc") == 2
        assert "Tablo olarak göster" in part
    assert not re.search(r"\sstyle=|\son[a-z]+=|<script>|<script [^>]*>[^<]", page)


def test_nps_tells_score_and_interval(signed_in: Browser, session: Session) -> None:
    answered(session, 6)

    part = card(show(signed_in), "nps")

    expected: Nps = sum_nps({9: 6}, population=6)
    assert expected.score == 100
    assert ">+100</p>" in part
    assert "n = 6" in part
    assert "9–10 öneren · 6" in part


def test_numbers_tell_median_and_spread(signed_in: Browser, session: Session) -> None:
    answered(session, 6)

    part = card(show(signed_in), "events_attended")

    assert "ortalama 2, standart sapma 0" in part


def test_texts_are_blanked_and_escaped(signed_in: Browser, session: Session) -> None:
    answered(session, 5)

    part = card(show(signed_in), "comment")

    assert "ali@example.com" not in part
    assert "&lt;b&gt;Staj&lt;/b&gt; çok az. […]" in part
    assert "Staj <strong>5</strong>" in part


def test_four_answers_are_hidden_with_their_texts(signed_in: Browser, session: Session) -> None:
    answered(session, 4)

    page = show(signed_in)

    assert "Aile işletmesi" not in page
    assert "<svg" not in page.split("<main")[1]
    assert page.count("Beş kişiden az yanıt var; yanıtlar gizlendi.") == 14


def test_survey_without_answers_says_what_will_appear(signed_in: Browser, session: Session) -> None:
    make_survey(session, document=make_document(code=CODE))
    session.commit()

    assert "Bu anketi henüz tamamlayan olmadı." in show(signed_in)


def test_results_speak_english(signed_in: Browser, session: Session) -> None:
    answered(session, 5)
    signed_in.get("/")
    signed_in.post("/staff/language", {"language": "en"})

    page = show(signed_in)

    assert "How likely are you to recommend our university" in page
    assert "Promoters less detractors, from −100 to +100." in page
