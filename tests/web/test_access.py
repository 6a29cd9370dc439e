"""Every route says who may open it, and what it says is what happens."""

from flask import Flask
from flask.testing import FlaskClient

from models import Role
from surveys.serving import access as serving
from surveys.web.access import Access, find_access, public, staff_only

OPEN_STAFF_PATHS = {
    "/login",
    "/login/code",
    "/login/forgotten",
    "/login/link/<secret>",
    "/login/oidc",
    "/login/oidc/return",
}


def test_every_route_says_who_may_open_it(app: Flask) -> None:
    silent = [
        rule.rule
        for rule in app.url_map.iter_rules()
        if serving.find_access(app.view_functions[rule.endpoint]) is None
    ]

    assert not silent, "mark the view: surveys.web.access for pages, surveys.api.access for keys"


def test_staff_pages_are_those_that_ask_for_a_sign_in(app: Flask) -> None:
    staff = {r.rule for r in app.url_map.iter_rules() if r.endpoint.startswith("staff.")}
    asking = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if (access := find_access(app.view_functions[rule.endpoint])) and access.role
    }

    assert asking == staff - OPEN_STAFF_PATHS


def test_staff_forms_and_the_login_need_the_token(app: Flask) -> None:
    without = {
        rule.rule
        for rule in app.url_map.iter_rules()
        if (access := find_access(app.view_functions[rule.endpoint]))
        and not access.needs_token
        and rule.endpoint.startswith("staff.")
    }

    assert not without


def test_route_that_says_nothing_is_shut(app: Flask) -> None:
    app.add_url_rule("/forgotten", view_func=lambda: "secret")

    answer = app.test_client().get("/forgotten")

    assert answer.status_code == 403
    assert b"secret" not in answer.data


def test_unknown_address_is_not_found(client: FlaskClient) -> None:
    assert client.get("/nothing").status_code == 404


def test_markers_say_what_a_view_asks() -> None:
    def view() -> str:
        return ""

    before = find_access(view)
    public(view)
    opened = find_access(view)
    staff_only(Role.ADMIN)(view)

    assert before is None
    assert opened == Access(role=None, needs_token=False)
    assert find_access(view) == Access(role=Role.ADMIN, needs_token=True)
