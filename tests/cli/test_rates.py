"""`flask rates`: cases, rates and groups, in words and as JSON."""

import json
from typing import Any

from flask import Flask
from sqlalchemy.orm import Session

from tests.conftest import NOW
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_document, make_invitation, make_survey


def run(app: Flask, *args: str) -> tuple[int, str]:
    # A context of its own, as the command has in a process of its own: its read ends with it.
    with app.app_context():
        result = app.test_cli_runner().invoke(args=["rates", *args])
    return result.exit_code, result.output


def run_json(app: Flask, *args: str) -> dict[str, Any]:
    code, output = run(app, *args, "--json")
    assert code == 0, output
    loaded: dict[str, Any] = json.loads(output)
    return loaded


def add_survey(session: Session) -> None:
    survey = make_survey(session, document=make_document(code="anket-2026"))
    people = add_people(session, 20)
    invite_all(session, survey, people[:17], unit="Hukuk Fakültesi")
    invite_all(session, survey, people[17:], unit="Tıp Fakültesi")
    answer_all(session, survey, people[:4])
    session.commit()


def test_rates_as_json_have_every_pair_and_share(app: Flask, session: Session) -> None:
    add_survey(session)

    result = run_json(app, "anket-2026")

    assert list(result) == ["survey", "as_of", "dispositions", "rates"]
    assert (result["survey"], result["as_of"]) == ("anket-2026", "2026-11-23T09:00:00Z")
    assert result["dispositions"]["1.1"] == 4
    assert sum(result["dispositions"].values()) == 20
    assert result["rates"]["RR1"] == {"numerator": 4, "denominator": 20, "value": 0.2}


def test_rates_of_nobody_are_null(app: Flask, session: Session) -> None:
    make_survey(session, document=make_document(code="bos"))
    session.commit()

    result = run_json(app, "bos")

    assert {rate["value"] for rate in result["rates"].values()} == {None}


def test_rates_by_unit_hide_the_small_one(app: Flask, session: Session) -> None:
    add_survey(session)
    extra = make_survey(session, document=make_document(code="üç-birim"))
    for unit, number in (("A", 9), ("B", 6), ("C", 2)):
        invite_all(session, extra, add_people(session, number), unit=unit)
    session.commit()

    groups = run_json(app, "üç-birim", "--by", "unit")["groups"]

    pair = {"numerator": 0, "denominator": 9, "value": 0.0}
    assert groups == [
        {"group": "A", "eligible": 9, "rates": {"RR1": pair, "RR2": pair}},
        {"group": "B", "hidden": True},
        {"group": "C", "hidden": True},
    ]


def test_programmes_name_the_unit_they_lie_in(app: Flask, session: Session) -> None:
    survey = make_survey(session, document=make_document(code="program"))
    people = add_people(session, 6)
    invite_all(session, survey, people, unit="Tıp Fakültesi", programme="Tıp")
    session.commit()

    groups = run_json(app, "program", "--by", "programme")["groups"]

    assert [(group["group"], group["within"]) for group in groups] == [("Tıp", "Tıp Fakültesi")]


def test_rates_in_words_print_each_formula_and_no_hidden_number(
    app: Flask, session: Session
) -> None:
    add_survey(session)

    code, output = run(app, "anket-2026", "--by", "unit")

    assert code == 0
    assert "RR1      %20,0             4 / 20  = I / (I+P+R+NC+O+UH+UO)" in output
    assert "(iyimser)" in output
    assert "kişileri ele vermeden" in output
    assert "Tıp" not in output


def test_rates_in_words_flag_mails_of_unknown_outcome(app: Flask, session: Session) -> None:
    survey = make_survey(session, document=make_document(code="belirsiz"))
    make_invitation(session, survey=survey, mail_state="unknown", mailed_at=NOW)
    session.commit()

    _code, output = run(app, "belirsiz")

    assert "e-postasının gidip gitmediği bilinmeyen kişiler: 1" in output


def test_rates_refuse_what_is_not_there(app: Flask, session: Session) -> None:
    make_survey(session, document=make_document(code="anket"))
    session.commit()

    unknown = run(app, "yok", "--json")
    undeclared = run(app, "anket", "--by", "gender", "--json")

    assert (unknown[0], json.loads(unknown[1])["refused"]) == (1, "survey_unknown")
    assert (undeclared[0], json.loads(undeclared[1])["refused"]) == (1, "field_not_declared")
    assert run(app)[0] == 2
