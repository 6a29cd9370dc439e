"""A further reminder as it is proposed: the next good working day at ten, with other words."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from surveys.building.definition import Text
from surveys.building.local_time import format_local
from surveys.building.working_days import next_working_day

USUAL_GAP = timedelta(days=9)
SHORTEST_GAP = timedelta(days=3)
HOUR = time(10)
# The first that the plan doesn't hold yet is proposed; the last one when it holds them all.
SUBJECTS: Sequence[Text] = (
    {
        "tr": "{ad|Mezunumuz}, görüşünüzü bekliyoruz",
        "en": "{ad|Graduate}, we would like to hear from you",
    },
    {
        "tr": "Yanıtınız bölümünüzün sesi olacak",
        "en": "Your answer speaks for your department",
    },
    {"tr": "Son günler: {anket}", "en": "Last days: {anket}"},
    {"tr": "{anket}: yanıtınız hâlâ önemli", "en": "{anket}: your answer still counts"},
)


def propose_time(*, last: str, closes_at: str) -> str:
    """Return when a reminder after the contact at `last` best goes out; local times.

    Where the survey closes before that, as late as leaves people a day to answer.
    """
    last_day, closing = _day(last), _day(closes_at)
    proposed = next_working_day(last_day + USUAL_GAP)
    if proposed >= closing:
        proposed = max(last_day + SHORTEST_GAP, closing - timedelta(days=1))
    return format_local(datetime.combine(proposed, HOUR))


def propose_subject(taken: Sequence[Text], languages: Sequence[str]) -> Text:
    """Return a subject that no mailing of the plan has."""
    used = {words for text in taken for words in text.values()}
    free = [text for text in SUBJECTS if not used & set(text.values())]
    text = (free or SUBJECTS[-1:])[0]
    return {language: text[language] for language in languages}


def _day(local: str) -> date:
    return datetime.fromisoformat(local).date()
