"""What staff know of a person that no mail can tell: with a reason; taken back, never deleted."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.alumnus import Alumnus
from models.base import Base, RowId, one_of
from models.invitation import Invitation


class ManualKind(StrEnum):
    """What staff were told. The first two concern the person, the third one survey."""

    NOT_A_GRADUATE = "not_a_graduate"
    DIED = "died"
    ANSWERED_BY_PHONE = "answered_by_phone"


class ManualDisposition(Base):
    """One outcome that a staff member recorded. `happened_on`: when the person died, where known.

    Live while `withdrawn_at` is NULL; `created_by` and `withdrawn_by` name actors as the audit
    trail does.
    """

    __tablename__ = "manual_disposition"
    __table_args__ = (
        CheckConstraint(one_of("kind", *ManualKind), name="kind"),
        CheckConstraint("reason <> ''", name="reason_not_empty"),
        CheckConstraint(
            "(kind = 'answered_by_phone') = (invitation_id IS NOT NULL)", name="phone_has_survey"
        ),
        CheckConstraint(
            "(withdrawn_at IS NULL) = (withdrawn_by IS NULL)", name="withdrawn_by_somebody"
        ),
        Index(
            "uq_manual_disposition_person",
            "alumnus_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND invitation_id IS NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND invitation_id IS NULL"),
        ),
        Index(
            "uq_manual_disposition_invitation",
            "invitation_id",
            unique=True,
            sqlite_where=text("withdrawn_at IS NULL AND invitation_id IS NOT NULL"),
            postgresql_where=text("withdrawn_at IS NULL AND invitation_id IS NOT NULL"),
        ),
    )

    id: Mapped[RowId]
    alumnus_id: Mapped[int] = mapped_column(ForeignKey("alumnus.id", ondelete="CASCADE"))
    invitation_id: Mapped[int | None] = mapped_column(
        ForeignKey("invitation.id", ondelete="CASCADE")
    )
    kind: Mapped[str]
    reason: Mapped[str]
    happened_on: Mapped[date | None] = mapped_column(Date)
    created_by: Mapped[str]
    created_at: Mapped[datetime]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]

    alumnus: Mapped[Alumnus] = relationship()
    invitation: Mapped[Invitation | None] = relationship()
