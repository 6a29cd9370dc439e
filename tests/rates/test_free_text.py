"""What people wrote: Turkish words, five people at least, nothing that leads to one of them."""

from random import Random

import pytest

from surveys.i18n import tr_lower
from surveys.rates.free_text import blank, read_phrases, read_words


def in_turkish(*texts: str) -> list[tuple[str, str]]:
    return [(text, "tr") for text in texts]


def test_words_are_counted_by_people_in_turkish_casing() -> None:
    texts = in_turkish(*["Işık IŞIK ışık ve staj"] * 3, *["STAJ, IŞIK!"] * 2)

    words = read_words(texts, generator=Random(1)).words

    assert {(tr_lower(word), count) for word, count in words} == {("ışık", 5), ("staj", 5)}


def test_words_of_english_answers_keep_their_dotted_i() -> None:
    written = read_words([("INTERNSHIP with industry", "en")] * 5, generator=Random(1))

    assert set(written.words) == {("INTERNSHIP", 5), ("industry", 5)}


def test_words_drop_stop_words_endings_and_short_ones() -> None:
    texts = in_turkish(*["Çok iyi ve İzmir'de staj için bu"] * 5)

    assert read_words(texts, generator=Random(1)).words == [("iyi", 5), ("İzmir", 5), ("staj", 5)]


def test_words_of_fewer_than_five_people_are_not_told() -> None:
    texts = in_turkish(*["staj"] * 5, *["dekan"] * 4)

    assert read_words(texts, generator=Random(1)).words == [("staj", 5)]


def test_nothing_is_told_of_fewer_than_five_people() -> None:
    written = read_words(in_turkish(*["staj"] * 4), generator=Random(1))

    assert (written.words, written.quotes, written.quote_count) == ((), (), 0)


def test_quotes_are_shuffled_and_all_there() -> None:
    texts = [str(number) for number in range(30)]

    quotes = read_words(in_turkish(*texts), generator=Random(1)).quotes

    assert sorted(quotes) == sorted(texts)
    assert list(quotes) != texts


def test_phrases_count_one_spelling_and_show_the_usual_one() -> None:
    texts = in_turkish("İzmir", "izmir", "İZMİR", "İzmir", " İzmir ")

    assert read_phrases(texts, generator=Random(1)).words == [("İzmir", 5)]


@pytest.mark.parametrize(
    ("text", "blanked"),
    [
        ("Yazın: ayse.demir@ornek.edu.tr.", "Yazın: […]"),
        ("0532 123 45 67 no'lu", "[…] no'lu"),
        ("+90 (532) 123-45-67", "[…]"),
        ("TC 12345678901", "TC […]"),
        ("2019-2023 arası, 3.581 kişi", "2019-2023 arası, 3.581 kişi"),
    ],
)
def test_quotes_lose_what_leads_to_a_person(text: str, blanked: str) -> None:
    assert blank(text) == blanked
