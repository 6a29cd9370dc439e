"""From a spreadsheet to the rate, by commands, real mails, real pages; and nothing leaks."""

import json
import logging
import random
from collections.abc import Iterator
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app import create_app
from demo.respondent import Browser, answer_survey, find_survey_link
from surveys.extensions import Toolbox, db
from tests.conftest import SettableClock
from tests.journeys.conftest import Served
from tests.mail_sink import Sink, running_sink

ROSTER = """Öğrenci No;Ad;Soyad;E-posta;Birim;Mezuniyet Yılı
1;Işıl;Çağrı;isil@example.com;Fen Fakültesi;2024
2;Şule;Öz;sule@example.com;Fen Fakültesi;2024
3;İrem;Ağa;irem@example.com;Tıp Fakültesi;2025
4;Can;Ünlü;bozuk-adres;Tıp Fakültesi;2025
"""
SURVEY = """
code: mezun-2026
title: {tr: Mezun Anketi, en: Graduate Survey}
purpose: {tr: Öğrenmek için, en: To learn}
indicator: PG3.3.5
year: 2026
confidentiality: confidential
languages: [tr, en]
audience: {graduation_year: {from: 2020, to: 2026}}
timezone: Europe/Istanbul
opens_at: 2026-11-23T10:00
closes_at: 2026-12-31T23:59
sections:
  - title: {tr: Genel, en: Overall}
    questions:
      - {code: nps, type: nps, in_mail: true, text: {tr: "Önerir misiniz?", en: "Recommend us?"}}
      - {code: comment, type: long_text, text: {tr: "Öneriniz?", en: "Ideas?"}, required: true}
mailings:
  - {kind: invitation, at: 2026-11-23T10:00, subject: {tr: "{ad}, anket", en: "{ad}, survey"}}
  - {kind: reminder, after_days: 7, subject: {tr: "{ad}, bekliyoruz", en: "{ad}, reminder"}}
"""
INDICATOR = """
code: PG3.3.5
name: {tr: Geri bildirim veren mezunların oranı, en: Share of graduates who gave feedback}
start_value: 0
denominator: registered
targets: {2026: 50}
"""
ANSWER = "Kütüphane akşamları da açık olsun"


@pytest.fixture
def sink() -> Iterator[Sink]:
    # The mail server of these tests stands in the same process; its own log is not ours.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    with running_sink() as running:
        yield running


@pytest.fixture
def office(served: Served, sink: Sink, clock: SettableClock) -> Iterator[Flask]:
    """The office's machine: the same database as the pages, and the sink as its mail server."""
    box: Toolbox = served.app.extensions["donut"]
    settings = replace(box.settings, mail_server="127.0.0.1", mail_port=sink.port)
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys(), clock=clock))
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def flask(office: Flask, *arguments: str | Path) -> dict[str, Any]:
    done = office.test_cli_runner().invoke(args=[*map(str, arguments), "--json"])
    assert done.exit_code == 0, done.output
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def write(folder: Path, name: str, content: str) -> Path:
    path = folder / name
    path.write_text(content, encoding="windows-1254" if name.endswith("csv") else "utf-8")
    return path


def start_survey(office: Flask, folder: Path) -> dict[str, Any]:
    flask(office, "roster", "import", write(folder, "mezunlar.csv", ROSTER))
    flask(office, "indicator", "load", write(folder, "PG3.3.5.yaml", INDICATOR))
    flask(office, "survey", "load", write(folder, "anket.yaml", SURVEY))
    return flask(office, "survey", "launch", "mezun-2026", "--now", "--expect", "4")


def links_in(sink: Sink) -> list[str]:
    texts = [
        part.get_content()
        for mail in sink.contents
        if (part := BytesParser(policy=policy.default).parsebytes(mail).get_body(("plain",)))
    ]
    return [link for text in texts if (link := find_survey_link(text))]


def answer(served: Served, link: str) -> bool:
    browser = Browser(served.base_url)
    return answer_survey(browser, link, typed={"comment": ANSWER}, rng=random.Random(1))


def test_spreadsheet_becomes_a_rate(
    office: Flask, served: Served, sink: Sink, tmp_path: Path
) -> None:
    launched = start_survey(office, tmp_path)
    sent = flask(office, "send", "--once")

    assert launched["invitations"] == 4
    assert sent == {"sent": 3, "failed": 0, "suppressed": 1, "unknown": 0}
    assert answer(served, links_in(sink)[0])

    value = flask(office, "indicator", "show", "PG3.3.5")
    rates = flask(office, "rates", "mezun-2026")
    assert (value["numerator"], value["denominator"], value["value"]) == (1, 4, 25.0)
    assert (value["target"], value["missing"], value["performance"]) == (50.0, 1, 50.0)
    assert rates["rates"]["RR1"] == {"numerator": 1, "denominator": 4, "value": 0.25}
    assert {code: n for code, n in rates["dispositions"].items() if n} == {
        "1.1": 1,
        "3.19": 2,
        "3.11": 1,
    }


def test_reminder_goes_to_those_who_have_not_finished(
    office: Flask, served: Served, sink: Sink, tmp_path: Path, clock: SettableClock
) -> None:
    launched = start_survey(office, tmp_path)
    flask(office, "send", "--once")
    answer(served, links_in(sink)[0])
    answered = sink.recipients[0]
    clock.instant = clock.instant.replace(month=11, day=30)

    flask(office, "send", "--once")

    assert [mailing["kind"] for mailing in launched["mailings"]] == ["invitation", "reminder"]
    assert len(sink.recipients) == 5
    assert answered not in sink.recipients[3:]


def test_no_log_line_holds_a_link_an_address_or_an_answer(
    capfd: pytest.CaptureFixture[str], office: Flask, served: Served, sink: Sink, tmp_path: Path
) -> None:
    start_survey(office, tmp_path)
    flask(office, "send", "--once")
    link = links_in(sink)[0]
    answer(served, link)
    served.app.test_client().get(f"/%73/{link[-32:]}")
    served.app.test_client().post(f"/u/{link[-32:]}")

    logged = capfd.readouterr().err

    secrets = [link[-32:], ANSWER, "isil@example.com", "sule@example.com", "irem@example.com"]
    assert "request" in logged
    assert not [line for line in logged.splitlines() if any(s in line for s in secrets)]
