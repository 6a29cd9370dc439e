"""Graduates pushed by the alumni system: created, brought up to date, told apart, erased."""

import json
from datetime import timedelta
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Alumnus, AuditEntry, Revision, RosterImport, RosterImportRow, Suppression
from surveys.api_keys.scopes import Scope
from surveys.jobs.table import get_job, run_job
from tests.api.conftest import ApiClient, MakeKey
from tests.conftest import SettableClock
from tests.factories import make_alumnus

KEY = "1821012045"
PERSON: dict[str, Any] = {
    "given_name": "Ayşe",
    "family_name": "Yıldız",
    "email": "ayse.yildiz@example.com",
    "unit": "Teknoloji Fakültesi",
    "graduation_year": 2024,
    "attributes": {"Şehir": "Isparta"},
}
NDJSON = "application/x-ndjson"


def one(session: Session) -> Alumnus:
    session.rollback()
    session.expire_all()
    return session.scalars(select(Alumnus).where(Alumnus.external_id == KEY)).one()


def roster_revision(session: Session) -> int:
    session.rollback()
    total = session.scalar(select(func.sum(Revision.value)).where(Revision.resource == "roster"))
    return int(total or 0)


def lines(people: list[dict[str, Any]]) -> bytes:
    return b"".join(json.dumps(person).encode() + b"\n" for person in people)


def test_person_is_created_and_then_changed(api: ApiClient, session: Session) -> None:
    made = api.put(f"/alumni/{KEY}", json=PERSON)
    changed = api.put(f"/alumni/{KEY}", json={"unit": "Hukuk Fakültesi"})

    assert (made.status_code, changed.status_code) == (201, 200)
    assert made.json is not None
    assert changed.json is not None
    assert (made.json["outcome"], changed.json["outcome"]) == ("created", "updated")
    person = one(session)
    assert (person.given_name, person.unit) == ("Ayşe", "Hukuk Fakültesi")
    assert person.attributes == {"Şehir": "Isparta"}


def test_same_push_changes_nothing(api: ApiClient, session: Session, clock: SettableClock) -> None:
    api.put(f"/alumni/{KEY}", json=PERSON)
    before = one(session).updated_at, roster_revision(session)
    clock.advance(timedelta(days=1))

    answer = api.put(f"/alumni/{KEY}", json=PERSON)

    assert answer.json is not None
    assert (answer.status_code, answer.json["outcome"]) == (200, "unchanged")
    assert (one(session).updated_at, roster_revision(session)) == before
    actions = session.scalars(select(AuditEntry.action)).all()
    assert actions == ["roster.push"]


def test_null_empties_and_absence_keeps(api: ApiClient, session: Session) -> None:
    api.put(f"/alumni/{KEY}", json=PERSON)
    api.put(f"/alumni/{KEY}", json={"unit": None})

    person = one(session)
    assert (person.unit, person.given_name) == (None, "Ayşe")


def test_mistyped_address_is_told_and_the_person_kept(api: ApiClient, session: Session) -> None:
    answer = api.put(f"/alumni/{KEY}", json={**PERSON, "email": "ayse@"})

    assert answer.status_code == 201
    assert answer.json is not None
    [fault] = answer.json["faults"]
    assert (fault["pointer"], fault["is_kept"]) == ("/email", True)
    assert one(session).email is None


@pytest.mark.parametrize(
    ("over", "pointer"),
    [
        ({"given_name": "A\0"}, "#/body/given_name"),
        ({"given_name": "\ud800"}, "#/body/given_name"),
        ({"graduation_year": 10**30}, "#/body/graduation_year"),
        ({"graduation_year": "2024"}, "#/body/graduation_year"),
        ({"surname": "Yıldız"}, "#/body/surname"),
        ({"attributes": {"Şehir": 5}}, "#/body/attributes/Şehir"),
        ({"email": ["a@example.com"]}, "#/body/email"),
    ],
)
def test_what_no_column_holds_is_refused_in_place(
    api: ApiClient, session: Session, over: dict[str, Any], pointer: str
) -> None:
    answer = api.put(f"/alumni/{KEY}", data=json.dumps({**PERSON, **over}),
                     content_type="application/json")  # fmt: skip

    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert session.scalars(select(Alumnus)).all() == []


def test_identity_number_is_never_taken(api: ApiClient, session: Session) -> None:
    answer = api.put("/alumni/10000000146", json=PERSON)

    assert answer.status_code == 422
    assert answer.json is not None
    assert "10000000146" not in answer.json["detail"]
    assert session.scalars(select(Alumnus)).all() == []


def test_batch_judges_each_row_for_itself(api: ApiClient, session: Session) -> None:
    make_alumnus(session, external_id="1", given_name="Eski")
    session.commit()
    people = [
        {"external_id": "1", "given_name": "Yeni"},
        {"external_id": "2", **PERSON},
        {"external_id": "2", **PERSON},
        {"external_id": "2", "given_name": "Başka"},
        {"given_name": "Kimliksiz"},
        {"external_id": "3", "colour": "blue"},
        {"external_id": "4", "given_name": "\ud800"},
    ]

    answer = api.post(
        "/alumni/batch", data=json.dumps({"people": people}), content_type="application/json"
    )

    assert answer.status_code == 200
    assert answer.json is not None
    outcomes = [row["outcome"] for row in answer.json["results"]]
    assert outcomes == [
        "updated", "created", "unchanged", "rejected", "rejected", "rejected", "rejected",
    ]  # fmt: skip
    assert [answer.json[name] for name in ("created", "updated", "unchanged", "rejected")] == [
        1, 1, 1, 4,
    ]  # fmt: skip
    assert answer.json["results"][5]["faults"][0]["code"] == "unknown_field"


def test_dry_run_keeps_nothing(api: ApiClient, session: Session) -> None:
    body = {"people": [{"external_id": KEY, **PERSON}], "dry_run": True}

    answer = api.post("/alumni/batch", json=body)

    assert answer.json is not None
    assert (answer.json["created"], answer.json["dry_run"]) == (1, True)
    assert session.scalars(select(Alumnus)).all() == []
    assert session.scalars(select(AuditEntry)).all() == []


@pytest.mark.parametrize("count", [0, 1_001])
def test_batch_of_none_or_too_many_is_refused(api: ApiClient, count: int) -> None:
    people = [{"external_id": str(n)} for n in range(count)]

    assert api.post("/alumni/batch", json={"people": people}).status_code == 422


def test_ten_thousand_people_are_pushed_twice_and_the_second_changes_nothing(
    app: Flask, api: ApiClient, session: Session, clock: SettableClock
) -> None:
    people = [
        {"external_id": f"m{n}", "given_name": f"Ad {n}", "graduation_year": 2015 + n % 10}
        for n in range(10_000)
    ]
    first = push_all(app, api, people)
    before = roster_revision(session), session.scalar(select(func.max(Alumnus.updated_at)))
    session.rollback()
    clock.advance(timedelta(days=1))
    second = push_all(app, api, people)

    assert (first["status"], first["created"]) == ("done", 10_000)
    assert (second["status"], second["unchanged"]) == ("done", 10_000)
    assert (second["created"], second["updated"], second["rejected"]) == (0, 0, 0)
    after = roster_revision(session), session.scalar(select(func.max(Alumnus.updated_at)))
    assert after == before


def push_all(app: Flask, api: ApiClient, people: list[dict[str, Any]]) -> dict[str, Any]:
    """Push people by NDJSON, let the scheduler take them in, and return the push's state."""
    pushed = api.post("/alumni-imports", data=lines(people), content_type=NDJSON)
    assert pushed.status_code == 202, pushed.text
    run_job(app, get_job("import-rosters"))
    state = api.get(pushed.headers["Location"].removeprefix("/api/v1"))
    assert state.json is not None
    found: dict[str, Any] = state.json
    return found


def test_long_push_tells_what_became_of_each_line(app: Flask, api: ApiClient) -> None:
    body = lines([{"external_id": KEY, **PERSON}]) + b"not json\n\n" + lines([{"external_id": "2"}])
    pushed = api.post("/alumni-imports", data=body, content_type=NDJSON)
    assert pushed.json is not None
    path = f"/alumni-imports/{pushed.json['id']}"
    run_job(app, get_job("import-rosters"))

    state = api.get(path).json
    results = api.get(f"{path}/results").json
    rejected = api.get(f"{path}/results?outcome=rejected").json

    assert state is not None
    assert results is not None
    assert rejected is not None
    assert (state["status"], state["total"], state["done"]) == ("done", 3, 3)
    assert [(row["row"], row["outcome"]) for row in results["data"]] == [
        (1, "created"), (2, "rejected"), (4, "created"),
    ]  # fmt: skip
    assert [row["faults"][0]["code"] for row in rejected["data"]] == ["malformed_json"]


def test_results_come_in_pages(app: Flask, api: ApiClient) -> None:
    people = [{"external_id": str(n)} for n in range(5)]
    pushed = api.post("/alumni-imports", data=lines(people), content_type=NDJSON).json
    assert pushed is not None
    run_job(app, get_job("import-rosters"))
    path = f"/alumni-imports/{pushed['id']}/results"

    first = api.get(f"{path}?limit=3").json
    assert first is not None
    second = api.get(f"{path}?limit=3&cursor={first['next_cursor']}").json

    assert second is not None
    assert [row["row"] for row in first["data"] + second["data"]] == [1, 2, 3, 4, 5]


def test_long_push_can_only_count(app: Flask, api: ApiClient, session: Session) -> None:
    pushed = api.post(
        "/alumni-imports?dry_run=true", data=lines([{"external_id": KEY}]), content_type=NDJSON
    ).json
    assert pushed is not None
    run_job(app, get_job("import-rosters"))

    state = api.get(f"/alumni-imports/{pushed['id']}").json

    assert state is not None
    assert (state["status"], state["created"], state["dry_run"]) == ("done", 1, True)
    assert session.scalars(select(Alumnus)).all() == []


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 422),
        (b"\n\n", {}, 422),
        (b"{}", {"Content-Type": "application/json"}, 415),
        (b"{}", {"Content-Encoding": "gzip"}, 415),
    ],
)
def test_push_of_nothing_or_packed_is_refused(
    api: ApiClient, session: Session, body: bytes, headers: dict[str, str], status: int
) -> None:
    sent = {"Content-Type": NDJSON, **headers}

    answer = api.post("/alumni-imports", data=body, headers=sent)

    assert answer.status_code == status
    assert session.scalars(select(RosterImport)).all() == []


def test_erased_person_is_gone_and_does_not_come_back(api: ApiClient, session: Session) -> None:
    api.put(f"/alumni/{KEY}", json=PERSON)

    first = api.delete(f"/alumni/{KEY}")
    second = api.delete(f"/alumni/{KEY}")
    again = api.put(f"/alumni/{KEY}", json=PERSON)

    assert (first.status_code, second.status_code) == (204, 204)
    assert again.status_code == 422
    assert session.scalars(select(Alumnus.given_name)).all() == [""]


def test_person_is_erased_under_the_key_that_they_were_pushed_with(
    api: ApiClient, session: Session
) -> None:
    made = api.put("/alumni/2020100001.0", json=PERSON)
    assert made.json is not None
    assert made.json["external_id"] == "2020100001"

    assert api.delete("/alumni/2020100001.0").status_code == 204

    assert session.scalars(select(Alumnus.erased_at)).one() is not None


def test_no_push_keeps_the_key_of_an_erased_person(
    app: Flask, api: ApiClient, session: Session
) -> None:
    people = [{"external_id": KEY, **PERSON}, {"external_id": "2"}]
    push_all(app, api, people)
    api.delete(f"/alumni/{KEY}")
    again = push_all(app, api, people)

    assert (again["rejected"], again["unchanged"]) == (1, 1)
    rows = select(RosterImportRow.external_id).order_by(
        RosterImportRow.import_id, RosterImportRow.number
    )
    assert session.scalars(rows).all() == [None, "2", None, "2"]


@pytest.mark.parametrize("key", ["2018/12", "a b", "Ö-1", "x" * 120, "9.1"])
def test_every_key_that_a_batch_takes_can_be_stopped_and_erased(
    api: ApiClient, session: Session, key: str
) -> None:
    pushed = api.post("/alumni/batch", json={"people": [{"external_id": key, **PERSON}]})
    path = f"/alumni/{quote(key, safe='')}"

    stopped = api.put(f"{path}/suppression", json={})
    told = api.get("/suppressions").json
    erased = api.delete(path)

    assert pushed.json is not None
    assert told is not None
    assert pushed.json["created"] == 1
    assert (stopped.status_code, erased.status_code) == (204, 204)
    assert [row["external_id"] for row in told["data"]] == [key]
    assert session.scalars(select(Alumnus.erased_at)).one() is not None


def test_suppression_is_laid_told_and_lifted(api: ApiClient) -> None:
    api.put(f"/alumni/{KEY}", json=PERSON)
    laid = [api.put(f"/alumni/{KEY}/suppression", json={}).status_code for _ in range(2)]
    told = api.get("/suppressions").json
    lifted = api.delete(f"/alumni/{KEY}/suppression")
    left = api.get("/suppressions").json

    assert laid == [204, 204]
    assert told is not None
    assert left is not None
    assert [(row["external_id"], row["reason"]) for row in told["data"]] == [(KEY, "alumni_system")]
    assert lifted.status_code == 204
    assert left["data"] == []


def test_suppression_laid_twice_is_noted_once(api: ApiClient, session: Session) -> None:
    api.put(f"/alumni/{KEY}", json=PERSON)
    for _ in range(2):
        api.put(f"/alumni/{KEY}/suppression", json={})

    noted = select(AuditEntry.action).where(AuditEntry.action == "suppression.push")
    assert session.scalars(noted).all() == ["suppression.push"]


def test_word_of_the_person_is_not_lifted(api: ApiClient, session: Session) -> None:
    api.put(f"/alumni/{KEY}", json=PERSON)
    api.put(f"/alumni/{KEY}/suppression", json={})
    session.scalars(select(Suppression)).one().reason = "unsubscribed"
    session.commit()

    answer = api.delete(f"/alumni/{KEY}/suppression")

    assert answer.status_code == 409
    assert session.scalars(select(Suppression.lifted_at)).one() is None


def test_worlds_are_apart(api: ApiClient, make_key: MakeKey, session: Session, app: Flask) -> None:
    invented = api.with_key(make_key(*Scope, is_demo=True))
    api.put(f"/alumni/{KEY}", json=PERSON)
    pushed = api.post("/alumni-imports", data=lines([{"external_id": "9"}]), content_type=NDJSON)
    assert pushed.json is not None

    invented.put(f"/alumni/{KEY}", json={"given_name": "Sahte"})
    invented.delete(f"/alumni/{KEY}")

    assert invented.get(f"/alumni-imports/{pushed.json['id']}").status_code == 404
    real = session.scalars(select(Alumnus).where(Alumnus.is_demo.is_(False))).one()
    assert real.given_name == "Ayşe"
    assert app


@pytest.mark.parametrize(
    ("method", "path", "scope"),
    [
        ("PUT", f"/alumni/{KEY}", Scope.ALUMNI_ERASE),
        ("DELETE", f"/alumni/{KEY}", Scope.ALUMNI_WRITE),
        ("GET", "/suppressions", Scope.ALUMNI_WRITE),
        ("POST", "/alumni/batch", Scope.RATES_READ),
    ],
)
def test_each_operation_needs_its_scope(
    api: ApiClient, make_key: MakeKey, method: str, path: str, scope: Scope
) -> None:
    answer = api.with_key(make_key(scope)).ask(method, path, json={})

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "scope_missing"
