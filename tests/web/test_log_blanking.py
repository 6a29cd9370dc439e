"""The last net: what other libraries log holds no personal link or address either."""

import pytest

from surveys.logs import blank

TOKEN = "aerukz4jvpg66mgo2leknmnihc6x45sa"


@pytest.mark.parametrize(
    "line",
    [
        f"GET /s/{TOKEN} failed",
        f"Error handling request /%73/{TOKEN}?s=nps:8",
        f"/u/{TOKEN.upper()}",
        f"https://anket.example.edu.tr/v/{TOKEN}.",
        f"token={TOKEN}",
    ],
)
def test_personal_link_is_blanked(line: str) -> None:
    assert TOKEN not in blank(line).lower()


def test_mail_address_is_blanked() -> None:
    assert blank("to <ayse@example.com>") == "to <[address]>"


def test_other_words_stay() -> None:
    line = "request rule=/static/<digest>/<path:name> id=4677cd71285d0785 sha=" + "0" * 64

    assert blank(line) == line
