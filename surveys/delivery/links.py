"""The personal links of one mail.

All begin with the operator's BASE_URL, never with a request's host. Nothing of it is stored: it
is made again from keys and ids whenever a mail is written.
"""

from dataclasses import dataclass
from urllib.parse import quote

from surveys.tokens import Purpose, make_link_token


@dataclass(frozen=True)
class Links:
    """Absolute addresses: the form, the opt-out page, the mail in a browser, the notice."""

    answer: str
    unsubscribe: str
    view: str
    privacy: str


def personal_links(
    base_url: str, *, key: bytes, public_id: str, epoch: int, survey_code: str
) -> Links:
    """Return the links of one invitation, signed with `key`."""

    def token(purpose: Purpose) -> str:
        return make_link_token(key, public_id=public_id, epoch=epoch, purpose=purpose)

    return Links(
        answer=f"{base_url}/s/{token(Purpose.ANSWER)}",
        unsubscribe=f"{base_url}/u/{token(Purpose.UNSUBSCRIBE)}",
        view=f"{base_url}/v/{token(Purpose.VIEW)}",
        privacy=f"{base_url}/privacy/{quote(survey_code)}",
    )


def answer_link(links: Links, *, question: str, value: str) -> str:
    """Return the link that opens the form with one answer selected, and stores nothing."""
    return f"{links.answer}?s={quote(question)}:{quote(value)}"
