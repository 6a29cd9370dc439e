"""A letter and an addressee made into subject, text and HTML.

Jinja sees the layouts of `mail_templates/`, which are code; what staff wrote reaches it as finished
values only, and what the roster holds never does: a letter is laid out once, with marks in the
places of what is personal. Styles are set into the finished HTML (into the template they would move
its loops out of their tables).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape
from markupsafe import escape

from surveys.delivery.letters import Letter
from surveys.delivery.links import Links, answer_link
from surveys.delivery.markup import parse, to_html, to_text
from surveys.delivery.patterns import Marks, Pattern
from surveys.delivery.placeholders import Person, Place, fill, values_of
from surveys.delivery.quoting import join_pieces, quote_piece

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "mail_templates"
LONGEST_SUBJECT: Final = 120
SUBJECT: Final = Place("subject")

_environment: Final = Environment(
    loader=FileSystemLoader(TEMPLATES),
    autoescape=select_autoescape(enabled_extensions=("html",)),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    auto_reload=False,
)
_inliner: Final = CSSInliner(keep_at_rules=True, load_remote_stylesheets=False)


@dataclass(frozen=True)
class RenderedMail:
    """What one person reads; `html` has its styles at the elements, as mail programs need it."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class RenderedPage:
    """A mail as a web page; `style_source` is what lets its one style block pass a CSP."""

    html: str
    style_source: str


@dataclass(frozen=True)
class _LaidOut:
    subject: Pattern
    text: Pattern
    html: Pattern


@dataclass(frozen=True)
class _Answer:
    text: str
    link: str


def render(letter: Letter, *, person: Person, links: Links) -> RenderedMail:
    """Return the mail as it is read. Raises PlaceholderEmpty."""
    laid_out = _lay_out(letter, is_page=False)
    values = _values(letter, laid_out, person, links)
    return RenderedMail(
        subject=values["subject"],
        text=laid_out.text.fill(values),
        html=laid_out.html.fill(values, write=escape),
    )


def render_quoted(letter: Letter, *, person: Person, links: Links) -> RenderedMail:
    """Return the mail with its bodies in quoted-printable. Raises PlaceholderEmpty."""
    laid_out = _quote(letter)
    values = _values(letter, laid_out, person, links)
    return RenderedMail(
        subject=values["subject"],
        text=join_pieces(laid_out.text.fill(values, write=quote_piece)),
        html=join_pieces(
            laid_out.html.fill(values, write=lambda value: quote_piece(escape(value)))
        ),
    )


def render_layout(folder: str, values: Mapping[str, object]) -> RenderedMail:
    """Return what the three files of a layout's folder make of finished `values`."""
    subject, text, html = (
        _environment.get_template(f"{folder}/{name}")
        for name in ("subject.txt", "body.txt", "body.html")
    )
    line = _shorten(subject.render(values))
    known = {**values, "subject": line}
    return RenderedMail(
        subject=line, text=text.render(known), html=_inliner.inline(html.render(known))
    )


def render_page(letter: Letter, *, person: Person, links: Links) -> RenderedPage:
    """Return the mail as it is shown in a browser. Raises PlaceholderEmpty."""
    laid_out = _lay_out(letter, is_page=True)
    values = _values(letter, laid_out, person, links)
    return RenderedPage(html=laid_out.html.fill(values, write=escape), style_source=_style_source())


@lru_cache
def default_text(language: str, kind: str) -> str:
    """Return what a mail says when staff wrote nothing, in staff's own notation."""
    return (TEMPLATES / language / kind / "text.txt").read_text(encoding="utf-8")


# Laying out takes thirty times as long as filling, and a mailing has thousands of people.
@lru_cache(maxsize=64)
def _lay_out(letter: Letter, *, is_page: bool) -> _LaidOut:
    marks = Marks()
    links = Links(**{field.name: marks.put(Place(field.name)) for field in fields(Links)})
    body = parse(letter.text or default_text(letter.language, letter.kind))
    context = {
        "letter": letter,
        "links": links,
        "choices": _list_answers(letter, links),
        "is_page": is_page,
    }
    subject = _template(letter, "subject.txt").render(
        context, subject=fill(letter.subject, marks.put)
    )
    text = _template(letter, "body.txt").render(
        context, before=to_text(body.before, marks.put), after=to_text(body.after, marks.put)
    )
    html = _template(letter, "body.html").render(
        context,
        subject=marks.put(SUBJECT),
        before=to_html(body.before, marks.put),
        after=to_html(body.after, marks.put),
    )
    return _LaidOut(
        subject=marks.read(subject),
        text=marks.read(text),
        html=marks.read(html if is_page else _inliner.inline(html)),
    )


@lru_cache(maxsize=64)
def _quote(letter: Letter) -> _LaidOut:
    laid_out = _lay_out(letter, is_page=False)
    return replace(
        laid_out,
        text=laid_out.text.translate(quote_piece),
        html=laid_out.html.translate(quote_piece),
    )


def _values(letter: Letter, laid_out: _LaidOut, person: Person, links: Links) -> dict[str, str]:
    """Return what is put into the places; the page's title is the subject as it was cut."""
    known = values_of(
        person, survey_title=letter.survey_title, closes_on=letter.closes_on, link=links.answer
    )
    subject = _shorten(laid_out.subject.fill(known))
    return {**known, **vars(links), SUBJECT.name: subject}


def _template(letter: Letter, name: str) -> Template:
    return _environment.get_template(f"{letter.language}/{letter.kind}/{name}")


def _list_answers(letter: Letter, links: Links) -> list[_Answer]:
    question = letter.question
    if question is None:
        return []
    return [
        _Answer(choice.text, answer_link(links, question=question.code, value=choice.value))
        for choice in question.choices
    ]


def _shorten(subject: str) -> str:
    line = " ".join(subject.split())
    return line if len(line) <= LONGEST_SUBJECT else f"{line[: LONGEST_SUBJECT - 1].rstrip()}…"


@lru_cache
def _style_source() -> str:
    style = _environment.get_template("mail.css").render()
    digest = base64.b64encode(sha256(style.encode()).digest()).decode()
    return f"'sha256-{digest}'"
