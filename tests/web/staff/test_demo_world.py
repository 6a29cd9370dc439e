"""Where demo data is all there is, what staff make belongs to it: a try-out that reaches people."""

import pytest
from sqlalchemy.orm import Session

from models import Survey
from tests.factories import make_alumnus
from tests.web.staff.conftest import Browser, reload


@pytest.mark.parametrize("is_demo", [True, False])
def test_new_survey_belongs_to_the_people_there_are(
    signed_in: Browser, session: Session, *, is_demo: bool
) -> None:
    make_alumnus(session, is_demo=is_demo)
    session.commit()
    signed_in.get("/surveys/new")

    signed_in.post("/surveys/new", {"title.tr": "Deneme", "languages": "tr", "template": "pulse"})

    (survey,) = reload(session, Survey)
    assert survey.is_demo is is_demo
