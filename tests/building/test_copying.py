from typing import Any

import pytest
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.cleaning import EditRefused
from surveys.building.copying import copy_draft
from surveys.building.definition import from_document
from surveys.building.drafts import save_draft
from surveys.building.places import list_codes
from tests.building.documents import make_full_document
from tests.building.drafts import AYSE
from tests.conftest import NOW


def make_copy(session: Session, **over: Any) -> Survey:
    document = {**make_full_document(), "title": {"tr": "İzleme 2026", "en": "Tracking 2026"}}
    document["mailings"][0]["subject"] = {"tr": "2026 anketi, kod 12026", "en": "2026"}
    survey = save_draft(session, definition=from_document(document), is_demo=False, now=NOW)
    values = {"code": None, "year": None, **over}
    return copy_draft(session, survey=survey, actor=AYSE, now=NOW, **values)


def test_copy_asks_the_same_questions_in_the_next_year(session: Session) -> None:
    copy = make_copy(session)

    assert (copy.code, copy.year, copy.revision) == ("izleme-2027", 2027, 1)
    assert list_codes(copy.definition) == list_codes(make_full_document())
    assert copy.definition["title"] == {"tr": "İzleme 2027", "en": "Tracking 2027"}


def test_dates_keep_their_weekday(session: Session) -> None:
    definition = make_copy(session).definition

    assert definition["opens_at"] == "2027-11-22T10:00"
    assert definition["closes_at"] == "2027-12-30T23:59"
    assert [m.get("at") for m in definition["mailings"]] == [
        "2027-11-22T10:00",
        None,
        "2027-12-19T10:00",
    ]


def test_year_is_replaced_only_where_it_stands_alone(session: Session) -> None:
    mailing = make_copy(session).definition["mailings"][0]

    assert mailing["subject"] == {"tr": "2027 anketi, kod 12026", "en": "2027"}


def test_copy_several_years_on_stays_at_the_same_time_of_year(session: Session) -> None:
    assert make_copy(session, year=2031).definition["opens_at"] == "2031-11-24T10:00"


def test_copy_of_a_copy_gets_a_free_code(session: Session) -> None:
    copy = make_copy(session)

    again = copy_draft(session, survey=copy, code=None, year=2027, actor=AYSE, now=NOW)

    assert again.code == "izleme-2027-2"


def test_code_that_is_taken_is_refused(session: Session) -> None:
    with pytest.raises(EditRefused):
        make_copy(session, code="izleme-2026")
