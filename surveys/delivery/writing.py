"""One mail from outbox row to bytes: links, rendering, headers. Touches no database or network."""

from dataclasses import dataclass
from datetime import datetime

from surveys.delivery.addresses import Mailbox, clean_name
from surveys.delivery.composing import Mail, compose
from surveys.delivery.house import House
from surveys.delivery.letters import Letter
from surveys.delivery.links import personal_links
from surveys.delivery.names import bounce_address, message_id
from surveys.delivery.placeholders import Person
from surveys.delivery.rendering import render_quoted
from surveys.tokens import Keys


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom an outbox row is for. `message_id` is the row's id, `address` ASCII and normalised."""

    message_id: int
    public_id: str
    token_epoch: int
    address: str
    person: Person


@dataclass(frozen=True)
class Envelope:
    """What is handed to the mail server: `sender` is where bounces go."""

    sender: str
    recipient: str
    content: bytes


def write_mail(
    letter: Letter, *, addressee: Addressee, house: House, keys: Keys, now: datetime
) -> Envelope:
    """Return the mail of one outbox row; the same bytes for the same row, letter and `now`.

    Raises PlaceholderEmpty and HeaderRefused: this mail can't be written, others may.
    """
    links = personal_links(
        house.base_url,
        key=keys.link[0],
        public_id=addressee.public_id,
        epoch=addressee.token_epoch,
        survey_code=letter.survey_code,
    )
    rendered = render_quoted(letter, person=addressee.person, links=links)
    mail = Mail(
        message_id=message_id(
            keys.hash[0],
            row_id=addressee.message_id,
            public_id=addressee.public_id,
            domain=house.mail_domain,
        ),
        sent_at=now,
        sender=house.sender,
        recipient=_mailbox_of(addressee),
        reply_to=house.contact,
        subject=rendered.subject,
        text=rendered.text,
        html=rendered.html,
        unsubscribe_url=links.unsubscribe,
        list_id=f"{letter.survey_code}.{house.host}",
        feedback_id=f"{letter.kind}:{letter.survey_code}:donut:{house.mail_domain}",
    )
    content = house.seal(compose(mail))
    return Envelope(_bounces_to(addressee, house, keys), addressee.address, content)


def _mailbox_of(addressee: Addressee) -> Mailbox:
    person = addressee.person
    return Mailbox(clean_name(f"{person.given_name} {person.family_name}"), addressee.address)


def _bounces_to(addressee: Addressee, house: House, keys: Keys) -> str:
    if house.bounce_pattern is None:
        return house.sender.address
    return bounce_address(
        keys.hash[0],
        pattern=house.bounce_pattern,
        row_id=addressee.message_id,
        public_id=addressee.public_id,
    )
