"""How often what is counted has changed: the number that tells readers whether to count again."""

from datetime import datetime

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base


class Revision(Base):
    """One shard of a counter; a resource's revision is the sum of its shards' values.

    Raised by triggers in the transaction of the change itself, so that no code can forget it.
    Shards keep writers of several connections from waiting for each other on one row.
    `resource` is `survey:<id>`, `roster` or `indicators`; `changed_at` is by the database's clock.
    """

    __tablename__ = "revision"
    __table_args__ = (CheckConstraint("value >= 1", name="value_from_one"),)

    resource: Mapped[str] = mapped_column(primary_key=True)
    shard: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int]
    changed_at: Mapped[datetime]
