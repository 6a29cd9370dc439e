"""Every form on every page of staff works in a browser without scripts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from tests.journeys.seeding import PASSWORD, Office, seed_office
from tests.journeys.staff_pages import list_endpoints, list_examples
from tests.web.staff.conftest import BASE_URL, Browser

# Dragging stands beside buttons that do the same; the audience of a live survey is only shown.
WITHOUT_BUTTONS = {"drop", "audience"}


@dataclass
class Form:
    """One form: where it goes, the types of its buttons, and its token."""

    name: str
    method: str
    actions: list[str]
    buttons: list[str] = field(default_factory=list)
    token: str = ""


class Forms(HTMLParser):
    """The forms of a page, with the buttons outside that belong to one by its id."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._inside: Form | None = None
        self._adrift: list[tuple[str, dict[str, str]]] = []
        self.feed(html)
        for name, given in self._adrift:
            self._take_button(self._by_id[name], given)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            name, method = given.get("id", ""), given.get("method", "get").lower()
            self._inside = self._by_id[name] = Form(name, method, [given.get("action", "")])
            self.forms.append(self._inside)
        elif tag == "button" and "form" in given:
            self._adrift.append((given["form"], given))
        elif self._inside and tag == "button":
            self._take_button(self._inside, given)
        elif self._inside and given.get("name") == "csrf_token":
            self._inside.token = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None

    def _take_button(self, form: Form, given: dict[str, str]) -> None:
        form.buttons.append(given.get("type", "submit"))
        if "formaction" in given:
            form.actions.append(given["formaction"])


@pytest.fixture
def office(app: Flask, session: Session) -> Office:
    return seed_office(session, keys=app.extensions["donut"].keys)


@pytest.fixture
def admin(browser: Browser, office: Office) -> Browser:
    """The browser of the office's admin."""
    assert browser.sign_in(office.admin.email, PASSWORD).status_code in {302, 303}
    return browser


def find_faults(app: Flask, path: str, html: str) -> Iterator[str]:
    adapter = app.url_map.bind("anket.example.edu.tr", url_scheme="https")
    for form in Forms(html).forms:
        for action in form.actions:
            target = urlsplit(urljoin(BASE_URL + path, action)).path
            try:
                adapter.match(target, method=form.method.upper())
            except RequestRedirect:
                pass
            except HTTPException:
                yield f"{path}: {form.method} {target} is no route"
        if form.method == "post" and not form.token:
            yield f"{path}: {form.actions[0]} carries no token"
        if set(form.buttons) != {"submit"} and form.name not in WITHOUT_BUTTONS:
            yield f"{path}: {form.actions[0]} has the buttons {form.buttons}"


def test_every_page_has_an_example(app: Flask, session: Session, office: Office) -> None:
    assert set(list_examples(session, office)) == list_endpoints(app)


def test_every_form_names_a_route_carries_the_token_and_has_real_buttons(
    app: Flask, session: Session, admin: Browser, office: Office
) -> None:
    paths = [path for paths in list_examples(session, office).values() for path in paths]

    pages = {path: admin.get(path, follow_redirects=True) for path in paths}

    faults = [
        fault
        for path, page in pages.items()
        for fault in find_faults(app, page.request.path, page.get_data(as_text=True))
    ]
    assert faults == []
    assert sum(len(Forms(page.get_data(as_text=True)).forms) for page in pages.values()) > len(
        paths
    )
