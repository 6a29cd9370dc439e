"""Strategic-plan indicators: a definition by version, and its yearly targets."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Numeric, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Document, RowId, one_of


class Denominator(StrEnum):
    """Whom the share is of."""

    REGISTERED = "registered"
    ALL_GRADUATES = "all_graduates"
    GRADUATES_OF_YEAR = "graduates_of_year"
    INVITED = "invited"


class Indicator(Base):
    """One version of an indicator's definition; a change writes the next version.

    `name` is a text by language. `start_value` (A) and targets (B) are in percent.
    `graduate_count` is entered by staff for `all_graduates`, which no roster can know.
    """

    __tablename__ = "indicator"
    __table_args__ = (
        UniqueConstraint("is_demo", "code", "version"),
        CheckConstraint("version >= 1", name="version_from_one"),
        CheckConstraint(one_of("denominator", *Denominator), name="denominator"),
        CheckConstraint("0 <= decimals AND decimals <= 4", name="decimals"),
        CheckConstraint(
            "denominator <> 'all_graduates' OR graduate_count > 0", name="graduate_count"
        ),
    )

    id: Mapped[RowId]
    code: Mapped[str]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    name: Mapped[Document]
    start_value: Mapped[Decimal | None] = mapped_column(Numeric(9, 4))
    denominator: Mapped[str]
    graduate_count: Mapped[int | None]
    counts_partials: Mapped[bool] = mapped_column(default=False)
    decimals: Mapped[int] = mapped_column(default=2)
    created_at: Mapped[datetime]

    targets: Mapped[list["IndicatorTarget"]] = relationship(
        back_populates="indicator", order_by="IndicatorTarget.year"
    )


class IndicatorTarget(Base):
    """The value to reach by the end of one year, in percent."""

    __tablename__ = "indicator_target"
    __table_args__ = (UniqueConstraint("indicator_id", "year"),)

    id: Mapped[RowId]
    indicator_id: Mapped[int] = mapped_column(ForeignKey("indicator.id"))
    year: Mapped[int]
    value: Mapped[Decimal] = mapped_column(Numeric(9, 4))

    indicator: Mapped[Indicator] = relationship(back_populates="targets")
