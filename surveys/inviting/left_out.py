"""Who of a survey's people gets no mail for one reason, by name."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Row, false
from sqlalchemy.orm import Session

from models import Survey
from surveys.building.definition import from_document
from surveys.inviting.audience import select_matching
from surveys.inviting.headcount import judge_each
from surveys.inviting.lately import asked_lately
from surveys.inviting.plan import plan_mailings
from surveys.inviting.stored_plan import select_invited
from surveys.tokens import Keys


def iterate_left_out(
    session: Session, *, survey: Survey, reason: str, keys: Keys, now: datetime
) -> Iterator[Row[Any]]:
    """Yield id, names, key and programme of those left out for `reason`, as they were registered.

    Of a launched survey: of those whom it asks. Raises AudienceRuleUnusable.
    """
    definition = from_document(survey.definition)
    if survey.launched_at is None:
        people = select_matching(definition.audience, is_demo=survey.is_demo)
        lately = asked_lately(survey, definition, plan_mailings(definition), now)
    else:
        people, lately = select_invited(survey), false()
    judged = judge_each(session, people=people, lately=lately, keys=keys)
    yield from (person for person, found in judged if found == reason)
