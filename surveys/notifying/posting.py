"""One mail to staff from its row to bytes: letter, headers, envelope."""

from models import StaffMail
from surveys.delivery.addresses import Mailbox, clean_name
from surveys.delivery.composing import Mail, compose
from surveys.delivery.quoting import quote
from surveys.delivery.writing import Envelope
from surveys.notifying.letters import Context, Reader, StaffLetter
from surveys.tokens import tag_row


def post(letter: StaffLetter, *, mail: StaffMail, reader: Reader, context: Context) -> Envelope:
    """Return the mail as it is handed over. Raises HeaderRefused."""
    house = context.house
    tag = tag_row(context.keys.hash[0], label="staff-mail", row_id=mail.id)
    content = compose(
        Mail(
            message_id=f"<s.{mail.id}.{tag}@{house.mail_domain}>",
            sent_at=context.now,
            sender=house.sender,
            recipient=Mailbox(clean_name(reader.name), reader.email),
            reply_to=house.contact,
            subject=letter.subject,
            text=quote(letter.text),
            html=quote(letter.html),
        )
    )
    return Envelope(house.sender.address, reader.email, house.seal(content))
