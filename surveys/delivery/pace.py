"""The rules by which mails go out, as the settings give them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from surveys.delivery.window import ALWAYS, Window


@dataclass(frozen=True, kw_only=True)
class Pace:
    """`domain_rates`: group → mails a minute. `ramp_up`: most mails a group on its first days.

    `canary`: how many mails of a mailing are watched before the others follow, 0 for none.
    """

    window: Window = ALWAYS
    domain_rates: Mapping[str, int] = field(default_factory=dict)
    ramp_up: Sequence[int] = ()
    canary: int = 0
    zone: tzinfo = UTC


FREE = Pace()
