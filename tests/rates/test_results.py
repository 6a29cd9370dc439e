"""Results by question: who was asked, who answered, what they said, over all versions."""

from random import Random
from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Response, Survey, SurveyVersion
from surveys.rates.free_text import Written
from surveys.rates.results import QuestionResult, Results, read_results
from surveys.rates.summaries import Days, Nps, Numbers, Points, sum_days, sum_nps, sum_numbers
from surveys.rates.tallies import Choices, Items
from tests.conftest import NOW
from tests.factories import make_document, make_invitation, make_survey

SCALE = {"min": 1, "max": 5, "low": {"tr": "Az"}, "high": {"tr": "Çok"}}
WORK = {
    "code": "work",
    "type": "single_choice",
    "text": {"tr": "İş?"},
    "other": True,
    "options": [{"code": "a", "text": {"tr": "A"}}, {"code": "b", "text": {"tr": "B"}}],
}
CITY = {
    "code": "city",
    "type": "short_text",
    "text": {"tr": "İl?"},
    "max_length": 80,
    "show_if": {"question": "work", "in": ["a"]},
}
SKILLS = {
    "code": "skills",
    "type": "scale_group",
    "text": {"tr": "Beceri?"},
    "scale": SCALE,
    "items": [{"code": "x", "text": {"tr": "X"}}, {"code": "y", "text": {"tr": "Y"}}],
}


def ask(session: Session, *questions: dict[str, Any]) -> Survey:
    sections = [{"title": {"tr": "Bölüm"}, "questions": list(questions)}]
    return make_survey(session, document=make_document(sections=sections))


def answer(session: Session, survey: Survey, number: int, **answers: Any) -> None:
    version = survey.versions[-1].id
    for _ in range(number):
        invitation = make_invitation(session, survey=survey)
        session.add(
            Response(
                invitation_id=invitation.id,
                survey_version_id=version,
                answers=answers,
                language="tr",
                notice_version="1",
                submitted_at=NOW,
                updated_at=NOW,
            )
        )
    session.flush()


def read(session: Session, survey: Survey) -> Results:
    return read_results(session, survey_id=survey.id, generator=Random(1))


def results_of(session: Session, survey: Survey) -> dict[str, QuestionResult]:
    sections = read(session, survey).sections
    return {result.question.code: result for part in sections for result in part.questions}


def test_choices_count_every_option_and_the_free_answer(session: Session) -> None:
    survey = ask(session, WORK)
    answer(session, survey, 4, work="a")
    answer(session, survey, 2, work="other", **{"work.other": "Serbest"})

    result = results_of(session, survey)["work"]

    assert (result.asked, result.answered) == (6, 6)
    assert isinstance(result.summary, Choices)
    assert result.summary.counts == [("a", 4), ("b", 0), ("other", 2)]
    assert result.summary.others == Written((), (), 0)


def test_question_counts_only_those_who_were_asked(session: Session) -> None:
    survey = ask(session, WORK, CITY)
    answer(session, survey, 5, work="a", city="İzmir")
    answer(session, survey, 2, work="a")
    answer(session, survey, 3, work="b")

    result = results_of(session, survey)["city"]

    assert (result.asked, result.answered) == (7, 5)


def test_question_with_four_answers_is_hidden(session: Session) -> None:
    survey = ask(session, WORK)
    answer(session, survey, 4, work="a")
    answer(session, survey, 9)

    result = results_of(session, survey)["work"]

    assert (result.asked, result.answered, result.summary) == (13, None, None)


def test_items_are_hidden_one_by_one(session: Session) -> None:
    survey = ask(session, SKILLS)
    answer(session, survey, 5, skills={"x": 4})
    answer(session, survey, 4, skills={"y": 1})

    summary = results_of(session, survey)["skills"].summary

    assert isinstance(summary, Items)
    assert summary.points == [
        ("x", Points([(1, 0), (2, 0), (3, 0), (4, 5), (5, 0)])),
        ("y", None),
    ]


def test_addresses_are_counted_and_never_shown(session: Session) -> None:
    mail = {"code": "mail", "type": "short_text", "text": {"tr": "E-posta?"}, "format": "email"}
    survey = ask(session, mail)
    answer(session, survey, 6, mail="ayse@example.com")

    result = results_of(session, survey)["mail"]

    assert (result.answered, result.summary) == (6, None)


def test_versions_count_together_by_code(session: Session) -> None:
    survey = ask(session, WORK, SKILLS)
    answer(session, survey, 5, work="b", skills={"x": 5})
    kept = {**WORK, "text": {"tr": "İşiniz?"}, "options": WORK["options"][:1]}  # type: ignore[index] # a list
    document = make_document(sections=[{"title": {"tr": "Yeni"}, "questions": [kept]}])
    version = SurveyVersion(number=2, definition=document, notice_version="1", created_at=NOW)
    survey.versions.append(version)
    session.flush()
    answer(session, survey, 3, work="a")

    sections = read(session, survey).sections

    work, skills = sections[0].questions[0], sections[1].questions[0]
    assert work.question.text == {"tr": "İşiniz?"}
    assert isinstance(work.summary, Choices)
    assert work.summary.counts == [("a", 3), ("b", 5), ("other", 0)]
    assert (sections[1].title, skills.question.code, skills.answered) == ({}, "skills", 5)


def test_nothing_is_there_before_anybody_answered(session: Session) -> None:
    survey = ask(session, WORK)

    results = read(session, survey)

    assert results.number == 0
    assert results.sections[0].questions[0].summary is None


def test_points_tell_mean_and_top_two() -> None:
    points = Points([(1, 1), (2, 0), (3, 2), (4, 3), (5, 4)])

    assert (points.number, points.top.numerator) == (10, 7)
    assert points.mean == pytest.approx(3.9)


@pytest.mark.parametrize(
    ("counts", "score"), [({10: 3, 8: 4, 0: 3}, 0), ({9: 5}, 100), ({6: 2, 7: 1}, -67)]
)
def test_nps_is_promoters_less_detractors(counts: dict[int, int], score: int) -> None:
    nps: Nps = sum_nps(counts, population=None)

    assert nps.score == score
    assert nps.interval.low <= score + 0.5


def test_numbers_tell_quartiles_and_whole_bars() -> None:
    numbers: Numbers = sum_numbers({0: 2, 1: 1, 2: 1, 4: 1})

    assert (numbers.lower_quartile, numbers.median, numbers.upper_quartile) == (0, 1, 2)
    assert [(bar.low, bar.count) for bar in numbers.bars] == [
        (0, 2),
        (1, 1),
        (2, 1),
        (3, 0),
        (4, 1),
    ]


@pytest.mark.parametrize(
    "values", [{3: 5, 180: 1}, {0.5: 4, 0.75: 3}, {-40: 1, 900_000: 5}, {7: 9}]
)
def test_bars_hold_everybody_once(values: dict[float, int]) -> None:
    bars = sum_numbers(values).bars

    assert sum(bar.count for bar in bars) == sum(values.values())
    assert len(bars) <= 14
    assert bars[0].low <= min(values)


def test_days_stand_by_month_and_by_year_when_far_apart() -> None:
    near: Days = sum_days({"2025-11-30": 2, "2026-01-02": 1})
    far: Days = sum_days({"2019-05-01": 2, "2026-01-02": 1})

    assert [(day.isoformat(), n) for day, n in near.counts] == [
        ("2025-11-01", 2),
        ("2025-12-01", 0),
        ("2026-01-01", 1),
    ]
    assert (len(far.counts), far.by_year) == (8, True)
