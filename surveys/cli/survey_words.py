"""What a check and a launch say to staff, in the service's language and the survey's zone."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from models import MailingKind
from surveys.cli.fault_words import tell_faults
from surveys.cli.output import say
from surveys.errors import N_
from surveys.extensions import toolbox
from surveys.i18n import format_date, format_instant, format_integer, pick_text
from surveys.inviting.checking import Check, Forecast
from surveys.inviting.headcount import Tally
from surveys.inviting.launch import Launch
from surveys.inviting.notes import KIND_WORDS, Note
from surveys.inviting.plan import Planned

REASON_WORDS = {
    "missing": N_("no e-mail address"),
    "malformed": N_("malformed e-mail address"),
    "suppressed": N_("wants no mail"),
    "ineligible": N_("is no graduate or has died"),
    "asked_lately": N_("asked by another survey lately"),
}


def tell_check(check: Check) -> Iterator[str]:
    """Yield the lines of a whole check."""
    yield say(
        "%(survey)s: %(audience)s people in the audience, %(mailable)s of them can be mailed.",
        survey=check.survey,
        audience=number(check.audience_count),
        mailable=number(check.mailable_count),
    )
    yield from _tell_excluded(check.excluded)
    plan = [(*_when(forecast.planned), _recipients(forecast)) for forecast in check.mailings]
    yield from section(say("Mailings (%(timezone)s)", timezone=check.timezone), _align(plan))
    yield from tell_notes(N_("Warnings"), check.warnings, check.timezone)
    yield from tell_blocking(check)
    if not check.is_blocked:
        yield say("Ready. To launch: flask survey launch %(survey)s", survey=check.survey)


def tell_blocking(check: Check) -> Iterator[str]:
    """Yield what blocks a launch: of the plan and people, and of the draft itself."""
    notes = [sentence(note, check.timezone) for note in check.obstacles]
    faults = [line.strip() for line in tell_faults(check.problems.blocking)]
    yield from section(say("What blocks the launch"), [*notes, *faults])


def list_blocking(check: Check) -> list[dict[str, str]]:
    """Return the same for machines: a code, and the sentence as staff read it."""
    faults = [line.strip() for line in tell_faults(check.problems.blocking)]
    notes = list_notes(check.obstacles, check.timezone)
    return [*notes, *({"code": "draft_faulty", "message": words} for words in faults)]


def tell_launch(launched: Launch) -> Iterator[str]:
    """Yield the lines of a launch that has been done."""
    survey, timezone = launched.check.survey, launched.check.timezone
    count = number(launched.invitation_count)
    yield say("%(survey)s is launched. Invitations: %(count)s.", survey=survey, count=count)
    plan = _align([_when(planned) for planned in launched.mailings])
    yield from section(say("Mailings (%(timezone)s)", timezone=timezone), plan)
    yield from tell_notes(N_("Warnings"), launched.check.warnings, timezone)


def tell_notes(title: str, notes: Iterable[Note], timezone: str) -> Iterator[str]:
    """Yield a titled list of notes, or nothing when there are none."""
    return section(say(title), [sentence(note, timezone) for note in notes])


def list_notes(notes: Iterable[Note], timezone: str) -> list[dict[str, str]]:
    """Return notes for machines: the code, and the sentence as staff read it."""
    return [{"code": note.code, "message": sentence(note, timezone)} for note in notes]


def sentence(note: Note, timezone: str) -> str:
    """Return a note in words."""
    zone = ZoneInfo(timezone)
    return say(note.message, **{name: _shown(v, zone) for name, v in note.params.items()})


def section(title: str, lines: Iterable[str]) -> Iterator[str]:
    """Yield `title` and its indented lines, or nothing when there are none."""
    indented = [f"  {line}" for line in lines]
    yield from [f"{title}:", *indented] if indented else []


def with_numbers(params: Mapping[str, object]) -> dict[str, object]:
    """Return the parameters of a sentence, counts with their thousands marked."""
    return {k: number(v) if isinstance(v, int) else v for k, v in params.items()}


def kind_word(kind: str) -> str:
    """Return the word for a MailingKind."""
    return say(KIND_WORDS[kind])


def local_time(local: str) -> str:
    """Return a local time of the plan with its weekday: 23 Kasım 2026 Pazartesi 10:00."""
    moment = datetime.fromisoformat(local)
    return f"{format_date(moment.date(), _language())} {moment:%H:%M}"


def number(value: int) -> str:
    """Return a whole number with its thousands marked."""
    return format_integer(value, _language())


def _language() -> str:
    return toolbox().settings.default_language


def _shown(value: object, zone: ZoneInfo) -> object:
    if isinstance(value, datetime):
        return format_instant(value, _language(), zone)
    if isinstance(value, dict):
        return pick_text(value, _language())
    if isinstance(value, MailingKind) or value in KIND_WORDS:
        return kind_word(str(value))
    return number(value) if isinstance(value, int) else value


def _tell_excluded(excluded: Mapping[str, Tally]) -> Iterator[str]:
    lines = [
        f"{say(REASON_WORDS[reason])}: {number(tally.count)} ({_examples(tally)})"
        for reason, tally in excluded.items()
    ]
    return section(say("Not mailed"), lines)


def _examples(tally: Tally) -> str:
    return ", ".join(tally.examples) + (", …" if tally.count > len(tally.examples) else "")


def _align(rows: Sequence[tuple[str, ...]]) -> list[str]:
    """Return the rows with their columns below each other."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _when(planned: Planned) -> tuple[str, str, str]:
    return f"{planned.position}.", kind_word(planned.kind), local_time(planned.local)


def _recipients(forecast: Forecast) -> str:
    count = forecast.recipient_count
    if forecast.planned.kind == MailingKind.INVITATION or not count:
        return say("%(count)s people", count=number(count))
    return say("at most %(count)s people", count=number(count))
