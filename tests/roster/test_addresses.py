"""E-mail cells, as people type them."""

import pytest

from surveys.roster.addresses import read_address
from surveys.roster.cells import BadCell


@pytest.mark.parametrize(
    ("cell", "address"),
    [
        (" Ayse.Yilmaz@Example.COM ", "ayse.yilmaz@example.com"),
        ("INFO@example.edu.tr", "info@example.edu.tr"),
        ("a@İSTANBUL.edu.tr", "a@istanbul.edu.tr"),
        ("a@üniversite.edu.tr", "a@xn--niversite-p9a.edu.tr"),
        ("a@straße.de", "a@xn--strae-oqa.de"),
        ("a+b@example.test", "a+b@example.test"),
    ],
)
def test_address_is_normalised(cell: str, address: str) -> None:
    assert read_address(cell) == address


@pytest.mark.parametrize(
    ("cell", "code", "suggestion"),
    [
        ("", "email_missing", None),
        ("yok", "email_malformed", None),
        ("a@localhost", "email_malformed", None),
        ("a@[127.0.0.1]", "email_malformed", None),
        ("a" * 65 + "@example.com", "email_malformed", None),
        ("a b@example.com", "email_malformed", "ab@example.com"),
        ("a@example..com", "email_malformed", "a@example.com"),
        ("Ayşe <ayse@example.com>", "email_malformed", "ayse@example.com"),
        ("a@example.com; b@example.com", "email_several", None),
        ("ışıl.şen@example.com", "email_letters", "isil.sen@example.com"),
        ("ışıl@üniversite.edu.tr", "email_letters", "isil@üniversite.edu.tr"),
        ("a@üniversite..edu.tr", "email_malformed", "a@üniversite.edu.tr"),
        ("a@gmial.com", "email_typo", "a@gmail.com"),
        ("a@hotmial.com", "email_typo", "a@hotmail.com"),
        ("a@hotmial.con", "email_typo", "a@hotmail.com"),
        ("a@example.con", "email_typo", "a@example.com"),
        ("a@IŞIK.edu.tr", "email_domain_case", None),
        ("a\0@example.com", "forbidden_character", None),
    ],
)
def test_address_is_refused_with_a_suggestion(cell: str, code: str, suggestion: str | None) -> None:
    with pytest.raises(BadCell) as caught:
        read_address(cell)

    assert caught.value.reason.code == code
    assert caught.value.reason.params.get("suggestion") == suggestion
