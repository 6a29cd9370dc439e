"""A browser without scripts: opens pages, fills what it finds, presses the first button.

It knows HTML and nothing of Dönüt's insides.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

Fields = dict[str, list[str]]


@dataclass
class Form:
    """A form as it stands on a page; `fields` is what would be sent without its buttons."""

    action: str
    method: str
    fields: Fields = field(default_factory=dict)
    options: Fields = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)

    def filled(self, answers: Mapping[str, list[str] | str], button: int = 0) -> Fields:
        """Return what a browser sends after `answers` were put in and a button was pressed."""
        sent = dict(self.fields)
        for name, value in answers.items():
            if name in self.kinds:
                sent[name] = [value] if isinstance(value, str) else value
        name, value = self.buttons[button]
        return {**sent, name: [value]}


class Page(HTMLParser):
    """What a page holds: its forms, links and ids."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self._text_area: str | None = None
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.tags.append((tag, given))
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given.get("href", ""))
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), given.get("method", "get")))
        elif self.forms and given.get("name") and tag in {"input", "textarea", "button"}:
            self._take(tag, given)

    def handle_data(self, data: str) -> None:
        if self._text_area is not None:
            # A browser drops the line break right after the tag.
            self.forms[-1].fields[self._text_area] = [data.removeprefix("\n")]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._text_area = None

    def _take(self, tag: str, given: dict[str, str]) -> None:
        form, name, value = self.forms[-1], given["name"], given.get("value", "")
        kind = given.get("type", tag)
        if tag == "button":
            form.buttons.append((name, value))
            return
        form.kinds[name] = kind
        if kind in {"radio", "checkbox"}:
            form.options.setdefault(name, []).append(value)
            if "checked" in given:
                form.fields.setdefault(name, []).append(value)
        else:
            form.fields[name] = [value]
        if tag == "textarea":
            form.fields[name] = [""]
            self._text_area = name


def read_form(response: TestResponse) -> Form:
    """Return the page's only form."""
    (form,) = Page(response.text).forms
    return form


def press(
    client: FlaskClient,
    page: TestResponse,
    answers: Mapping[str, list[str] | str] | None = None,
    *,
    button: int = 0,
) -> TestResponse:
    """Fill the page's form, press a button and follow where it leads."""
    form = read_form(page)
    sent = form.filled(answers or {}, button)
    return client.post(form.action, data=sent, follow_redirects=True)


def fill_generically(form: Form) -> dict[str, list[str] | str]:
    """Return something for every field, knowing only its kind: the first option, a number."""
    usual = {"number": "1", "email": "ad@example.com", "tel": "05321234567"}
    answers: dict[str, list[str] | str] = {}
    for name, kind in form.kinds.items():
        if kind == "hidden":
            continue
        answers[name] = form.options[name][0] if name in form.options else usual.get(kind, "")
    return answers
