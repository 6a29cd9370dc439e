"""What staff should do next, the most urgent first, each with the page on which it is done."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from models import MailingKind, SurveyState
from surveys.errors import N_
from surveys.i18n import pick_text
from surveys.web.staff.overview.lines import UNFINISHED
from surveys.web.staff.overview.reading import Overview
from surveys.web.words import current_language

LEAST_CASES = 20
# A unit is weak when it answers less than two thirds as often as its whole survey.
WEAK_TOP, WEAK_BOTTOM = 2, 3
NAMED_UNITS = 3


@dataclass(frozen=True)
class Todo:
    """One thing to do: a sentence, and a link to where it is done.

    `is_urgent` marks what keeps mails from going out or leaves doubt; `is_setup` a first step.
    """

    message: str
    href: str
    label: str
    params: Mapping[str, object] = field(default_factory=dict)
    is_urgent: bool = False
    is_setup: bool = False


def list_todos(overview: Overview) -> list[Todo]:
    """Return what is to be done."""
    return [*_about_sending(overview), *_about_setting_up(overview), *_about_people(overview)]


def find_weak_units(overview: Overview) -> list[str]:
    """Return the units whose people answer far less than the others, the weakest first.

    The first few answers say nothing about units: LEAST_CASES have to be in.
    """
    rates = overview.units
    answered = sum(rate.numerator for _, rate in rates)
    asked = sum(rate.denominator for _, rate in rates)
    if answered < LEAST_CASES:
        return []
    weak = [
        (rate.numerator / rate.denominator, str(value))
        for value, rate in rates
        if value is not None
        and rate.denominator >= LEAST_CASES
        and WEAK_BOTTOM * rate.numerator * asked < WEAK_TOP * rate.denominator * answered
    ]
    return [value for _, value in sorted(weak)]


def _about_sending(overview: Overview) -> Iterator[Todo]:
    mails, titles = overview.mails, _read_titles(overview)
    look = N_("Look at the e-mails")
    is_running = any(line.state in UNFINISHED for line in overview.lines)
    if is_running and mails.is_silent:
        message = N_("The scheduler isn't running, so no mail goes out. Tell whoever runs Dönüt.")
        yield Todo(message, "/outbox", look, is_urgent=True)
    if mails.is_braked:
        message = N_("Sending is paused. See why, then resume it.")
        yield Todo(message, "/outbox", look, is_urgent=True)
    for code in mails.held:
        message = N_("A mailing of %(survey)s was due too long ago and is held.")
        yield Todo(
            message, "/outbox", N_("Decide"), {"survey": titles.get(code, code)}, is_urgent=True
        )
    for code in mails.doubtful:
        message = N_("Of some mails of %(survey)s nobody knows whether they went out.")
        yield Todo(
            message, "/outbox", N_("Decide"), {"survey": titles.get(code, code)}, is_urgent=True
        )
    if mails.failed_count:
        message = N_("E-mails that could not be delivered: %(count)s.")
        yield Todo(message, "/outbox", N_("See why"), {"count": mails.failed_count})


def _read_titles(overview: Overview) -> dict[str, str]:
    """Return what the page calls each survey it shows, by code."""
    language = current_language()
    return {line.code: pick_text(dict(line.title), language) for line in overview.lines}


def _about_setting_up(overview: Overview) -> Iterator[Todo]:
    if not overview.has_people:
        message = N_("Import your graduates from a spreadsheet.")
        yield Todo(message, "/roster/import", N_("Import"), is_setup=True)
    if overview.value.target is None:
        code = overview.value.known.definition.code
        message = N_("Set the indicator's start value and yearly targets.")
        yield Todo(message, f"/indicators/{code}", N_("Set the target"), is_setup=True)
    if not overview.lines:
        message = N_("Make a survey: begin with a ready template.")
        yield Todo(message, "/surveys/new", N_("New survey"), is_setup=True)
    for line in overview.lines:
        if line.state == SurveyState.DRAFT:
            message = N_("%(survey)s is a draft. Finish it, then launch it.")
            href = f"/surveys/{line.code}/questions"
            survey = _read_titles(overview)[line.code]
            yield Todo(message, href, N_("Go on"), {"survey": survey})


def _about_people(overview: Overview) -> Iterator[Todo]:
    if not any(line.state == SurveyState.OPEN for line in overview.lines):
        return
    home = f"/surveys/{overview.counted[0].code}" if overview.counted else "/surveys"
    unfinished, following = overview.funnel.unfinished, overview.next_mailing
    if unfinished and following and following.kind == MailingKind.REMINDER:
        message = N_("People who began and did not finish: %(count)s. The next reminder asks them.")
        yield Todo(message, f"{home}#mailings", N_("See the plan"), {"count": unfinished})
    elif unfinished:
        message = N_("People who began and did not finish: %(count)s. No reminder is planned.")
        yield Todo(message, f"{home}/mails", N_("Plan a reminder"), {"count": unfinished})
    weak = find_weak_units(overview)
    if weak:
        message = N_("Units that answer far less than the others: %(count)s (%(units)s).")
        units = ", ".join(weak[:NAMED_UNITS]) + (" …" if len(weak) > NAMED_UNITS else "")
        params = {"count": len(weak), "units": units}
        yield Todo(message, f"{home}#units", N_("See the units"), params)
