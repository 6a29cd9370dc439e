"""What people write that tells who somebody is."""

import pytest

from surveys.exporting.personal_data import look


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("yaz: ayşe.yilmaz@örnek.edu.tr, olur", "yaz: [e-posta], olur"),
        ("ara 0532 123 45 67.", "ara [telefon]."),
        ("+90 (532) 123-45-67", "[telefon]"),
        ("5321234567", "[telefon]"),
        ("0312 297 10 00", "[telefon]"),
        ("+49 30 1234567", "[telefon]"),
        ("no 10000000146", "no [T.C. no]"),
    ],
)
def test_personal_data_is_masked_in_its_place(text: str, masked: str) -> None:
    looked = look(text, language="tr")

    assert (looked.masked, looked.has_found) == (masked, True)


@pytest.mark.parametrize(
    "text", ["10000000145", "2019-2024 arası 12.345,67 TL", "%45", "a@b", "1.000.000", "@mezun"]
)
def test_text_without_personal_data_stays(text: str) -> None:
    assert look(text, language="tr").masked == text


def test_answer_to_a_question_for_a_telephone_is_masked_whole() -> None:
    assert look("30 1234567", language="en", asked_for="phone").masked == "[telephone]"
