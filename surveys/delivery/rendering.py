"""A letter and an addressee made into subject, text and HTML.

Jinja sees the layouts of `mail_templates/`, which are code; what staff or the roster wrote reaches
it as finished values only. Templates are compiled once a process; styles are set into the finished
HTML (into the template they would move its loops out of their tables).
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from css_inline import CSSInliner
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template, select_autoescape

from surveys.delivery.letters import Letter
from surveys.delivery.links import Links, answer_link
from surveys.delivery.markup import Body, parse, to_html, to_text
from surveys.delivery.placeholders import Person, fill, values_of

TEMPLATES: Final = Path(__file__).resolve().parents[2] / "mail_templates"
LONGEST_SUBJECT: Final = 120

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
class _Answer:
    text: str
    link: str


def render(letter: Letter, *, person: Person, links: Links) -> RenderedMail:
    """Return the mail. Raises PlaceholderEmpty."""
    body, values, context = _prepare(letter, person, links)
    return RenderedMail(
        subject=context["subject"],
        text=_template(letter, "body.txt").render(
            context, before=to_text(body.before, values), after=to_text(body.after, values)
        ),
        html=_inliner.inline(_render_html(letter, body, values, context)),
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
    body, values, context = _prepare(letter, person, links)
    return RenderedPage(
        html=_render_html(letter, body, values, {**context, "is_page": True}),
        style_source=_style_source(),
    )


@lru_cache
def default_text(language: str, kind: str) -> str:
    """Return what a mail says when staff wrote nothing, in staff's own notation."""
    return (TEMPLATES / language / kind / "text.txt").read_text(encoding="utf-8")


def _prepare(
    letter: Letter, person: Person, links: Links
) -> tuple[Body, dict[str, str], dict[str, Any]]:
    values = values_of(
        person, survey_title=letter.survey_title, closes_on=letter.closes_on, link=links.answer
    )
    context = {
        "letter": letter,
        "links": links,
        "choices": _list_answers(letter, links),
        "is_page": False,
    }
    subject = _template(letter, "subject.txt").render(context, subject=fill(letter.subject, values))
    body = parse(letter.text or default_text(letter.language, letter.kind))
    return body, values, {**context, "subject": _shorten(subject)}


def _render_html(
    letter: Letter, body: Body, values: dict[str, str], context: dict[str, Any]
) -> str:
    return _template(letter, "body.html").render(
        context, before=to_html(body.before, values), after=to_html(body.after, values)
    )


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
