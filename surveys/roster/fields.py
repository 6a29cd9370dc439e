"""The roster's fields, and the headings under which offices write them.

Enters: a heading as typed. Leaves: the field that it means, by a comparison that knows no case,
accent or punctuation.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from surveys.errors import N_
from surveys.i18n import fold


class Field(StrEnum):
    """What a column can be; every other column becomes an attribute."""

    EXTERNAL_ID = "external_id"
    GIVEN_NAME = "given_name"
    FAMILY_NAME = "family_name"
    EMAIL = "email"
    PHONE = "phone"
    UNIT = "unit"
    PROGRAMME = "programme"
    DEGREE = "degree"
    GRADUATION_DATE = "graduation_date"
    GRADUATION_YEAR = "graduation_year"
    GENDER = "gender"
    LANGUAGE = "language"


FIELD_LABELS = {
    Field.EXTERNAL_ID: N_("Student number"),
    Field.GIVEN_NAME: N_("Given name"),
    Field.FAMILY_NAME: N_("Family name"),
    Field.EMAIL: N_("E-mail"),
    Field.PHONE: N_("Phone"),
    Field.UNIT: N_("Unit"),
    Field.PROGRAMME: N_("Programme"),
    Field.DEGREE: N_("Degree"),
    Field.GRADUATION_DATE: N_("Graduation date"),
    Field.GRADUATION_YEAR: N_("Graduation year"),
    Field.GENDER: N_("Gender"),
    Field.LANGUAGE: N_("Language"),
}


class NoField(StrEnum):
    """What a column can be told to be instead: kept as an attribute, or not taken in at all."""

    ATTRIBUTE = "attribute"
    NOTHING = "nothing"


Meaning = Field | NoField

# The heading of our own column in a file of rejected rows, ignored when it comes back.
REASON_HEADING = N_("Dönüt: why")
REASON_HEADINGS = frozenset({"donut why", "donut neden"})

_USUAL = {
    Field.EXTERNAL_ID: (
        "öğrenci no, öğrenci numarası, öğrenci nu, öğrencino, öğr no, mezun no, mezun numarası,"
        "mezun id, mezun kodu, okul no, okul numarası, kayıt no, sicil no, external id,"
        "student no, student number, student id, studentid, alumni id, alumni no, alumni number,"
        "alumnus id, graduate id, graduate no"
    ),
    Field.GIVEN_NAME: "ad, adı, isim, ismi, ön ad, given name, first name, firstname, forename",
    Field.FAMILY_NAME: (
        "soyad, soyadı, soy ad, soy adı, soyisim, soyismi, family name, last name, lastname,surname"
    ),
    Field.EMAIL: (
        "e-posta, eposta, e-posta adresi, eposta adresi, e-mail, email, mail, mail adresi,"
        "e-mail adresi, email adresi, elektronik posta, kişisel e-posta, e-mail address,"
        "email address, personal email"
    ),
    Field.PHONE: (
        "telefon, tel, tel no, telefon no, telefon numarası, cep telefonu, cep tel, cep, cep no,"
        "gsm, gsm no, phone, phone number, mobile, mobile phone, telephone"
    ),
    Field.UNIT: (
        "birim, birim adı, akademik birim, fakülte, fakülte adı, fakülte/yüksekokul, yüksekokul,"
        "meslek yüksekokulu, enstitü, unit, faculty, school"
    ),
    Field.PROGRAMME: (
        "program, program adı, programı, bölüm, bölüm adı, bölümü, bölüm/program, programme,"
        "program name, programme name, department, major"
    ),
    Field.DEGREE: (
        "öğrenim düzeyi, öğrenim seviyesi, öğretim düzeyi, eğitim düzeyi, eğitim seviyesi, düzey,"
        "derece, diploma türü, degree, degree level, level, level of study"
    ),
    Field.GRADUATION_DATE: (
        "mezuniyet tarihi, mezun olma tarihi, mezuniyet tarih, mezun olduğu tarih,"
        "graduation date, date of graduation, graduated on"
    ),
    Field.GRADUATION_YEAR: (
        "mezuniyet yılı, mezuniyet yıl, mezun yılı, mezun olduğu yıl, mezun olma yılı,"
        "graduation year, year of graduation, class year"
    ),
    Field.GENDER: "cinsiyet, cinsiyeti, gender, sex",
    Field.LANGUAGE: (
        "dil, dili, tercih edilen dil, iletişim dili, anket dili, language, preferred language"
    ),
}
# Taken only when no other column of the file is the field's for certain.
_POSSIBLE = {
    Field.EXTERNAL_ID: "numara, id",
    Field.GIVEN_NAME: "name",
    Field.GRADUATION_YEAR: "yıl, year",
}
_IDENTITY = re.compile(
    r"\b(t c|tc|tck|tckn|tcno|ykn|\w*kimlik\w*|vatandaslik n\w+|nufus cuzdan\w*"
    r"|(national|turkish|tr) id\w*|identity n\w+|citizen\w* n\w+)\b"
)
_NOT_WORDS = re.compile(r"[\W_]+")
_IN_BRACKETS = re.compile(r"\(.*?\)|\[.*?\]")


def normalise_heading(heading: str) -> str:
    """Return the form in which headings are compared: `E-Posta Adresi *` → `e posta adresi`."""
    return _NOT_WORDS.sub(" ", fold(heading)).strip()


def _by_heading(aliases: Mapping[Field, str]) -> dict[str, Field]:
    return {
        normalise_heading(alias): field
        for field, names in aliases.items()
        for alias in (*names.split(","), field.value)
    }


USUAL_HEADINGS = _by_heading(_USUAL)
POSSIBLE_HEADINGS = _by_heading(_POSSIBLE)


def find_field(heading: str) -> Field | None:
    """Return the field that a heading means for certain; a remark in brackets doesn't count."""
    plain = normalise_heading(heading)
    return USUAL_HEADINGS.get(plain) or USUAL_HEADINGS.get(
        normalise_heading(_IN_BRACKETS.sub(" ", heading))
    )


def is_identity_heading(heading: str) -> bool:
    """Tell whether a heading names the T.C. identity number, which is never taken in."""
    return bool(_IDENTITY.search(normalise_heading(heading)))
