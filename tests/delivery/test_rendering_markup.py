"""Staff's notation: paragraphs, lists, bold, the button; the same text for both parts."""

import pytest

from surveys.delivery.markup import parse, to_html, to_text
from surveys.delivery.placeholders import PLACEHOLDERS, Place

VALUES = dict.fromkeys(PLACEHOLDERS, "x") | {"ad": "**Ali** <b>", "link": "https://x.example/s/a"}


def put(place: Place) -> str:
    """Put what VALUES has."""
    return place.read(VALUES)


@pytest.mark.parametrize(
    ("text", "html"),
    [
        ("bir\n\niki", "<p>bir</p>\n<p>iki</p>"),
        ("bir\niki", "<p>bir<br>\niki</p>"),
        ("  bir \r\n\r\n \t\r\n iki ", "<p>bir</p>\n<p>iki</p>"),
        ("- bir\n- iki", "<ul><li>bir</li><li>iki</li></ul>"),
        ("Şunlar:\n- bir\nson", "<p>Şunlar:</p>\n<ul><li>bir</li></ul>\n<p>son</p>"),
        ("**koyu** ve **iki söz**", "<p><strong>koyu</strong> ve <strong>iki söz</strong></p>"),
        ("2 ** 3 ** 4", "<p>2 ** 3 ** 4</p>"),
        ("-5 derece", "<p>-5 derece</p>"),
        ("<b>&", "<p>&lt;b&gt;&amp;</p>"),
        ("**{ad}**", "<p><strong>**Ali** &lt;b&gt;</strong></p>"),
        ("[a](http://b) <http://b>", "<p>[a](http://b) &lt;http://b&gt;</p>"),
        ("git: {link}", '<p>git: <a href="https://x.example/s/a">https://x.example/s/a</a></p>'),
        ("", ""),
    ],
)
def test_text_becomes_escaped_html(text: str, html: str) -> None:
    assert str(to_html(parse(text).before, put)) == html


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("bir\n\n\n\niki", "bir\n\niki"),
        ("Şunlar:\n- **bir**\n- iki", "Şunlar:\n\n- bir\n- iki"),
        ("{ad} <b> & {link}", "**Ali** <b> <b> & https://x.example/s/a"),
    ],
)
def test_text_becomes_plain_text(text: str, plain: str) -> None:
    assert to_text(parse(text).before, put) == plain


def test_first_link_that_stands_alone_is_the_button() -> None:
    body = parse("bir\n\n{link}\n\niki\n\n{link}")

    assert to_text(body.before, put) == "bir"
    assert to_text(body.after, put) == "iki\n\nhttps://x.example/s/a"


def test_without_a_link_of_its_own_the_button_comes_last() -> None:
    body = parse("bir {link}\n\niki")

    assert to_text(body.before, put) == "bir https://x.example/s/a\n\niki"
    assert body.after == ()
