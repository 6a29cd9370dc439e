"""What `flask rates` says to people: a table of cases, the rates with formulas, the steps."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from surveys.cli.output import say
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_instant, format_integer, format_percent
from surveys.rates.dispositions import DISPOSITIONS
from surveys.rates.formulas import FORMULAS, Rate
from surveys.rates.funnel import Funnel
from surveys.rates.groups import Group

# With e = 1 these repeat others; they mean something only with an e that staff enter and justify.
WITH_ESTIMATE = frozenset({"RR3", "RR4", "REF2", "CON2"})
OPTIMISTIC = frozenset({"RR5", "RR6"})


def tell_heading(survey: str, as_of: datetime) -> Iterator[str]:
    """Yield which survey, and when it was counted."""
    settings = toolbox().settings
    instant = format_instant(as_of, settings.default_language, settings.zone)
    yield say("%(survey)s, as of %(as_of)s", survey=survey, as_of=instant)


def tell_cases(dispositions: Mapping[str, int], *, unconfirmed_count: int) -> Iterator[str]:
    """Yield a line for each code: its group, how many cases, what it means."""
    yield ""
    for code, count in dispositions.items():
        kind = DISPOSITIONS[code]
        yield f"  {code:<7}{kind.group:<3}{_number(count):>9}  {say(kind.label)}"
    if unconfirmed_count:
        yield "  " + say(
            "Of 3.19, people of whose mail nobody knows whether it went out: %(count)s",
            count=_number(unconfirmed_count),
        )


def tell_rates(rates: Mapping[str, Rate]) -> Iterator[str]:
    """Yield a line for each rate: share, pair of counts, formula."""
    yield ""
    for name, rate in rates.items():
        if name in WITH_ESTIMATE:
            continue
        note = "  " + say("(optimistic)") if name in OPTIMISTIC else ""
        yield f"  {name:<6}{_percent(rate):>8}  {_pair(rate):>17}  = {FORMULAS[name]}{note}"
    yield "  " + say("RR3, RR4, REF2, CON2: as e = 1, the same as RR1, RR2, REF1, CON1.")


def tell_steps(funnel: Funnel) -> Iterator[str]:
    """Yield the steps from the invitation to the complete answer."""
    steps = [
        (N_("Invited"), funnel.invited),
        (N_("Mailed"), funnel.mailed),
        (N_("Started"), funnel.started),
        (N_("Completed"), funnel.completed),
    ]
    yield ""
    for label, count in steps:
        yield f"  {say(label):<16}{_number(count):>9}"
    finished = Rate(funnel.completed, funnel.started)
    yield "  " + say("Completed, of those who started: %(share)s", share=_percent(finished))


def tell_groups(groups: Sequence[Group]) -> Iterator[str]:
    """Yield a line for each group; small ones without numbers."""
    yield ""
    if not groups:
        yield say("The groups are too small to be shown without giving people away.")
    for group in groups:
        rate = group.rates["RR1"] if group.rates else None
        figures = f"{_percent(rate)} ({_pair(rate)})" if rate else say("– (hidden: too few people)")
        yield f"  {_label(group)}: {figures}"


def _label(group: Group) -> str:
    name = say("not stated") if group.value is None else str(group.value)
    return name if group.within is None else f"{group.within} · {name}"


def _pair(rate: Rate) -> str:
    return f"{_number(rate.numerator)} / {_number(rate.denominator)}"


def _number(count: int) -> str:
    return format_integer(count, toolbox().settings.default_language)


def _percent(rate: Rate) -> str:
    return format_percent(rate.percent(1), toolbox().settings.default_language)
