"""What a browser without scripts sends for each button of a page, all fields left as they are."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from werkzeug.datastructures import MultiDict

Given = dict[str, str]


@dataclass
class Form:
    """One form: where it goes, its fields as they stand, its submitting buttons."""

    method: str
    action: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    buttons: list[Given] = field(default_factory=list)


@dataclass(frozen=True)
class Press:
    """One press: the path that it posts to, and what is sent."""

    path: str
    sent: MultiDict[str, str]


def list_presses(html: str, url: str) -> Iterator[Press]:
    """Yield a press of each button of the page at `url` that posts."""
    for form in _Reader(html).forms:
        for button in form.buttons if form.method == "post" else ():
            target = urlsplit(urljoin(url, button.get("formaction") or form.action))
            pressed = [(button["name"], button.get("value", ""))] if "name" in button else []
            yield Press(
                f"{target.path}?{target.query}" if target.query else target.path,
                MultiDict([*form.fields, *pressed]),
            )


class _Reader(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self._by_id: dict[str, Form] = {}
        self._inside: Form | None = None
        self._area: tuple[Form, str, str] | None = None
        self._choice: tuple[Form, str] | None = None
        self._adrift: list[tuple[str, Given]] = []
        self.feed(html)
        for name, button in self._adrift:
            self._by_id[name].buttons.append(button)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = Form(given.get("method", "get").lower(), given.get("action", ""))
            self._by_id[given.get("id", "")] = self._inside
            self.forms.append(self._inside)
        elif tag == "button" and given.get("type", "submit") == "submit":
            self._take_button(given)
        elif tag == "option":
            self._take_option(given)
        elif self._inside and "name" in given and "disabled" not in given:
            self._take_field(self._inside, tag, given)

    def handle_data(self, data: str) -> None:
        if self._area:
            form, name, text = self._area
            self._area = form, name, text + data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = None
        elif tag == "textarea" and self._area:
            form, name, text = self._area
            form.fields.append((name, text.removeprefix("\n")))
            self._area = None
        elif tag == "select":
            self._choice = None

    def _take_button(self, given: Given) -> None:
        if "form" in given:
            self._adrift.append((given["form"], given))
        elif self._inside:
            self._inside.buttons.append(given)

    def _take_option(self, given: Given) -> None:
        if not self._choice:
            return
        form, name = self._choice
        if name not in dict(form.fields):
            form.fields.append((name, given.get("value", "")))
        elif "selected" in given:
            form.fields[-1] = name, given.get("value", "")

    def _take_field(self, form: Form, tag: str, given: Given) -> None:
        if tag == "select":
            self._choice = form, given["name"]
        elif tag == "textarea":
            self._area = form, given["name"], ""
        elif tag == "input":
            kind = given.get("type", "text")
            if kind == "file" or (kind in {"checkbox", "radio"} and "checked" not in given):
                return
            form.fields.append((given["name"], given.get("value", "on")))
