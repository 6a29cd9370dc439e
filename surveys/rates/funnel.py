"""Where people are lost on the way from the invitation to the finished answer.

Opened links are not a step: mail scanners open them too.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from surveys.rates.census import Cohort


@dataclass(frozen=True)
class Funnel:
    """Cases that got this far: invited, known to be mailed, answered something, complete (1.1).

    A form that came in without an answer (2.1121) is no start. `unfinished` have answered
    something, may go on, and get reminders. `reachable` have answered or still can. Of `not_mailed`
    no mail was ever handed over, not even one of which nobody knows whether it arrived.
    """

    invited: int = 0
    mailed: int = 0
    started: int = 0
    completed: int = 0
    unfinished: int = 0
    reachable: int = 0
    not_mailed: int = 0


def add_up(cohorts: Iterable[Cohort]) -> Funnel:
    """Return the steps of some cohorts together."""
    counted = list(cohorts)
    return Funnel(
        invited=sum(cohort.invited for cohort in counted),
        mailed=sum(cohort.mailed for cohort in counted),
        started=sum(cohort.started for cohort in counted),
        completed=sum(cohort.completed for cohort in counted),
        unfinished=sum(cohort.unfinished for cohort in counted),
        reachable=sum(cohort.reachable for cohort in counted),
        not_mailed=sum(cohort.not_mailed for cohort in counted),
    )
