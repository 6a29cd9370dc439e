"""Pushed people where two readings were possible: shared mailboxes, odd keys, blank lines."""

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry, RosterImport, SuppressionReason
from surveys.api_keys.scopes import Scope
from surveys.extensions import toolbox
from surveys.jobs.table import get_job, run_job
from surveys.roster.identity_numbers import is_identity_number
from surveys.roster.pushes import MOST_WAITING
from surveys.roster.suppression import suppress
from tests.api.conftest import ApiClient, MakeKey
from tests.conftest import NOW

NDJSON = "application/x-ndjson"
SHARED = {"given_name": "Ayşe", "family_name": "Yıldız", "email": "ev@example.com"}


def stopped(api: ApiClient) -> list[str]:
    answer = api.get("/suppressions").json
    assert answer is not None
    return [row["external_id"] for row in answer["data"]]


def push(api: ApiClient, people: list[dict[str, Any]], between: bytes = b"\n") -> Any:
    body = between.join(json.dumps(person).encode() for person in people)
    return api.post("/alumni-imports", data=body, content_type=NDJSON)


def chance_number() -> str:
    """Return a key of eleven digits that fits the checksum of identity numbers by chance."""
    return next(str(n) for n in range(18210120450, 18210130000) if is_identity_number(str(n)))


def test_lifting_one_stop_leaves_that_of_another_reader_of_the_mailbox(api: ApiClient) -> None:
    for key in ("A", "B"):
        api.put(f"/alumni/{key}", json=SHARED)
    api.put("/alumni/A/suppression", json={})

    answer = api.delete("/alumni/B/suppression")

    assert answer.status_code == 204
    assert stopped(api) == ["A"]


def test_key_of_the_demo_lifts_no_real_persons_stop(api: ApiClient, make_key: MakeKey) -> None:
    of_demo = api.with_key(make_key(*Scope, is_demo=True))
    for client in (api, of_demo):
        client.put("/alumni/A", json=SHARED)
    api.put("/alumni/A/suppression", json={})

    of_demo.delete("/alumni/A/suppression")

    assert stopped(api) == ["A"]


def test_lifting_twice_is_noted_once(api: ApiClient, session: Session) -> None:
    api.put("/alumni/A", json=SHARED)
    api.put("/alumni/A/suppression", json={})

    for _ in range(2):
        assert api.delete("/alumni/A/suppression").status_code == 204

    lifted = select(func.count()).where(AuditEntry.action == "suppression.lift")
    assert session.scalar(lifted) == 1


def test_key_that_would_hide_behind_another_address_is_refused(
    api: ApiClient, session: Session
) -> None:
    answer = api.post("/alumni/batch", json={"people": [{"external_id": "x/suppression"}]})

    assert answer.json is not None
    [row] = answer.json["results"]
    assert [fault["code"] for fault in row["faults"]] == ["key_reserved"]
    assert session.scalar(select(func.count()).select_from(Alumnus)) == 0


@pytest.mark.parametrize("known", [20, 0])
def test_one_person_is_judged_alike_alone_and_in_a_batch(api: ApiClient, known: int) -> None:
    others = [{"external_id": str(18210990000 + n)} for n in range(known)]
    if others:
        api.post("/alumni/batch", json={"people": others})
    key = chance_number()

    in_batch = api.post("/alumni/batch", json={"people": [{"external_id": key}], "dry_run": True})
    alone = api.put(f"/alumni/{key}", json={})

    assert (in_batch.status_code == 200) == (alone.status_code == 201) == bool(known)


def test_few_values_beside_blank_lines_do_not_refuse_a_push(app: Flask, api: ApiClient) -> None:
    many: list[dict[str, Any]] = [{"external_id": f"k{n}"} for n in range(1_500)]
    many[3]["attributes"] = {"Dosya": chance_number()}
    for person in many[1_200:1_210]:
        person["attributes"] = {"Dosya": "yok"}

    answer = push(api, many, between=b"\n\n")
    run_job(app, get_job("import-rosters"))

    state = api.get(f"/alumni-imports/{answer.json['id']}").json
    assert state is not None
    assert (state["status"], state["created"]) == ("done", 1_500)


@pytest.mark.parametrize(
    "line",
    [
        b"{no json",
        b'{"external_id": "1", "external_id": "2"}',
        b'{"external_id": "1", "attributes": {"a": "1", "a": "2"}}',
        b'{"external_id": "1", "graduation_year": NaN}',
    ],
)
def test_line_that_is_no_json_has_one_fault(app: Flask, api: ApiClient, line: bytes) -> None:
    made = api.post("/alumni-imports", data=line + b"\n", content_type=NDJSON)
    run_job(app, get_job("import-rosters"))

    assert made.json is not None
    rows = api.get(f"/alumni-imports/{made.json['id']}/results").json
    assert rows is not None
    [row] = rows["data"]
    assert [fault["code"] for fault in row["faults"]] == ["malformed_json"]


def test_only_so_many_long_pushes_of_a_key_wait(
    app: Flask, api: ApiClient, session: Session
) -> None:
    for _ in range(MOST_WAITING):
        assert push(api, [{"external_id": "A"}]).status_code == 202

    refused = push(api, [{"external_id": "A"}])
    run_job(app, get_job("import-rosters"))
    taken = push(api, [{"external_id": "A"}])

    assert (refused.status_code, refused.json["code"]) == (429, "imports_waiting")
    assert int(refused.headers["Retry-After"]) > 0
    assert taken.status_code == 202
    assert session.scalar(select(func.count()).select_from(RosterImport)) == MOST_WAITING + 1


@pytest.mark.parametrize("spelling", ["{}.0", "{}.00", " {} ", "{0:.3} {0:.9}"])
def test_identity_number_is_known_however_it_is_written(
    api: ApiClient, session: Session, spelling: str
) -> None:
    number = "10000000146"
    key = f"{number[:3]} {number[3:]}" if spelling.startswith("{0") else spelling.format(number)

    alone = api.put(f"/alumni/{key}", json={})
    in_batch = api.post("/alumni/batch", json={"people": [{"external_id": key}]})

    assert (alone.status_code, in_batch.status_code) == (422, 422)
    assert session.scalar(select(func.count()).select_from(Alumnus)) == 0


def test_identity_number_among_few_others_is_refused(api: ApiClient, session: Session) -> None:
    people = [{"external_id": "10000000146"}, {"external_id": "2"}]

    assert api.post("/alumni/batch", json={"people": people}).status_code == 422
    assert session.scalar(select(func.count()).select_from(Alumnus)) == 0


def test_key_of_the_demo_does_not_learn_what_a_real_person_said(
    app: Flask, api: ApiClient, make_key: MakeKey, session: Session
) -> None:
    of_demo = api.with_key(make_key(*Scope, is_demo=True))
    for client in (api, of_demo):
        client.put("/alumni/A", json=SHARED)
    real = session.scalars(select(Alumnus).where(Alumnus.is_demo.is_(False))).one()
    with app.app_context():
        reason = SuppressionReason.UNSUBSCRIBED
        suppress(session, alumnus=real, keys=toolbox().keys, reason=reason, now=NOW)
    session.commit()

    assert of_demo.delete("/alumni/A/suppression").status_code == 204


def test_attribute_that_is_no_text_is_pointed_at_by_its_name(api: ApiClient) -> None:
    answer = api.put("/alumni/1", json={"attributes": {"Şehir": 32, "a/b": [], "": "x"}})

    assert answer.status_code == 422
    assert answer.json is not None
    assert [fault["pointer"] for fault in answer.json["errors"]] == [
        "#/body/attributes/",
        "#/body/attributes/a~1b",
        "#/body/attributes/Şehir",
    ]
