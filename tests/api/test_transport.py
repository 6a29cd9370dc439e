"""Over which wire and from where a key may come, and where it must not stand."""

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app import create_app
from surveys.extensions import Toolbox, db
from tests.api.conftest import BASE_URL, ApiClient, MakeKey
from tests.conftest import SettableClock, make_settings

PLAIN = BASE_URL.replace("https", "http")


def test_key_over_plain_http_is_refused_without_a_way_on(api: ApiClient) -> None:
    answer = api.get("/api-key", base_url=PLAIN)

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["code"] == "insecure_transport"
    assert "Location" not in answer.headers


def test_plain_http_tells_nothing_of_the_key(api: ApiClient) -> None:
    valid = api.get("/api-key", base_url=PLAIN)
    wrong = api.with_key("apk_aaaaaaaa_" + "b" * 43).get("/api-key", base_url=PLAIN)

    assert valid.json is not None
    assert wrong.json is not None
    assert valid.json["code"] == wrong.json["code"]


def test_document_is_readable_over_plain_http(api: ApiClient) -> None:
    assert api.with_key(None).get("/openapi.json", base_url=PLAIN).status_code == 200


@pytest.mark.parametrize("name", ["key", "api_key", "access_token", "Authorization"])
def test_key_in_the_query_does_not_count(api: ApiClient, name: str) -> None:
    alone = api.with_key(None).get("/api-key", query_string={name: api.key})
    beside = api.get("/api-key", query_string={name: api.key})

    assert alone.status_code == 401
    assert beside.status_code == 422
    assert api.key is not None
    assert api.key not in alone.text + beside.text


@pytest.mark.parametrize(
    ("networks", "address", "status"),
    [
        ([], "203.0.113.9", 200),
        (["10.20.0.0/16"], "10.20.255.1", 200),
        (["10.20.0.0/16"], "10.21.0.1", 403),
        (["10.20.0.0/16"], "::ffff:10.20.0.1", 200),
        (["2001:db8::/32"], "2001:db8::5", 200),
        (["2001:db8::/32"], "10.20.0.1", 403),
        (["10.20.0.0/16", "203.0.113.9/32"], "203.0.113.9", 200),
    ],
)
def test_key_opens_from_its_networks(
    api: ApiClient, make_key: MakeKey, networks: list[str], address: str, status: int
) -> None:
    key = make_key(networks=networks)

    answer = api.with_key(key).get("/api-key", environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == status
    if status == 403:
        assert answer.json is not None
        assert answer.json["code"] == "address_not_allowed"


@pytest.mark.parametrize(
    "name", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"]
)
def test_caller_names_no_address_of_its_own(api: ApiClient, make_key: MakeKey, name: str) -> None:
    key = make_key(networks=["10.20.0.0/16"])
    value = "for=10.20.0.1" if name == "Forwarded" else "10.20.0.1"

    assert api.with_key(key).get("/api-key", headers={name: value}).status_code == 403


@pytest.mark.parametrize("name", ["X-Forwarded-Proto", "X-Forwarded-Ssl", "Front-End-Https"])
def test_caller_names_no_scheme_of_its_own(api: ApiClient, name: str) -> None:
    value = "https" if name == "X-Forwarded-Proto" else "on"

    assert api.get("/api-key", base_url=PLAIN, headers={name: value}).status_code == 403


@pytest.fixture
def proxied(database_url: str, clock: SettableClock) -> Iterator[FlaskClient]:
    """A client of the service behind one reverse proxy."""
    settings = make_settings(database_url, PROXY_HOPS="1")
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys(), clock=clock))
    yield app.test_client()
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def test_behind_a_proxy_its_own_word_counts_alone(proxied: FlaskClient, make_key: MakeKey) -> None:
    api = ApiClient(proxied, make_key(networks=["10.20.0.0/16"]))
    https = {"X-Forwarded-Proto": "https"}

    def ask(forwarded: str, **more: str) -> int:
        headers = {"X-Forwarded-For": forwarded, **https, **more}
        return api.get("/api-key", base_url=PLAIN, headers=headers).status_code

    assert ask("10.20.0.1") == 200
    assert ask("10.20.0.1, 203.0.113.9") == 403
    assert ask("203.0.113.9, 10.20.0.1") == 200
    assert ask("10.20.0.1", **{"X-Forwarded-Proto": "https, http"}) == 403


def test_on_this_machine_plain_http_is_enough(
    database_url: str, clock: SettableClock, make_key: MakeKey
) -> None:
    settings = make_settings(database_url, BASE_URL="http://127.0.0.1:8000")
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys(), clock=clock))
    api = ApiClient(app.test_client(), make_key())

    assert api.get("/api-key", base_url="http://127.0.0.1:8000").status_code == 200
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/api-key", {"GET", "HEAD", "OPTIONS"}),
        ("DELETE", "/api-key", {"GET", "HEAD", "OPTIONS"}),
        ("TRACE", "/api-key", {"GET", "HEAD", "OPTIONS"}),
        ("POST", "/openapi.json", {"GET", "HEAD", "OPTIONS"}),
    ],
)
def test_wrong_method_is_told_the_right_ones(
    api: ApiClient, method: str, path: str, allowed: set[str]
) -> None:
    answer = api.ask(method, path)

    assert answer.status_code == 405
    assert {part.strip() for part in answer.headers["Allow"].split(",")} == allowed
    assert answer.json is not None
    assert answer.json["code"] == "method_not_allowed"


@pytest.mark.parametrize(
    ("accepted", "status"),
    [
        ("application/json", 200),
        ("application/*;q=0.5, text/html", 200),
        ("*/*", 200),
        ("application/problem+json", 200),
        ("text/html", 406),
        ("application/xml, text/html;q=0.9", 406),
        ("application/json;q=0", 406),
    ],
)
def test_whoever_takes_no_json_gets_none(api: ApiClient, accepted: str, status: int) -> None:
    answer = api.get("/api-key", headers={"Accept": accepted})

    assert answer.status_code == status


def test_headers_of_answers(api: ApiClient) -> None:
    answer = api.get("/api-key")

    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Authorization, Accept-Language"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    # Nothing below /api is a page that a search engine would show.
    assert "X-Robots-Tag" not in answer.headers
    assert answer.headers["Strict-Transport-Security"]
    assert "Set-Cookie" not in answer.headers


def test_problems_are_kept_nowhere_and_name_their_request(api: ApiClient) -> None:
    answer = api.get("/nothing")

    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.json is not None
    assert answer.json["request_id"] == answer.headers["X-Request-ID"]


def test_page_of_another_site_has_nothing_to_abuse(api: ApiClient) -> None:
    answer = api.post(
        "/api-key", headers={"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    )

    assert answer.status_code == 405
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_log_names_the_key_and_no_secret(api: ApiClient, capfd: pytest.CaptureFixture[str]) -> None:
    api.get("/api-key?secret=geheim")

    written = "".join(capfd.readouterr())
    assert api.key is not None
    assert f"key={api.key[:12]}" in written
    assert api.key[13:] not in written
    assert "geheim" not in written
