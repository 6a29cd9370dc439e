"""Rows that stood in the database before a migration keep their meaning after it, and back."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import select, text

from models import Alumnus, Invitation
from surveys.extensions import db
from surveys.i18n import fold, sort_key
from tests.factories import make_alumnus, make_invitation, make_survey


def test_people_of_the_first_schema_are_found_and_sorted_afterwards(app: Flask) -> None:
    with app.app_context():
        person = make_alumnus(db.session(), given_name="Işıl", family_name="Çağrı")
        make_invitation(db.session(), survey=make_survey(db.session()), alumnus=person)
        db.session.commit()
        external_id = person.external_id
        db.session.remove()
        downgrade(revision="0001")
        columns = db.session.execute(text("SELECT * FROM alumnus")).keys()
        db.session.remove()
        upgrade()

        found = db.session.scalars(select(Alumnus)).one()
        invited = db.session.scalars(select(Invitation)).one()

    assert "search_text" not in columns
    assert found.search_text == fold(f"Işıl Çağrı {external_id}")
    assert found.sort_key == sort_key("Çağrı Işıl")
    assert invited.alumnus_id == found.id
