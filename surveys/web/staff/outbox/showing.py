"""What the pages of the outbox show, read from the rooms in one go."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import TypedDict

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import MailingState, StaffMail, StaffMailKind, StaffMailState
from surveys.bounces.listing import count_open
from surveys.delivery.holdups import tell_holdup
from surveys.delivery.house import read_house
from surveys.delivery.listing import Group, sum_groups
from surveys.delivery.names import message_id
from surveys.delivery.reasons import BRAKE_WORDS
from surveys.delivery.speed import Speed, measure_speed
from surveys.delivery.speed_words import tell_speed
from surveys.delivery.status import Cause, Doubt, MailingStatus, OutboxStatus, read_status
from surveys.errors import N_
from surveys.extensions import Toolbox
from surveys.inviting.rules import read_pace
from surveys.notifying import outbox as staff_outbox

SILENT_AFTER = timedelta(minutes=5)
STAFF_MAILS_SHOWN = 20
STAFF_MAIL_AGE = timedelta(days=30)
STAFF_MAIL_WORDS: Mapping[str, str] = {
    StaffMailKind.LINK: N_("a one-time link"),
    StaffMailKind.TEST: N_("a test of a mailing"),
    StaffMailKind.DIGEST: N_("the daily summary"),
    StaffMailKind.ALERT: N_("a warning"),
}
STAFF_REASON_WORDS: Mapping[str, str] = {
    staff_outbox.CRASHED: N_("the sender died before the server confirmed"),
    staff_outbox.DISABLED: N_("the account is disabled"),
    staff_outbox.LINE_LOST: N_("the connection broke before the server confirmed"),
    staff_outbox.NOT_NEEDED: N_("it was not needed any more"),
    staff_outbox.NOT_WRITTEN: N_("no mail could be made of its text"),
    staff_outbox.REFUSED: N_("the server refused it for good"),
    staff_outbox.REFUSED_TOO_LONG: N_("the server refused it again and again"),
}


class Frame(TypedDict):
    """For whom, where and when sentences are written."""

    language: str
    zone: tzinfo
    now: datetime


@dataclass(frozen=True)
class MailingShown:
    """One mailing with its messages by group; the groups add up to `planned`."""

    status: MailingStatus
    groups: Mapping[Group, int]

    @property
    def planned(self) -> int:
        """All messages of the mailing."""
        return sum(self.groups.values())


@dataclass(frozen=True)
class DoubtShown:
    """One message in doubt, and the Message-ID to look for in the mail server's log."""

    doubt: Doubt
    message_id: str


@dataclass(frozen=True)
class OutboxShown:
    """All that `/outbox` shows. `by_survey`: code → its mailings."""

    status: OutboxStatus
    speed: Speed
    groups: Mapping[Group, int]
    summary: str
    holdups: Sequence[str]
    by_survey: Mapping[str, list[MailingShown]]
    doubts: Sequence[DoubtShown]
    failures: Sequence[Cause]
    staff_mails: Sequence[StaffMail]
    open_returns: int
    is_silent: bool
    silent_minutes: int | None

    @property
    def is_sending(self) -> bool:
        """Whether the figures change by themselves just now."""
        return bool(self.speed.waiting) and self.status.brake is None


def read_outbox(session: Session, *, tools: Toolbox, language: str, now: datetime) -> OutboxShown:
    """Return the whole outbox as it stands at `now`, its sentences in `language`."""
    status = read_status(session, survey_code=None, now=now)
    by_survey: dict[str, list[MailingShown]] = {}
    for mailing in status.mailings:
        shown = MailingShown(mailing, sum_groups(mailing.counts))
        by_survey.setdefault(mailing.survey, []).append(shown)
    silence = None if status.last_beat_at is None else now - status.last_beat_at
    is_silent = silence is None or silence > SILENT_AFTER
    settings = tools.settings
    speed = measure_speed(
        session, status=status, mail_rate=settings.mail_rate, pace=read_pace(settings), now=now
    )
    # Nothing goes by any rule while no program sends.
    told = Speed(speed.waiting, speed.later, None, None) if is_silent else speed
    frame: Frame = {"language": language, "zone": settings.zone, "now": now}
    return OutboxShown(
        status=status,
        speed=speed,
        summary=tell_speed(told, **frame),
        holdups=[tell_holdup(holdup, **frame) for holdup in told.holdups],
        groups=sum_groups(status.counts),
        by_survey=by_survey,
        doubts=[DoubtShown(d, name_message(d.id, d.public_id, tools)) for d in status.doubts],
        failures=[cause for cause in status.causes if cause.state == Group.FAILED],
        staff_mails=_list_staff_mails(session, now),
        open_returns=count_open(session),
        is_silent=is_silent,
        silent_minutes=None if silence is None else int(silence.total_seconds() // 60),
    )


def name_message(row_id: int, public_id: str, tools: Toolbox) -> str:
    """Return the Message-ID of a row of the outbox that is for the invitation `public_id`."""
    domain = read_house(tools.settings).mail_domain
    key = tools.keys.hash[0]
    return message_id(key, row_id=row_id, public_id=public_id, domain=domain)


def brake_message(reason: str) -> str:
    """Return why nothing is sent, as an English sentence of the catalogue."""
    return BRAKE_WORDS.get(reason, reason)


def is_held(mailing: MailingStatus) -> bool:
    """Tell whether a mailing waits for staff because it was due too long ago."""
    return mailing.state == MailingState.HELD


def _list_staff_mails(session: Session, now: datetime) -> Sequence[StaffMail]:
    """Return the newest mails to staff that did not arrive, or may not have."""
    lost = (StaffMailState.FAILED, StaffMailState.UNKNOWN)
    return session.scalars(
        select(StaffMail)
        .where(
            StaffMail.state.in_(lost),
            StaffMail.created_at > now - STAFF_MAIL_AGE,
            StaffMail.reason.is_distinct_from(staff_outbox.NOT_NEEDED),
        )
        .order_by(StaffMail.id.desc())
        .limit(STAFF_MAILS_SHOWN)
    ).all()
