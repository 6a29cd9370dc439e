"""A plain form client: opens a mailed link, fills what it finds, presses the first button.

It knows HTML forms and nothing of Dönüt's insides, so it proves that a browser without scripts
can answer. Typed answers are looked up by field name; choices are drawn.
"""

import http.client
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

MOST_PAGES = 20
TYPED = {"text", "number", "date", "email", "tel"}


@dataclass
class Form:
    """One form of a page: what it would send, and what a person could choose."""

    action: str
    fixed: list[tuple[str, str]] = field(default_factory=list)
    choices: dict[str, list[str]] = field(default_factory=dict)
    boxes: dict[str, list[str]] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    button: tuple[str, str] | None = None

    @property
    def asks(self) -> bool:
        """Whether there is anything to answer in it."""
        return bool(self.choices or self.boxes or self.typed)


class _Reader(HTMLParser):
    def __init__(self, page_url: str) -> None:
        super().__init__()
        self.page_url = page_url
        self.forms: list[Form] = []
        self._open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._open = given.get("method", "get").lower() == "post"
            if self._open:
                self.forms.append(Form(urljoin(self.page_url, given.get("action", ""))))
            return
        if self._open and "disabled" not in given:
            self._take(tag, given)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = False

    def _take(self, tag: str, given: Mapping[str, str]) -> None:
        form, name, value = self.forms[-1], given.get("name", ""), given.get("value", "")
        kind = given.get("type", "submit" if tag == "button" else "text").lower()
        if tag == "button" or kind == "submit":
            form.button = form.button or (name, value)
        elif tag == "textarea" or (tag == "input" and kind in TYPED):
            form.typed.append(name)
        elif tag == "input" and kind == "hidden":
            form.fixed.append((name, value))
        elif tag == "input" and kind == "radio":
            form.choices.setdefault(name, []).append(value)
        elif tag == "input" and kind == "checkbox":
            form.boxes.setdefault(name, []).append(value)


def read_form(page: str, page_url: str) -> Form | None:
    """Return the first form of the page that asks something, or None."""
    reader = _Reader(page_url)
    reader.feed(page)
    return next((form for form in reader.forms if form.asks), None)


def fill(form: Form, typed: Mapping[str, str], rng: random.Random) -> list[tuple[str, str]]:
    """Return the pairs that a browser would send after somebody chose and typed."""
    chosen = [(name, rng.choice(values)) for name, values in form.choices.items()]
    ticked = [(name, rng.choice(values)) for name, values in form.boxes.items()]
    written = [(name, typed.get(name, "")) for name in form.typed]
    pressed = [form.button] if form.button and form.button[0] else []
    return [*form.fixed, *chosen, *ticked, *written, *pressed]


class Browser:
    """One kept connection to one host, following redirects as a browser does."""

    def __init__(self, base_url: str) -> None:
        parts = urlsplit(base_url)
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._connection = http.client.HTTPConnection(parts.netloc, timeout=60)

    def open(self, url: str, pairs: list[tuple[str, str]] | None = None) -> tuple[str, int, str]:
        """GET (or POST `pairs`); return the final address, status and page."""
        body = None if pairs is None else urlencode(pairs)
        headers = {"Origin": self.origin}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        method = "GET" if body is None else "POST"
        self._connection.request(method, url.removeprefix(self.origin), body, headers)
        answer = self._connection.getresponse()
        page = answer.read().decode()
        target = answer.getheader("Location")
        if answer.status in {302, 303} and target:
            return self.open(urljoin(url, target))
        return url, answer.status, page


def answer_survey(
    browser: Browser, link: str, *, typed: Mapping[str, str], rng: random.Random
) -> bool:
    """Walk from a mailed link to the last page; True when every page was taken."""
    url, status, page = browser.open(link)
    for _ in range(MOST_PAGES):
        form = read_form(page, url)
        if form is None:
            return status == http.client.OK
        url, status, page = browser.open(form.action, fill(form, typed, rng))
        if status >= http.client.BAD_REQUEST:
            return False
    return False


def find_survey_link(mail_text: str) -> str | None:
    """Return the personal link in the text part of a mail, without a pre-selected answer."""
    found = re.search(r"https?://\S+/s/[a-z2-7]{32}(?![?\w])", mail_text)
    return found.group() if found else None
