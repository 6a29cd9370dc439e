"""Questions that may ask for special categories of personal data (Law 6698, article 6).

Only a hint from the words: staff decide. Choices are left alone, since “Vakıf, dernek, STK” is a
sector and no membership.
"""

import re
from collections.abc import Iterable

from surveys.building.definition import Question, Text
from surveys.building.faults import Spot
from surveys.errors import N_
from surveys.i18n import fold

# Folded Turkish and English; \b is enough, for folding leaves plain letters alone.
WORDS = re.compile(
    r"\b("
    r"(dernek|dernegi|vakif|vakfi|sendika)\w*( \w+)? uye"
    r"|saglik (durum|sorun)|hastali|kronik|engelli\b|engeliniz|engel durum|kan grub"
    r"|dini?(niz|nin)?\b(?! (egitim|kultur))|mezheb|mezhep|inanc|ibadet"
    r"|siyasi|hangi partiy|parti uye|oy ver"
    r"|etnik|irkiniz|ana dilin|sabika|mahkum|ceza al|biyometrik|parmak iz|cinsel yonelim"
    r"|(union|association|party) member|member of (a|an|any) (union|association|party)"
    r"|your health|health condition|illness|disabilit|religio|your faith|political|ethnic|your race"
    r"|criminal record|convict|biometric|sexual orientation"
    r")"
)

_SPECIAL = N_(
    "This may ask about health, belief, politics, origin, a criminal record or membership of an"
    " association or union. Such answers are specially protected by law (KVKK, article 6): leave"
    " the question out, or have the data protection unit agree to it first."
)


def warn_of_special_categories(asked: Iterable[tuple[Spot, Question]]) -> None:
    """Warn at each question whose words suggest a special category, once a question."""
    for spot, question in asked:
        for key, text in _list_texts(question):
            if any(WORDS.search(fold(words)) for words in text.values()):
                spot.under(key, None).warn(_SPECIAL)
                break


def _list_texts(question: Question) -> list[tuple[str, Text]]:
    items = [("items", item.text) for item in question.items or []]
    return [("text", question.text), ("hint", question.hint or {}), *items]
