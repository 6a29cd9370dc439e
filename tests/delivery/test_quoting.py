"""Bodies on the wire: what is quoted in pieces reads back as the whole."""

import quopri

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from surveys.delivery.links import personal_links
from surveys.delivery.placeholders import Person
from surveys.delivery.quoting import join_pieces, quote, quote_piece
from surveys.delivery.rendering import render, render_quoted
from surveys.tokens import new_public_id
from tests.delivery.mails import KINDS, LANGUAGES, NPS, make_letter

TEXTS = st.text(alphabet=st.sampled_from("ab .=\t\nİğ😀_-"), max_size=200)


def read(quoted: str) -> str:
    """Return what a mail program reads."""
    return quopri.decodestring(quoted.encode("ascii")).decode().replace("\r\n", "\n")


@given(TEXTS)
def test_a_body_reads_back_without_the_end_of_its_last_line(text: str) -> None:
    assert read(quote(text)) == "\n".join(text.splitlines())


@given(st.lists(TEXTS, max_size=6))
@example(["x" * 75, "y" * 76, "z" * 77, " ", ".", "\n", "."])
@example(["satır sonunda boşluk ", " başında boşluk"])
def test_pieces_read_back_as_the_whole(pieces: list[str]) -> None:
    quoted = join_pieces("".join(map(quote_piece, pieces)))

    assert read(quoted) == "".join(pieces)
    assert max(map(len, quoted.split("\r\n"))) <= 76


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["Işıl", "O'Brien & <Söhne>", ".", "=3D", "x" * 100])
def test_what_goes_over_the_wire_is_what_previews_show(language: str, kind: str, name: str) -> None:
    letter = make_letter(language, kind=kind, question=NPS)
    links = personal_links(
        "https://anket.example.edu.tr",
        key=b"key",
        public_id=new_public_id(),
        epoch=1,
        survey_code="anket",
    )

    sent = render_quoted(letter, person=Person(name, "Yılmaz"), links=links)

    shown = render(letter, person=Person(name, "Yılmaz"), links=links)
    assert sent.subject == shown.subject
    assert (read(sent.text), read(sent.html)) == (shown.text, shown.html)
