"""Keys in the browser: made and shown once, rotated, revoked; for admins who just signed in."""

import re
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import ApiKey, AuditEntry, Role, Staff, StaffLogin
from surveys.api_keys.finding import find_presented
from surveys.api_keys.hooks import list_hook_secrets
from surveys.api_keys.keeping import note_use
from surveys.audit import record
from surveys.settings import Settings
from tests.api_keys.made import NAME, make, succeed
from tests.conftest import NOW
from tests.factories import make_alumnus
from tests.web.staff.conftest import Browser, reload

NEW = {"name": NAME, "kind": "bearer", "scopes": "rates:read", "valid_for": "year"}
SECRET = re.compile(r"(apk_[a-z2-7]{8}_[\w-]{43}|whsec_[\w+/=]+)</textarea>")


@pytest.fixture
def admin(signed_in: Browser, staff: Staff, session: Session) -> Browser:
    session.get_one(Staff, staff.id).role = Role.ADMIN
    session.commit()
    return signed_in


def add(admin: Browser, **over: str) -> str:
    """Fill in the form and return the page that answers."""
    admin.get("/api-keys/new")
    return admin.post("/api-keys/new", {**NEW, **over}).text


def read_secret(page: str) -> str:
    found = SECRET.search(page)
    assert found
    return found[1]


def one_key(session: Session) -> ApiKey:
    (key,) = reload(session, ApiKey)
    assert isinstance(key, ApiKey)
    return key


def age_sign_in(session: Session) -> None:
    for login in reload(session, StaffLogin):
        login.confirmed_at = NOW - timedelta(minutes=11)
    session.commit()


def test_key_that_is_shown_opens_and_is_never_shown_again(admin: Browser, session: Session) -> None:
    admin.get("/api-keys/new")

    answer = admin.post("/api-keys/new", NEW)

    secret = read_secret(answer.text)
    key = find_presented(session, presented=secret, now=NOW)
    assert key is not None
    assert (key.name, key.scopes) == (NAME, ["rates:read"])
    assert answer.headers["Cache-Control"] == "no-store"
    again = admin.get("/api-keys").text + admin.get(f"/api-keys/{key.public_id}").text
    assert secret.split("_", 2)[2] not in again


def test_hook_secret_is_shown_and_kept_sealed(
    admin: Browser, session: Session, settings: Settings
) -> None:
    admin.get("/api-keys/new")
    page = admin.post("/api-keys/new", {"name": NAME, "kind": "hook", "valid_for": "30"}).text

    secrets = list_hook_secrets(session, keys=settings.keys(), now=NOW)

    assert [secret for _key, secret in secrets] == [read_secret(page)]
    assert one_key(session).expires_at == NOW + timedelta(days=30)


def test_restrictions_are_kept(admin: Browser, session: Session) -> None:
    make_alumnus(session, unit="Tıp Fakültesi")
    session.commit()

    add(admin, unit="Tıp Fakültesi", indicator="PG3.3.5", networks="10.1.2.3/8\n193.140.1.7, ::1")

    key = one_key(session)
    assert (key.unit, key.indicator_code) == ("Tıp Fakültesi", "PG3.3.5")
    assert key.networks == ["10.0.0.0/8", "193.140.1.7/32", "::1/128"]


def test_everything_that_is_wrong_is_told_at_once_and_what_was_typed_stays(
    admin: Browser, session: Session
) -> None:
    admin.get("/api-keys/new")
    form = {"name": "", "kind": "bearer", "networks": "10.1", "valid_for": "90"}

    answer = admin.post("/api-keys/new", form)

    assert answer.status_code == 422
    assert all(f'href="#{field}"' in answer.text for field in ("name", "scopes", "networks"))
    assert '<option value="90" selected>' in answer.text
    assert ">\n10.1</textarea>" in answer.text
    assert reload(session, ApiKey) == []


def test_form_sent_twice_makes_one_key(admin: Browser, session: Session) -> None:
    admin.get("/api-keys/new")
    admin.post("/api-keys/new", NEW)

    answer = admin.post("/api-keys/new", NEW)

    assert answer.status_code == 409
    assert "geçerli bir anahtar" in answer.text
    assert one_key(session).name == NAME


def test_successor_is_shown_once_and_both_open(
    admin: Browser, session: Session, settings: Settings
) -> None:
    key, secret = make(session, settings)
    session.commit()
    path = f"/api-keys/{key.public_id}"
    admin.get(path)

    answer = admin.post(f"{path}/rotate")
    again = admin.post(f"{path}/rotate")

    both = [
        find_presented(session, presented=s, now=NOW) for s in (secret, read_secret(answer.text))
    ]
    assert [key.name for key in both if key] == [NAME, NAME]
    assert again.status_code == 409
    assert 'role="alert"' in again.text
    assert len(reload(session, ApiKey)) == 2


def test_revoked_key_opens_nothing_and_has_no_buttons(
    admin: Browser, session: Session, settings: Settings
) -> None:
    key, secret = make(session, settings)
    session.commit()
    path = f"/api-keys/{key.public_id}"
    admin.get(path)

    answer = admin.post(f"{path}/revoke")
    admin.post(f"{path}/revoke")

    assert answer.headers["Location"] == f"{path}?said=api_key_revoked"
    session.rollback()
    assert find_presented(session, presented=secret, now=NOW) is None
    assert f'action="{path}' not in admin.get(path).text
    actions = [entry.action for entry in reload(session, AuditEntry)]
    assert actions.count("api_key.revoke") == 1


def test_list_tells_state_end_and_last_use(
    admin: Browser, session: Session, settings: Settings
) -> None:
    old, _ = make(session, settings, now=NOW - timedelta(days=345))
    note_use(session, key_id=old.id, on=NOW.date())
    make(session, settings, name="Başka")
    session.commit()

    page = admin.get("/api-keys").text

    assert "yakında sona eriyor" in page
    assert "Son kullanım: 23 Kasım 2026" in page
    assert "Hiç kullanılmadı" in page
    assert "Yanıt oranlarını ve göstergeleri okuma" in page


def test_page_of_a_key_leads_to_its_successor(
    admin: Browser, session: Session, settings: Settings
) -> None:
    key, _ = make(session, settings)
    newer, _ = succeed(session, settings, key)
    session.commit()

    page = admin.get(f"/api-keys/{key.public_id}").text

    assert f'href="/api-keys/{newer.public_id}">Yeni anahtar' in page
    assert "/rotate" not in page


def test_deeds_are_told_in_the_audit_trail_without_secrets(
    admin: Browser, session: Session
) -> None:
    secret = read_secret(add(admin))
    key = one_key(session)

    page = admin.get(f"/audit?subject={key.public_id}").text

    assert "Başka bir sistem için anahtar oluşturuldu" in page
    assert f'href="/api-keys/{key.public_id}"' in page
    assert f"{NAME} ({key.public_id})</a>" in page
    assert secret.split("_", 2)[2] not in page


def test_what_a_key_did_is_told_by_its_name(
    admin: Browser, session: Session, settings: Settings
) -> None:
    key, _ = make(session, settings)
    actor = f"apk_{key.public_id}"
    record(session, actor=actor, action="roster.upload", subject="roster", now=NOW)
    session.commit()

    page = admin.get(f"/audit?person={actor}").text

    assert page.count(f"{NAME} ({key.public_id})") == 2
    assert f'<option value="{actor}" selected>' in page


def test_old_sign_in_is_asked_again_before_keys_are_touched(
    admin: Browser, session: Session, settings: Settings
) -> None:
    key, _ = make(session, settings)
    session.commit()
    path = f"/api-keys/{key.public_id}"
    admin.get(path)
    age_sign_in(session)

    answers = [
        admin.get("/api-keys/new"),
        admin.post("/api-keys/new", NEW),
        admin.post(f"{path}/rotate"),
        admin.post(f"{path}/revoke"),
    ]

    assert [answer.status_code for answer in answers] == [303] * 4
    assert all("/login/confirm" in answer.headers["Location"] for answer in answers)
    assert one_key(session).revoked_at is None


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_others_see_neither_keys_nor_the_way_to_them(
    signed_in: Browser, staff: Staff, session: Session, role: Role
) -> None:
    session.get_one(Staff, staff.id).role = role
    session.commit()

    assert signed_in.get("/api-keys").status_code == 403
    assert "/api-keys" not in signed_in.get("/").text


def test_list_of_keys_and_that_of_receivers_lead_to_each_other(admin: Browser) -> None:
    for here, there in (("/api-keys", "/webhooks"), ("/webhooks", "/api-keys")):
        page = admin.get(here).text
        tabs = page[page.index('class="sub-links"') :]
        assert f'href="{there}"' in tabs
        assert f'href="{here}" aria-current="page"' in tabs


def test_unknown_key_is_not_found(admin: Browser) -> None:
    assert admin.get("/api-keys/aaaaaaaa").status_code == 404
