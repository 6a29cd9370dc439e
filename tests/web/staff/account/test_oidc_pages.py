"""Signing in through the university: the way there and back, and every answer that is not taken."""

import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import requests
from flask import Flask
from joserfc.jwk import OctKey, RSAKey
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app import create_app
from models import AuditEntry, Staff, StaffLogin
from surveys.clock import SystemClock
from surveys.extensions import Toolbox, db
from surveys.settings import Settings
from tests.web.staff.account.provider import CLIENT_ID, SUBJECT, Provider, running_provider
from tests.web.staff.conftest import BASE_URL, EMAIL, PASSWORD, Browser, reload

RETURN = "/login/oidc/return"
REAL_PROVIDER = """
from oidc_provider_mock import run_server_in_thread
with run_server_in_thread() as server:
    print(server.server_port, flush=True)
    input()
"""


@pytest.fixture(scope="module")
def shared_provider() -> Iterator[Provider]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    with running_provider() as provider:
        yield provider


@pytest.fixture
def provider(shared_provider: Provider) -> Provider:
    shared_provider.claims, shared_provider.metadata = {}, {}
    shared_provider.signer, shared_provider.alg = None, "RS256"
    return shared_provider


AppWith = Callable[..., Flask]


@pytest.fixture
def app_with(settings: Settings) -> Iterator[AppWith]:
    """Make an application that knows a provider; it reads the true clock, as Authlib does."""
    made: list[Flask] = []

    def make(issuer: str, **over: Any) -> Flask:
        values = {"local_sign_in": True, "oidc_client_id": CLIENT_ID, **over}
        chosen = replace(settings, oidc_issuer=issuer, oidc_client_secret="secret", **values)
        made.append(
            create_app(toolbox=Toolbox(settings=chosen, keys=chosen.keys(), clock=SystemClock()))
        )
        return made[-1]

    yield make
    for app in made:
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def real_issuer() -> Iterator[str]:
    """A provider that others wrote, in a process of its own; it ends with its standard input."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", REAL_PROVIDER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as process:
        assert process.stdout
        yield f"http://localhost:{process.stdout.readline().strip()}"
        process.communicate()


@pytest.fixture
def browser(app_with: AppWith, provider: Provider) -> Browser:
    return Browser(app_with(provider.issuer).test_client())


@pytest.fixture
def bound(staff: Staff, session: Session, provider: Provider) -> Staff:
    """An editor whose account is connected."""
    person = session.get_one(Staff, staff.id)
    person.oidc_issuer, person.oidc_subject = provider.issuer, SUBJECT
    session.commit()
    return person


def go_and_return(browser: Browser, provider: Provider, path: str = "/login/oidc") -> TestResponse:
    back = provider.approve(browser.get(path).headers["Location"])
    return browser.get(RETURN, query_string=back)


def test_way_there_carries_state_nonce_and_challenge(browser: Browser, provider: Provider) -> None:
    answer = browser.get("/login/oidc?next=/staff/account")

    provider.approve(answer.headers["Location"])
    asked = provider.asked
    assert answer.headers["Location"].startswith(f"{provider.issuer}/authorize?")
    assert (asked["client_id"], asked["response_type"]) == (CLIENT_ID, "code")
    assert asked["redirect_uri"] == f"{BASE_URL}{RETURN}"
    assert asked["code_challenge_method"] == "S256"
    assert {"state", "nonce", "code_challenge"} <= asked.keys()


def test_bound_person_is_signed_in_and_led_on(
    browser: Browser, provider: Provider, bound: Staff, session: Session
) -> None:
    answer = go_and_return(browser, provider, "/login/oidc?next=/staff/account")

    login = reload(session, StaffLogin)[0]
    assert answer.headers["Location"] == "/staff/account"
    assert (login.staff_id, login.method) == (bound.id, "oidc")
    assert "code_verifier" in provider.token_form
    assert browser.is_signed_in()


def test_cookie_forgets_the_dance(browser: Browser, provider: Provider, bound: Staff) -> None:
    go_and_return(browser, provider)

    with browser.client.session_transaction(base_url=BASE_URL) as cookie:
        assert bound
        assert set(cookie) <= {"_user_id", "_permanent", "csrf_token"}


def test_answer_works_once(browser: Browser, provider: Provider, bound: Staff) -> None:
    back = provider.approve(browser.get("/login/oidc").headers["Location"])
    browser.get(RETURN, query_string=back)
    browser.get("/")
    browser.post("/logout")

    again = browser.get(RETURN, query_string=back)

    assert bound
    assert again.status_code == 403
    assert not browser.is_signed_in()


def test_unknown_person_is_told_whom_to_ask(
    browser: Browser, provider: Provider, session: Session
) -> None:
    answer = go_and_return(browser, provider)

    assert answer.status_code == 403
    assert "mezun@example.edu.tr" in answer.text
    assert reload(session, StaffLogin) == []


def test_same_address_with_another_subject_is_unknown(
    browser: Browser, provider: Provider, bound: Staff
) -> None:
    provider.claims = {"sub": "somebody-else", "email": bound.email, "email_verified": True}

    answer = go_and_return(browser, provider)

    assert answer.status_code == 403
    assert not browser.is_signed_in()


def test_disabled_person_is_unknown(
    browser: Browser, provider: Provider, bound: Staff, session: Session
) -> None:
    bound.disabled_at = bound.created_at
    session.commit()

    assert go_and_return(browser, provider).status_code == 403


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example"},
        {"iss": None},
        {"aud": "another-client"},
        {"aud": ["another-client"]},
        {"aud": None},
        {"nonce": "of-another-time"},
        {"nonce": None},
        {"exp": 1_000_000_000},
        {"exp": None},
        {"iat": 9_999_999_999},
        {"sub": ""},
        {"sub": None},
        {"sub": 4711},
        {"azp": "another-client"},
    ],
    ids=str,
)
def test_token_that_says_something_wrong_is_refused(
    browser: Browser, provider: Provider, bound: Staff, claims: dict[str, Any]
) -> None:
    provider.claims = claims

    answer = go_and_return(browser, provider)

    assert bound
    assert answer.status_code == 403
    assert not browser.is_signed_in()


def test_token_signed_by_another_key_is_refused(
    browser: Browser, provider: Provider, bound: Staff
) -> None:
    provider.signer = RSAKey.generate_key(2048, {"kid": "one"})

    assert bound
    assert go_and_return(browser, provider).status_code == 403


def test_token_signed_with_the_public_key_as_a_secret_is_refused(
    browser: Browser, provider: Provider, bound: Staff
) -> None:
    public = provider.key.as_pem(private=False)
    provider.signer, provider.alg = OctKey.import_key(public.replace(b"-----", b"")), "HS256"
    provider.metadata = {"id_token_signing_alg_values_supported": ["RS256", "HS256", "none"]}

    assert bound
    assert go_and_return(browser, provider).status_code == 403


def test_unsigned_token_is_refused(browser: Browser, provider: Provider, bound: Staff) -> None:
    provider.alg = "none"
    provider.metadata = {"id_token_signing_alg_values_supported": ["none"]}

    assert bound
    assert go_and_return(browser, provider).status_code == 403


def test_state_of_another_browser_is_refused(
    browser: Browser, provider: Provider, bound: Staff
) -> None:
    stranger = Browser(browser.client.application.test_client())
    back = provider.approve(stranger.get("/login/oidc").headers["Location"])
    browser.get("/login/oidc")

    answer = browser.get(RETURN, query_string=back)

    assert bound
    assert answer.status_code == 403
    assert browser.get(RETURN).status_code == 403


def test_person_who_gave_up_there_is_led_back(browser: Browser, provider: Provider) -> None:
    back = provider.approve(browser.get("/login/oidc").headers["Location"])

    answer = browser.get(RETURN, query_string={"error": "access_denied", "state": back["state"]})

    assert answer.status_code == 403


def test_provider_that_calls_itself_otherwise_is_refused(
    browser: Browser, provider: Provider
) -> None:
    provider.metadata = {"issuer": "https://evil.example"}

    assert browser.get("/login/oidc").status_code == 403


def test_provider_that_is_away_is_told(app_with: AppWith) -> None:
    browser = Browser(app_with("http://localhost:9").test_client())

    assert browser.get("/login/oidc").status_code == 503


@pytest.mark.parametrize(
    ("claims", "status"),
    [({}, 403), ({"acr": "mfa"}, 302), ({"amr": ["pwd", "mfa"]}, 302), ({"acr": "pwd"}, 403)],
    ids=str,
)
def test_second_factor_may_be_demanded(
    app_with: AppWith, provider: Provider, bound: Staff, claims: dict[str, Any], status: int
) -> None:
    browser = Browser(app_with(provider.issuer, oidc_required_acr=["mfa"]).test_client())
    provider.claims = claims

    answer = go_and_return(browser, provider)

    assert bound
    assert answer.status_code == status
    assert provider.asked["acr_values"] == "mfa"


def test_account_is_connected_by_who_is_signed_in(
    browser: Browser, provider: Provider, staff: Staff, session: Session
) -> None:
    browser.sign_in()

    answer = go_and_return(browser, provider, "/login/oidc/connect")

    person = session.get_one(Staff, staff.id)
    session.refresh(person)
    assert answer.headers["Location"] == "/staff/account?said=sso_connected"
    assert (person.oidc_issuer, person.oidc_subject) == (provider.issuer, SUBJECT)
    assert reload(session, AuditEntry)[-1].action == "staff.connect_identity"


@pytest.mark.usefixtures("staff")
def test_connecting_asks_for_a_sign_in_there_whoever_is_signed_in(
    browser: Browser, provider: Provider
) -> None:
    """A sign-in that somebody else has left or planted there must not be bound for good."""
    browser.sign_in()

    answer = go_and_return(browser, provider, "/login/oidc/connect")

    assert answer.status_code == 303
    assert provider.asked["prompt"] == "login"


def test_somebody_elses_university_account_cannot_be_connected(
    browser: Browser, provider: Provider, bound: Staff, session: Session
) -> None:
    bound.oidc_subject, bound.email = SUBJECT, "other@example.edu.tr"
    session.add(
        Staff(
            email=EMAIL,
            role="viewer",
            language="tr",
            created_at=bound.created_at,
            password_hash=bound.password_hash,
        )
    )
    session.commit()
    browser.sign_in()

    assert go_and_return(browser, provider, "/login/oidc/connect").status_code == 409


def test_connecting_ends_with_the_sign_in_that_began_it(
    browser: Browser, provider: Provider, staff: Staff, session: Session
) -> None:
    browser.sign_in()
    back = provider.approve(browser.get("/login/oidc/connect").headers["Location"])
    session.query(StaffLogin).delete()
    session.commit()

    assert browser.get(RETURN, query_string=back).status_code == 403
    assert session.get_one(Staff, staff.id).oidc_subject is None


@pytest.mark.parametrize(("age_s", "status"), [(0, 303), (3600, 403), (None, 403)])
def test_confirming_needs_a_fresh_sign_in_there(
    browser: Browser, provider: Provider, bound: Staff, age_s: int | None, status: int
) -> None:
    go_and_return(browser, provider)
    now = SystemClock().now()
    at = None if age_s is None else int((now - timedelta(seconds=age_s)).timestamp())
    provider.claims = {"auth_time": at}

    answer = go_and_return(browser, provider, "/login/oidc/confirm?next=/staff/account")

    assert bound
    assert answer.status_code == status
    assert (provider.asked["prompt"], provider.asked["max_age"]) == ("login", "0")


def test_passwords_are_not_taken_where_the_university_signs_in(
    app_with: AppWith, provider: Provider, bound: Staff
) -> None:
    app = app_with(provider.issuer, local_sign_in=False, oidc_name="Örnek Üniversitesi")
    browser = Browser(app.test_client())

    page = browser.get("/login").text

    assert 'href="/login/oidc?next=/"' in page
    assert "Örnek Üniversitesi" in page
    assert 'name="password"' not in page
    go_and_return(browser, provider)
    browser.get("/")
    assert browser.post("/login", {"email": bound.email, "password": PASSWORD}).status_code == 404
    assert browser.get("/login/forgotten").status_code == 404


def test_without_a_provider_there_is_no_such_way(app: Flask) -> None:
    assert Browser(app.test_client()).get("/login/oidc").status_code == 404


def test_real_provider_signs_a_person_in(
    app_with: AppWith, staff: Staff, session: Session, real_issuer: str
) -> None:
    person = session.get_one(Staff, staff.id)
    person.oidc_issuer, person.oidc_subject = real_issuer, SUBJECT
    session.commit()
    browser = Browser(app_with(real_issuer).test_client())
    there = browser.get("/login/oidc").headers["Location"]

    back = requests.post(there, data={"sub": SUBJECT}, allow_redirects=False, timeout=10)
    answer = browser.get(back.headers["Location"].removeprefix(BASE_URL))

    assert answer.headers["Location"] == "/"
    assert browser.is_signed_in()
