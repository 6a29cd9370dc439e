"""T.C. identity numbers by their checksum."""

import pytest

from surveys.roster.columns import Column, IdentityNumberColumn, IdentityNumberKey
from surveys.roster.fields import Field
from surveys.roster.identity_numbers import IdentityWatch, is_identity_number

COLUMNS = [Column(0, "Öğrenci No", None), Column(1, "Numara", None)]
GENUINE = "10000000146"


def test_identity_number_is_known_by_its_checksum() -> None:
    assert is_identity_number(GENUINE)


@pytest.mark.parametrize(
    "text", ["10000000145", "00000000000", "1000000014", "１００００００0146", "1000000014²"]
)
def test_other_numbers_are_no_identity_numbers(text: str) -> None:
    assert not is_identity_number(text)


def watch_share(hits: int, others: int) -> IdentityWatch:
    watch = IdentityWatch(COLUMNS)
    for number in [GENUINE] * hits + ["05551112233"] * others:
        watch.look(["2020100001", number])
        watch.look(["2020100002", ""])
    return watch


def test_column_is_refused_when_nine_in_ten_are_identity_numbers() -> None:
    with pytest.raises(IdentityNumberColumn) as caught:
        watch_share(9, 1).refuse()

    assert caught.value.params == {"column": "Numara"}


def test_column_is_judged_at_the_end_only_when_few_cells_are_filled() -> None:
    watch = watch_share(4, 0)

    watch.refuse()
    with pytest.raises(IdentityNumberColumn):
        watch.refuse(is_end=True)


@pytest.mark.parametrize("text", [f"{GENUINE}.0", f"{GENUINE},00", " 100 000 001 46 "])
def test_identity_number_is_known_however_it_was_exported(text: str) -> None:
    watch = IdentityWatch(COLUMNS)

    watch.look(["1", text])

    assert watch.hits == [0, 1]


def test_key_column_of_identity_numbers_is_refused_naming_another_key() -> None:
    watch = IdentityWatch([Column(0, "Mezun No", Field.EXTERNAL_ID)])
    watch.look([GENUINE])

    with pytest.raises(IdentityNumberKey):
        watch.refuse(is_end=True)


def test_column_is_taken_when_fewer_are_identity_numbers() -> None:
    watch = watch_share(8, 2)

    watch.refuse()

    assert watch.hits == [0, 8]
