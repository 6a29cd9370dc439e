"""What one mailing says in one language, the same for everybody who gets it.

Enters: a mailing with its survey. Leaves: plain frozen values, ready for rendering; read once a
mailing and language, not once a mail.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from models import Mailing, Survey
from surveys.delivery.house import House
from surveys.i18n import format_date, pick_text

SECONDS_A_QUESTION = 15
NPS_VALUES = [str(point) for point in range(11)]


@dataclass(frozen=True)
class Choice:
    """One answer that stands in the mail as a link."""

    value: str
    text: str


@dataclass(frozen=True)
class MailQuestion:
    """The question whose answers stand in the mail."""

    code: str
    text: str
    choices: tuple[Choice, ...]
    low: str = ""
    high: str = ""

    @property
    def is_scale(self) -> bool:
        """Whether the answers are numbers in a row, with words at its ends.

        `low` and `high` are these words; 0 to 10 (NPS) has none of its own, its words are fixed.
        """
        return bool(self.low) or [choice.value for choice in self.choices] == NPS_VALUES


@dataclass(frozen=True, kw_only=True)
class Letter:
    """All that a mail says except whom it addresses.

    `text` is None where staff left it to the kind's own words. `minutes`: how long answering takes.
    """

    kind: str
    language: str
    subject: str
    text: str | None
    question: MailQuestion | None
    survey_code: str
    survey_title: str
    purpose: str
    closes_on: str
    minutes: int
    is_demo: bool
    organisation: str
    office: str
    contact_address: str


def read_letter(mailing: Mailing, *, language: str, house: House) -> Letter:
    """Return what `mailing` says in `language`, or where a text lacks it in the first it has."""
    survey = mailing.survey
    document = survey.versions[-1].definition if survey.versions else survey.definition
    return Letter(
        kind=mailing.kind,
        language=language,
        subject=pick_text(mailing.subject, language),
        text=pick_text(mailing.text, language) if mailing.text else None,
        question=_read_question(mailing.question, language),
        survey_code=survey.code,
        survey_title=pick_text(document.get("title") or {}, language),
        purpose=pick_text(document.get("purpose") or {}, language),
        closes_on=closing_day(survey, zone=ZoneInfo(mailing.timezone), language=language),
        minutes=estimate_minutes(document),
        is_demo=survey.is_demo,
        organisation=house.organisation[language],
        office=house.office[language],
        contact_address=house.contact.address,
    )


def closing_day(survey: Survey, *, zone: ZoneInfo, language: str) -> str:
    """Return the last day on which answers are taken: 31 Aralık 2026.

    A survey that closes at midnight has the day before as its last.
    """
    last_moment: datetime = survey.closes_at.astimezone(zone) - timedelta(seconds=1)
    return format_date(last_moment.date(), language, pattern="d MMMM y")


def estimate_minutes(document: dict[str, Any]) -> int:
    """Return how long a survey's document takes to answer, in whole minutes from 1.

    A quarter of a minute for each question and each item of a scale group; notes are free.
    """
    questions = (question for section in document["sections"] for question in section["questions"])
    count = sum(
        len(question.get("items", ())) or 1 for question in questions if question["type"] != "note"
    )
    return max(1, round(count * SECONDS_A_QUESTION / 60))


def _read_question(document: dict[str, Any] | None, language: str) -> MailQuestion | None:
    if document is None:
        return None
    choices = tuple(
        Choice(str(option["value"]), pick_text(option["text"], language))
        for option in document["options"]
    )
    return MailQuestion(
        document["code"],
        pick_text(document["text"], language),
        choices,
        low=pick_text(document.get("low") or {}, language),
        high=pick_text(document.get("high") or {}, language),
    )
