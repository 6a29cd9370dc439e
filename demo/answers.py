"""Some of the demo's graduates open the link in their mail and answer, over HTTP."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from email import policy
from email.parser import BytesParser
from pathlib import Path

from demo.respondent import Browser, answer_survey, find_survey_link

BROWSERS = 4
SEED = 2026
TYPED = {
    "job_city": "İzmir",
    "events_attended": "2",
    "event_date": "2026-05-19",
    "comment": "Mezun buluşmaları daha sık olsun.",
}
_kept = threading.local()


def answer_some(base_url: str, mail_folder: Path, *, first: int, every: int) -> int:
    """Answer through every `every`th mail of the folder, beginning with number `first` (from 0).

    Returns how many reached the last page.
    """
    mails = sorted(mail_folder.glob("*.eml"))[first::every]
    with ThreadPoolExecutor(BROWSERS) as people:
        finished = people.map(lambda path: _answer(base_url, path), mails)
        return sum(finished)


def find_link(path: Path) -> str:
    """Return the survey link of a stored mail. Raises ValueError when there is none."""
    mail = BytesParser(policy=policy.default).parsebytes(path.read_bytes())
    text = mail.get_body(("plain",))
    link = find_survey_link(text.get_content()) if text else None
    if link is None:
        raise ValueError(f"{path.name} holds no survey link")
    return link


def _answer(base_url: str, path: Path) -> bool:
    if not hasattr(_kept, "browser"):
        _kept.browser = Browser(base_url)
    rng = random.Random(f"{SEED}{path.name}")  # noqa: S311 - invented answers, no secret
    return answer_survey(_kept.browser, find_link(path), typed=TYPED, rng=rng)
