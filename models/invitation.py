"""One case a person and survey: what the rates count."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.alumnus import Alumnus
from models.base import Base, RowId, one_of
from models.survey import Survey, SurveyVersion


class MailState(StrEnum):
    """What is known of the mails of one invitation: it moves down this list.

    `away`, until after the closing day, stays whatever is sent later. What else came back (`moved`:
    the mailbox names another address; `returned`: there is no such mailbox) is of the last mail;
    one that is sent later begins anew.
    """

    NONE = "none"
    UNKNOWN = "unknown"
    SENT = "sent"
    AWAY = "away"
    MOVED = "moved"
    RETURNED = "returned"


class ManualCode(StrEnum):
    """What a staff member's word makes of a case, by its AAPOR code."""

    ANSWERED_BY_PHONE = "1.2"
    DIED_IN_FIELD = "2.31"
    NOT_A_GRADUATE = "4.10"
    DIED_BEFORE = "4.90"


class Invitation(Base):
    """One person asked in one survey, also when they can't be mailed.

    `public_id` (16 hex digits, 64 random bits) and `token_epoch` make the personal links.
    Unit, programme, degree, year are the cohort as invited, copied from the person.
    `started_at` is the first form posted, even an empty one; `responded_at` the one final submit,
    set where NULL.
    The counts are of applicable questions; `is_core_answered` says that there are required
    questions and all applicable ones have an answer. `manual_code` follows the live
    ManualDisposition, so that a rate needs no other table.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        UniqueConstraint("survey_id", "alumnus_id"),
        UniqueConstraint("public_id"),
        CheckConstraint("length(public_id) = 16", name="public_id_length"),
        CheckConstraint("token_epoch >= 0", name="token_epoch"),
        CheckConstraint(one_of("mail_state", *MailState), name="mail_state"),
        CheckConstraint(
            f"manual_code IS NULL OR {one_of('manual_code', *ManualCode)}", name="manual_code"
        ),
        CheckConstraint(one_of("language", "tr", "en"), name="language"),
        CheckConstraint(
            "0 <= answered_count AND answered_count <= applicable_count", name="counts"
        ),
        CheckConstraint("responded_at IS NULL OR started_at IS NOT NULL", name="started_first"),
        # Holds all that a count by place and outcome reads, in the order of the commonest grouping.
        Index(
            "ix_invitation_cohort",
            "survey_id",
            "unit",
            "graduation_year",
            "survey_version_id",
            "mail_state",
            "manual_code",
            "is_core_answered",
            "answered_count",
            "applicable_count",
            "responded_at",
            "declined_at",
            "alumnus_id",
            "programme",
            "degree",
            "started_at",
        ),
        # Holds all that a count of answers over time reads; most cases never come to be in it.
        Index(
            "ix_invitation_responded",
            "survey_id",
            "responded_at",
            "alumnus_id",
            "survey_version_id",
            "manual_code",
            "is_core_answered",
            "answered_count",
            "applicable_count",
            sqlite_where=text("responded_at IS NOT NULL"),
            postgresql_where=text("responded_at IS NOT NULL"),
        ),
        Index(None, "alumnus_id", "responded_at"),
    )

    id: Mapped[RowId]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    survey_version_id: Mapped[int] = mapped_column(ForeignKey("survey_version.id"))
    alumnus_id: Mapped[int] = mapped_column(ForeignKey("alumnus.id"))
    public_id: Mapped[str]
    token_epoch: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(default="tr")
    unit: Mapped[str | None]
    programme: Mapped[str | None]
    degree: Mapped[str | None]
    graduation_year: Mapped[int | None]
    created_at: Mapped[datetime]
    mail_state: Mapped[str] = mapped_column(default=MailState.NONE)
    mailed_at: Mapped[datetime | None]
    started_at: Mapped[datetime | None]
    responded_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    answered_count: Mapped[int] = mapped_column(default=0)
    applicable_count: Mapped[int] = mapped_column(default=0)
    is_core_answered: Mapped[bool] = mapped_column(default=False)
    manual_code: Mapped[str | None]

    survey: Mapped[Survey] = relationship()
    survey_version: Mapped[SurveyVersion] = relationship()
    alumnus: Mapped[Alumnus] = relationship()
