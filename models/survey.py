"""Surveys: the draft that staff write, and the frozen versions that people answer."""

import secrets  # noqa: TID251 - tables know nobody, and each survey needs a name that can't be guessed
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Document, RowId


def new_survey_id() -> str:
    """Return 64 random bits as 13 base32 letters, lower case."""
    return b32encode(secrets.token_bytes(8)).decode().rstrip("=").lower()


class SurveyState(StrEnum):
    """Where a survey stands; always derived, never stored."""

    DRAFT = "draft"
    SCHEDULED = "scheduled"
    OPEN = "open"
    PAUSED = "paused"
    CLOSED = "closed"


@dataclass(frozen=True)
class Course:
    """The instants that tell where a survey stands."""

    launched_at: datetime | None
    opens_at: datetime
    closes_at: datetime
    paused_at: datetime | None
    closed_at: datetime | None

    def ends_at(self) -> datetime:
        """Return the instant from which no answer and no mail is taken any more."""
        return min(self.closes_at, self.closed_at) if self.closed_at else self.closes_at

    def state_at(self, now: datetime) -> SurveyState:
        """Return where the survey stands at `now`."""
        if self.launched_at is None:
            return SurveyState.DRAFT
        if now >= self.ends_at():
            return SurveyState.CLOSED
        if self.paused_at is not None:
            return SurveyState.PAUSED
        return SurveyState.SCHEDULED if now < self.opens_at else SurveyState.OPEN


class Survey(Base):
    """One survey. `definition` is the draft document; `version` what is frozen and answered.

    `public_id` is what stands behind `srv_` where other systems name it.
    """

    __tablename__ = "survey"
    __table_args__ = (
        UniqueConstraint("code"),
        UniqueConstraint("public_id"),
        CheckConstraint("length(public_id) = 13", name="public_id_length"),
        CheckConstraint("opens_at < closes_at", name="opens_before_closing"),
        CheckConstraint(
            "launched_at IS NOT NULL OR (paused_at IS NULL AND closed_at IS NULL)",
            name="launched_before_paused_or_closed",
        ),
    )

    id: Mapped[RowId]
    code: Mapped[str]
    public_id: Mapped[str] = mapped_column(default=new_survey_id)
    is_demo: Mapped[bool] = mapped_column(default=False)
    definition: Mapped[Document]
    revision: Mapped[int] = mapped_column(default=1)
    indicator_code: Mapped[str | None]
    year: Mapped[int | None]
    opens_at: Mapped[datetime]
    closes_at: Mapped[datetime]
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    launched_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]

    versions: Mapped[list["SurveyVersion"]] = relationship(
        back_populates="survey", order_by="SurveyVersion.number"
    )

    def ends_at(self) -> datetime:
        """Return the instant from which no answer and no mail is taken any more."""
        return self._course().ends_at()

    def state_at(self, now: datetime) -> SurveyState:
        """Return where the survey stands at `now`."""
        return self._course().state_at(now)

    def _course(self) -> Course:
        return Course(
            self.launched_at, self.opens_at, self.closes_at, self.paused_at, self.closed_at
        )


class SurveyVersion(Base):
    """What was asked, frozen at launch: answers point here. Never updated.

    `complete_percent` and `partial_percent` are the shares of applicable questions from which an
    answer counts as complete or partial. `notice_version` names the privacy notice shown with it.
    `is_correction`: only words differ from the version before, so answers to both count together.
    """

    __tablename__ = "survey_version"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint(
            "0 < partial_percent AND partial_percent <= complete_percent"
            " AND complete_percent <= 100",
            name="thresholds",
        ),
    )

    id: Mapped[RowId]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id"))
    number: Mapped[int]
    definition: Mapped[Document]
    complete_percent: Mapped[int] = mapped_column(default=80)
    partial_percent: Mapped[int] = mapped_column(default=50)
    notice_version: Mapped[str]
    is_correction: Mapped[bool] = mapped_column(default=False, server_default=false())
    created_at: Mapped[datetime]

    survey: Mapped[Survey] = relationship(back_populates="versions")


class SurveyRevision(Base):
    """One operation of staff on a draft and the whole document that it left.

    `number` is the survey's `revision` after it. `action` names the operation, `subject` what it
    touched, `details` what came with it; `undoes` is the number of the revision that it took back.
    """

    __tablename__ = "survey_revision"
    __table_args__ = (
        UniqueConstraint("survey_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("undoes IS NULL OR undoes < number", name="undoes_an_earlier_one"),
    )

    id: Mapped[RowId]
    survey_id: Mapped[int] = mapped_column(ForeignKey("survey.id", ondelete="CASCADE"))
    number: Mapped[int]
    definition: Mapped[Document]
    action: Mapped[str]
    subject: Mapped[str | None]
    details: Mapped[Document] = mapped_column(default=dict)
    undoes: Mapped[int | None]
    actor: Mapped[str]
    created_at: Mapped[datetime]
