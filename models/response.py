"""What people said: the draft while they answer, the one response once they submit."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Document, RowId, one_of
from models.invitation import Invitation


class Draft(Base):
    """Answers saved but not submitted; gone at submit and after closing.

    `revision` rises with every save, so that a stale tab is told instead of overwriting.
    """

    __tablename__ = "draft"

    invitation_id: Mapped[int] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE"), primary_key=True
    )
    answers: Mapped[Document]
    revision: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime]

    invitation: Mapped[Invitation] = relationship()


class Response(Base):
    """The final answers of one invitation; changing them until closing updates this row."""

    __tablename__ = "response"
    __table_args__ = (
        UniqueConstraint("invitation_id"),
        CheckConstraint(one_of("language", "tr", "en"), name="language"),
    )

    id: Mapped[RowId]
    invitation_id: Mapped[int] = mapped_column(ForeignKey("invitation.id"))
    survey_version_id: Mapped[int] = mapped_column(ForeignKey("survey_version.id"))
    answers: Mapped[Document]
    language: Mapped[str]
    notice_version: Mapped[str]
    submitted_at: Mapped[datetime]
    updated_at: Mapped[datetime]

    invitation: Mapped[Invitation] = relationship()
