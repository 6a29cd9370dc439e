"""Letters and people for tests of mails, and the golden mails: `python -m tests.delivery.mails`.

Running it writes the golden files anew; read the difference before committing it.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from surveys.delivery.addresses import Mailbox
from surveys.delivery.house import House
from surveys.delivery.letters import Choice, Letter, MailQuestion
from surveys.delivery.links import Links, personal_links
from surveys.delivery.placeholders import Person
from surveys.delivery.writing import Addressee, write_mail
from surveys.tokens import Keys
from tests.conftest import NOW

KINDS = ("invitation", "reminder", "thanks")
LANGUAGES = ("tr", "en")
GOLDEN = Path(__file__).parent / "golden"
KEYS = Keys(link=[bytes(range(32, 64))], hash=[bytes(range(64, 96))])
PERSON = Person("Işıl", "Yılmaz", "Bilgisayar Mühendisliği", "Mühendislik Fakültesi", 2024)
ADDRESSEE = Addressee(
    message_id=1234,
    public_id="0123456789abcdef",
    token_epoch=0,
    address="isil@example.com",
    person=PERSON,
)
HOUSE = House(
    base_url="https://anket.example.edu.tr",
    sender=Mailbox("Örnek Üniversitesi, Mezunlar Ofisi", "mezun@example.edu.tr"),
    contact=Mailbox("", "mezun@example.edu.tr"),
    bounce_pattern="b+*@bounce.anket.example.edu.tr",
    organisation={"tr": "Örnek Üniversitesi", "en": "Example University"},
    office={"tr": "Kariyer ve Mezunlar Ofisi", "en": "Career and Alumni Office"},
)
NPS = MailQuestion(
    "nps",
    "Üniversitemizi bir yakınınıza önerme olasılığınız nedir?",
    tuple(Choice(str(point), str(point)) for point in range(11)),
)
SCALE = MailQuestion(
    "satisfaction",
    "Eğitiminizden ne kadar memnunsunuz?",
    tuple(Choice(str(point), str(point)) for point in range(1, 6)),
    low="Hiç memnun değilim",
    high="Çok memnunum",
)
CHOICES = MailQuestion(
    "emp_status",
    "Çalışıyor musunuz?",
    (Choice("yes", "Evet"), Choice("no", "Hayır & <başka>")),
)
_TURKISH = Letter(
    kind="invitation",
    language="tr",
    subject="{ad|Mezunumuz}, mezun anketimiz 4 dakika sürüyor",
    text=None,
    question=None,
    survey_code="mezun-izleme-2026",
    survey_title="Mezun İzleme Anketi 2026",
    purpose="Mezunlarımızın iş yaşamını ve üniversitemize ilişkin görüşlerini öğrenmek için",
    closes_on="31 Aralık 2026",
    minutes=4,
    is_demo=False,
    organisation=HOUSE.organisation["tr"],
    office=HOUSE.office["tr"],
    contact_address="mezun@example.edu.tr",
)
_ENGLISH = replace(
    _TURKISH,
    language="en",
    subject="{ad|Graduate}, our graduate survey takes 4 minutes",
    survey_title="Graduate Tracking Survey 2026",
    purpose="To learn about our graduates' working lives and what they think of the university",
    closes_on="31 December 2026",
    organisation=HOUSE.organisation["en"],
    office=HOUSE.office["en"],
)


def make_letter(language: str = "tr", **over: object) -> Letter:
    """Return an invitation without staff text or question, unless told otherwise."""
    base = {"tr": _TURKISH, "en": _ENGLISH}[language]
    return replace(base, **over)  # type: ignore[arg-type] # a bag of fields, checked by the class


def make_links() -> Links:
    """Return the links of the reference's test vector."""
    return personal_links(
        HOUSE.base_url,
        key=KEYS.link[0],
        public_id=ADDRESSEE.public_id,
        epoch=ADDRESSEE.token_epoch,
        survey_code="mezun-izleme-2026",
    )


def write_golden() -> Iterator[tuple[str, bytes]]:
    """Yield name and wire bytes of one mail a kind and language, and of a demo's."""
    for language in LANGUAGES:
        for kind in KINDS:
            question = NPS if kind == "invitation" else None
            yield f"{language}-{kind}", _wire(make_letter(language, kind=kind, question=question))
    yield "tr-demo", _wire(make_letter(is_demo=True, question=CHOICES))


def _wire(letter: Letter) -> bytes:
    return write_mail(letter, addressee=ADDRESSEE, house=HOUSE, keys=KEYS, now=NOW).content


if __name__ == "__main__":
    for name, content in write_golden():
        (GOLDEN / f"{name}.eml").write_bytes(content)
