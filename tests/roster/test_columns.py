"""Headings and the fields they mean."""

import pytest

from surveys.roster.columns import (
    IdentityNumberColumn,
    IdentityNumberKey,
    MappedColumnMissing,
    NoKeyColumn,
    TwoColumnsForField,
    match_columns,
)
from surveys.roster.fields import Field

TURKISH = (
    "ÖĞRENCİ NO;Adı;SOYADI;E-Posta Adresi;Cep Telefonu;Fakülte;Bölüm;Öğrenim Düzeyi;"
    "Mezuniyet Tarihi (gg.aa.yyyy);MEZUNİYET YILI;Cinsiyet;Dil"
)
ENGLISH = (
    "Student ID;First name;Surname;E-mail *;Phone;Faculty;Programme;Degree;Graduation date;"
    "graduation_year;Gender;Language"
)


@pytest.mark.parametrize("line", [TURKISH, ENGLISH, ";".join(Field)])
def test_headings_are_recognised(line: str) -> None:
    columns = match_columns(line.split(";"), {})

    assert [column.field for column in columns] == list(Field)


def test_further_columns_become_attributes_and_nameless_ones_are_left() -> None:
    columns = match_columns(["Öğrenci No", "", "Not", "Not"], {})

    assert [(c.index, c.heading, c.field) for c in columns[1:]] == [
        (2, "Not", None),
        (3, "Not (2)", None),
    ]


@pytest.mark.parametrize("heading", ["Dönüt: neden", "Dönüt: why"])
def test_reason_column_is_left_when_rejected_rows_come_back(heading: str) -> None:
    columns = match_columns(["Öğrenci No", heading], {})

    assert [column.heading for column in columns] == ["Öğrenci No"]


def test_mapping_beats_the_headings() -> None:
    mapping = {"kişisel posta": Field.EMAIL, "Kod": Field.EXTERNAL_ID}

    columns = match_columns(["Kod", "E-posta", "Kişisel Posta"], mapping)

    assert [column.field for column in columns] == [Field.EXTERNAL_ID, None, Field.EMAIL]


def test_columns_are_refused_when_two_mean_one_field() -> None:
    with pytest.raises(TwoColumnsForField) as caught:
        match_columns(["Öğrenci No", "Birim", "Fakülte"], {})

    assert caught.value.params == {"first": "Birim", "second": "Fakülte", "field": "unit"}


def test_columns_are_refused_without_a_key_listing_what_was_found() -> None:
    with pytest.raises(NoKeyColumn) as caught:
        match_columns(["Ad", "Soyad", "ayse@example.com"], {})

    assert caught.value.params["found"] == "Ad, Soyad"


def test_refusal_lists_nobody_when_the_row_holds_no_heading() -> None:
    with pytest.raises(NoKeyColumn) as caught:
        match_columns(["Ayşe", "Yılmaz", "Lojistik"], {})

    assert caught.value.params["found"] == "–"


def test_mapping_is_refused_when_the_column_is_missing() -> None:
    with pytest.raises(MappedColumnMissing):
        match_columns(["Öğrenci No", "Ad"], {"Soy": Field.FAMILY_NAME})


@pytest.mark.parametrize(
    "heading",
    [
        "T.C. Kimlik No",
        "TCKN",
        "TCK No",
        "TC",
        "tc no",
        "KİMLİK NUMARASI",
        "Vatandaşlık No",
        "T.C. Vatandaşlık Numarası",
        "Nüfus Cüzdan No",
        "Nüfus Cüzdanı Numarası",
        "National ID",
        "TR Identity",
        "Turkish ID",
    ],
)
def test_identity_number_column_is_refused_by_name(heading: str) -> None:
    with pytest.raises(IdentityNumberColumn):
        match_columns(["Öğrenci No", heading], {heading: Field.PHONE})


@pytest.mark.parametrize("heading", ["Vatandaşlık", "Nüfus İli", "Turkish"])
def test_innocent_heading_is_taken(heading: str) -> None:
    assert len(match_columns(["Öğrenci No", heading], {})) == 2


@pytest.mark.parametrize(
    ("headings", "mapping"),
    [(["TCKN", "Ad"], {}), (["TCKN", "Öğrenci No"], {"TCKN": Field.EXTERNAL_ID})],
)
def test_identity_number_as_the_key_is_refused_naming_another_key(
    headings: list[str], mapping: dict[str, Field]
) -> None:
    with pytest.raises(IdentityNumberKey) as caught:
        match_columns(headings, mapping)

    assert "student numbers" in str(caught.value)
