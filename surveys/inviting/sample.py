"""One mailing of a draft or of a launched survey as a person would get it, for staff to look at.

Leaves: the same Letter that the sender makes, the person, and links that all lead to the staff's
preview: nothing in it answers, stops mails, or names a secret.
"""

from dataclasses import dataclass
from urllib.parse import quote

from sqlalchemy import Select
from sqlalchemy.orm import Session

from models import Alumnus, Mailing, MailingKind, Survey
from surveys.building.definition import from_document
from surveys.building.local_time import list_mailing_times
from surveys.delivery.house import House
from surveys.delivery.letters import Letter, read_letter
from surveys.delivery.links import Links
from surveys.delivery.placeholders import Person
from surveys.inviting.audience import AudienceRuleUnusable, select_audience
from surveys.inviting.snapshot import snapshot_in_mail
from surveys.inviting.stored_plan import select_invited

# No row has a larger number; what an address asks for may be larger than any column.
LARGEST_ID = 2**31


@dataclass(frozen=True)
class Sample:
    """What is needed to render the mail."""

    letter: Letter
    person: Person
    links: Links


def draft_mailing(survey: Survey, index: int) -> Mailing | None:
    """Return mailing `index` of the draft as a launch would store it, in no session; or None."""
    definition = from_document(survey.definition)
    if not 0 <= index < len(definition.mailings):
        return None
    planned, at = definition.mailings[index], list_mailing_times(definition)[index]
    is_invitation = planned.kind == MailingKind.INVITATION
    return Mailing(
        survey=survey,
        position=index + 1,
        kind=planned.kind,
        local_at=at,
        timezone=definition.timezone,
        subject=planned.subject,
        text=planned.text,
        question=snapshot_in_mail(definition) if is_invitation else None,
    )


def find_person(session: Session, *, survey: Survey, after: int) -> Alumnus | None:
    """Return the first of the survey's people with an address behind the row `after`, or None.

    Behind the last comes the first again; an audience whose rules can't be read has nobody.
    """
    try:
        with_address = _select_people(survey).where(Alumnus.email.is_not(None)).limit(1)
    except AudienceRuleUnusable:
        return None
    further = session.scalar(with_address.where(Alumnus.id > min(after, LARGEST_ID)))
    return further or session.scalar(with_address)


def make_sample(mailing: Mailing, *, person: Alumnus | None, language: str, house: House) -> Sample:
    """Return the mail as `person` would get it in `language`; as nobody's while there is nobody."""
    known = Person(given_name="", family_name="") if person is None else _describe(person)
    page = f"{house.base_url}/surveys/{quote(mailing.survey.code)}/preview"
    return Sample(
        letter=read_letter(mailing, language=language, house=house),
        person=known,
        links=Links(answer=page, unsubscribe=page, view=page, privacy=page),
    )


def _describe(alumnus: Alumnus) -> Person:
    return Person(
        given_name=alumnus.given_name,
        family_name=alumnus.family_name,
        programme=alumnus.programme,
        unit=alumnus.unit,
        graduation_year=alumnus.graduation_year,
    )


def _select_people(survey: Survey) -> Select[Alumnus]:
    if survey.launched_at is None:
        audience = survey.definition.get("audience") or {}
        return select_audience(audience, is_demo=survey.is_demo)
    return select_invited(survey)
