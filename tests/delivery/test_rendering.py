"""Each layout with people and texts that break careless templates."""

import base64
import hashlib
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

import pytest
from jinja2 import UndefinedError

from surveys.delivery.letters import Choice, MailQuestion
from surveys.delivery.placeholders import Person, PlaceholderEmpty
from surveys.delivery.rendering import TEMPLATES, default_text, render, render_page
from tests.delivery.mails import (
    CHOICES,
    KINDS,
    LANGUAGES,
    NPS,
    PERSON,
    SCALE,
    make_letter,
    make_links,
)

LINKS = make_links()
NASTY = [
    Person("İnci Işıl", "ÇAĞRI"),
    Person("Conan", "O'Brien"),
    Person("<script>alert(1)</script>", "& Söhne"),
    Person("{{ 7*7 }}{% raw %}", "{soyad} **x** $& \\1"),
    Person("x" * 100, "y" * 100),
    Person("", ""),
]
each_kind = pytest.mark.parametrize("kind", KINDS)
each_language = pytest.mark.parametrize("language", LANGUAGES)
each_question = pytest.mark.parametrize("question", [NPS, SCALE, CHOICES])


class WithoutEnds(NamedTuple):
    """A scale question that lacks the words at its ends."""

    code: str
    text: str
    choices: tuple[Choice, ...]
    is_scale: bool = True


class Elements(HTMLParser):
    """The elements of a page, each with its attributes, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def links(self) -> list[str]:
        return [attributes["href"] or "" for tag, attributes in self.found if tag == "a"]

    def text(self) -> str:
        return " ".join(" ".join(self.texts).split())


@each_language
@each_kind
@pytest.mark.parametrize("person", NASTY)
def test_every_layout_stands_nasty_names(language: str, kind: str, person: Person) -> None:
    letter = make_letter(language, kind=kind, question=NPS)

    mail = render(letter, person=person, links=LINKS)

    full_name = f"{person.given_name} {person.family_name}".strip()
    assert len(mail.subject) <= 120
    assert len(mail.html.encode()) < 90_000
    assert full_name in mail.text
    assert full_name in Elements(mail.html).text()


@each_language
@each_kind
def test_both_parts_hold_the_links_of_the_survey_the_opt_out_and_the_notice(
    language: str, kind: str
) -> None:
    mail = render(make_letter(language, kind=kind), person=PERSON, links=LINKS)

    shown = Elements(mail.html).links()
    for link in (LINKS.answer, LINKS.unsubscribe, LINKS.privacy, LINKS.view):
        assert link in shown
        assert f"\n{link}\n" in mail.text
    assert "mezun@example.edu.tr" in mail.text


@each_language
@each_kind
def test_html_loads_nothing_and_leads_nowhere_else(language: str, kind: str) -> None:
    letter = make_letter(language, kind=kind, question=CHOICES)

    page = Elements(render(letter, person=PERSON, links=LINKS).html)

    allowed = ("https://anket.example.edu.tr/", "mailto:mezun@example.edu.tr")
    assert all(link.startswith(allowed) for link in page.links())
    assert not {"img", "script", "link", "iframe", "form"} & {tag for tag, _ in page.found}
    assert not [a for _, attributes in page.found for a in attributes if a.startswith("on")]


@each_language
def test_html_is_fit_for_screen_readers_and_dark_mode(language: str) -> None:
    page = Elements(render(make_letter(language), person=PERSON, links=LINKS).html)

    tables = [attributes for tag, attributes in page.found if tag == "table"]
    assert ("html", {"lang": language}) in page.found
    assert all(attributes["role"] == "presentation" for attributes in tables)
    assert ("meta", {"name": "color-scheme", "content": "light dark"}) in page.found
    assert "prefers-color-scheme: dark" in page.text()


@each_language
@each_question
def test_answers_stand_as_the_same_links_in_both_parts(
    language: str, question: MailQuestion
) -> None:
    letter = make_letter(language, question=question)

    mail = render(letter, person=PERSON, links=LINKS)

    shown = Elements(mail.html).links()
    for choice in question.choices:
        link = f"{LINKS.answer}?s={question.code}:{choice.value}"
        assert link in shown
        assert f"\n{choice.text}: {link}\n" in mail.text


@pytest.mark.parametrize(
    ("question", "low", "high"),
    [(NPS, "hiç olası değil", "çok olası"), (SCALE, "Hiç memnun değilim", "Çok memnunum")],
)
def test_words_stand_beside_the_ends_of_a_scale(
    question: MailQuestion, low: str, high: str
) -> None:
    first, last = question.choices[0].text, question.choices[-1].text

    mail = render(make_letter(question=question), person=PERSON, links=LINKS)

    assert f"({first}: {low}, {last}: {high})" in mail.text
    assert f"{first} : {low}, {last} : {high}" in Elements(mail.html).text()


@each_language
@each_kind
def test_demo_mails_say_so_in_subject_and_both_parts(language: str, kind: str) -> None:
    demo = {"tr": ("[Gösterim] ", "Gösterim amaçlı örnek"), "en": ("[Demo] ", "Demo, for show")}
    real, shown = (
        render(make_letter(language, kind=kind, is_demo=is_demo), person=PERSON, links=LINKS)
        for is_demo in (False, True)
    )

    prefix, mark = demo[language]
    assert shown.subject == prefix + real.subject
    assert mark in shown.text
    assert mark in Elements(shown.html).text()
    assert mark not in real.html + real.text


def test_invitation_says_who_why_how_long_and_until_when() -> None:
    mail = render(make_letter(), person=PERSON, links=LINKS)

    page = Elements(mail.html).text()
    for content in (mail.text, page):
        assert "Kariyer ve Mezunlar Ofisi" in content
        assert "Mezunlarımızın iş yaşamını" in content
        assert "yaklaşık 4 dakika" in content
        assert "Son gün: 31 Aralık 2026" in content
        assert "Bu e-posta bana neden geldi?" in content


def test_staff_text_is_text_and_no_template() -> None:
    text = "{ad}, <b>{{ 7*7 }}</b> {% for x in y %} 5 < 6 & 7\n\n- **{soyad}**\n- iki"

    mail = render(make_letter(text=text), person=PERSON, links=LINKS)

    assert mail.text.startswith(
        "Işıl, <b>{{ 7*7 }}</b> {% for x in y %} 5 < 6 & 7\n\n- Yılmaz\n- iki\n"
    )
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt; {% for x in y %} 5 &lt; 6 &amp; 7" in mail.html
    assert re.search(r"<li[^>]*><strong>Yılmaz</strong></li>", mail.html)


def test_button_stands_where_staff_put_the_link() -> None:
    text = "Önce\n\n{link}\n\nSonra, yine {link}"

    mail = render(make_letter(text=text), person=PERSON, links=LINKS)

    page = Elements(mail.html)
    assert page.text().index("Önce") < page.text().index("Ankete başla")
    assert page.text().index("Ankete başla") < page.text().index("Sonra, yine")
    assert page.links().count(LINKS.answer) == 2
    assert f"Sonra, yine {LINKS.answer}" in mail.text


def test_long_subjects_are_cut_with_an_ellipsis() -> None:
    letter = make_letter(subject="{ad} " + "konu " * 40)

    subject = render(letter, person=PERSON, links=LINKS).subject

    assert len(subject) <= 120
    assert subject.startswith("Işıl konu konu")
    assert subject.endswith("…")


def test_an_empty_value_without_fallback_is_refused() -> None:
    person = replace(PERSON, programme=None)

    with pytest.raises(PlaceholderEmpty):
        render(make_letter(text="{program} mezunumuz,"), person=person, links=LINKS)


def test_a_layout_that_names_the_unknown_fails() -> None:
    lacks_its_ends = WithoutEnds("q", "?", SCALE.choices)

    with pytest.raises(UndefinedError):
        render(make_letter(question=lacks_its_ends), person=PERSON, links=LINKS)


@each_language
@each_kind
def test_every_kind_has_its_four_files_and_a_text_without_faults(language: str, kind: str) -> None:
    names = {path.name for path in (TEMPLATES / language / kind).iterdir()}

    assert names == {"subject.txt", "body.txt", "body.html", "text.txt"}
    assert default_text(language, kind).startswith(("Sayın {ad_soyad|", "Dear {ad_soyad|"))


@each_kind
def test_page_brings_one_style_block_that_its_policy_names(kind: str) -> None:
    page = render_page(make_letter(kind=kind, question=NPS), person=PERSON, links=LINKS)

    (style,) = re.findall(r"<style>(.*?)</style>", page.html, re.DOTALL)
    assert page.style_source == f"'sha256-{digest(style)}'"
    assert " style=" not in page.html
    assert LINKS.view not in page.html
    assert LINKS.answer in unescape(page.html)


def digest(style: str) -> str:
    return base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
