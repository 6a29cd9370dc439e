"""The mail of the morning's summary: what came in, where it leaves the target, what waits."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import (
    Invitation,
    MailingState,
    MessageState,
    Role,
    StaffMail,
    Survey,
    SurveyState,
)
from surveys.delivery.status import read_status
from surveys.i18n import format_date, format_instant, format_integer, pick_text
from surveys.indicators.words import verdict_of
from surveys.notifying.ending_keys import list_ending
from surveys.notifying.letters import Context, StaffLetter, get_member, get_reader, lay_out
from surveys.notifying.scope import list_surveys
from surveys.notifying.standings import (
    measure_indicator,
    measure_survey,
    write_indicator,
    write_share,
)


@dataclass(frozen=True)
class SurveyLine:
    """One survey of the summary, in words; `new` answers came since the last one."""

    title: str
    link: str
    new: str
    share: str
    ends_on: str
    is_over: bool


def write_digest_letter(session: Session, mail: StaffMail, context: Context) -> StaffLetter | None:
    """Return the letter; None when the surveys that it was about are gone."""
    reader = get_reader(session, mail)
    since, until = (datetime.fromisoformat(mail.params[name]) for name in ("since", "until"))
    surveys = _list_told(session, since, until)
    if not surveys:
        return None
    language = reader.language
    new = _count_new(session, surveys, since, until)
    values = {
        "since": format_instant(since, language, context.zone),
        "day": format_date(until.astimezone(context.zone).date(), language, pattern="d MMMM y"),
        "new": format_integer(sum(new.values()), language) if any(new.values()) else "",
        "surveys": [_line(session, s, new.get(s.id, 0), context, language) for s in surveys],
        "indicators": _indicators(session, surveys, context, language),
        "waiting": _waiting(session, surveys, context, language),
        "keys": _ending_keys(session, mail, context, language),
        "link": context.house.base_url,
    }
    return lay_out("digest", reader=reader, context=context, values=values)


def _list_told(session: Session, since: datetime, until: datetime) -> list[Survey]:
    """Return the surveys that run, and those that ended since the last summary."""
    return [
        survey
        for survey in list_surveys(session)
        if survey.state_at(until) != SurveyState.CLOSED or survey.ends_at() > since
    ]


def _count_new(
    session: Session, surveys: Sequence[Survey], since: datetime, until: datetime
) -> dict[int, int]:
    rows = session.execute(
        select(Invitation.survey_id, func.count().label("number"))
        .where(
            Invitation.survey_id.in_([survey.id for survey in surveys]),
            Invitation.responded_at > since,
            Invitation.responded_at <= until,
        )
        .group_by(Invitation.survey_id)
    )
    return {row.survey_id: row.number for row in rows}


def _line(
    session: Session, survey: Survey, new: int, context: Context, language: str
) -> SurveyLine:
    ends_on = survey.ends_at().astimezone(context.zone).date()
    return SurveyLine(
        title=pick_text(survey.versions[-1].definition["title"], language),
        link=f"{context.house.base_url}/surveys/{survey.code}",
        new=format_integer(new, language),
        share=write_share(measure_survey(session, survey), language),
        ends_on=format_date(ends_on, language, pattern="d MMMM y"),
        is_over=survey.state_at(context.now) == SurveyState.CLOSED,
    )


def _indicators(
    session: Session, surveys: Sequence[Survey], context: Context, language: str
) -> list[str]:
    """Return one sentence for each indicator and year that the surveys serve."""
    served = {(s.indicator_code, s.year): s for s in surveys if s.indicator_code and s.year}
    values = (
        measure_indicator(session, survey, now=context.now, zone=context.zone)
        for survey in served.values()
    )
    return [
        f"{write_indicator(value, language)}. {verdict_of(value, language=language)}"
        for value in values
        if value is not None
    ]


def _waiting(
    session: Session, surveys: Sequence[Survey], context: Context, language: str
) -> dict[str, str]:
    """Return what waits for staff in the outbox: kind → count; nothing where nothing does."""
    status = read_status(session, survey_code=None, now=context.now)
    told = {survey.code for survey in surveys}
    mailings = [mailing for mailing in status.mailings if mailing.survey in told]
    counts = {
        "stopped": int(status.brake is not None),
        "held": sum(mailing.state == MailingState.HELD for mailing in mailings),
        "unknown": sum(mailing.counts[MessageState.UNKNOWN] for mailing in mailings),
        "failed": sum(mailing.counts[MessageState.FAILED] for mailing in mailings),
    }
    return {kind: format_integer(count, language) for kind, count in counts.items() if count}


def _ending_keys(
    session: Session, mail: StaffMail, context: Context, language: str
) -> list[dict[str, str]]:
    """Return name and end of each key of another system that ends soon; none but to admins."""
    if get_member(session, mail).role != Role.ADMIN:
        return []
    return [
        {"name": key.name, "at": format_instant(key.expires_at, language, context.zone)}
        for key in list_ending(session, now=context.now)
    ]
