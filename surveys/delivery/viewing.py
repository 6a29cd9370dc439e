"""The mail that somebody got, shown again in a browser: for `/v/<token>`."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Invitation, Mailing, Message, MessageState
from surveys.delivery.house import House
from surveys.delivery.letters import read_letter
from surveys.delivery.links import personal_links
from surveys.delivery.rendering import RenderedPage, render_page
from surveys.delivery.writing import person_of
from surveys.errors import N_, DonutError
from surveys.tokens import Keys

LEFT_THE_HOUSE = (MessageState.SENT, MessageState.SENDING, MessageState.UNKNOWN)


class NothingMailed(DonutError):
    """No mail has gone to this invitation yet."""

    code = "nothing_mailed"
    status = 404
    message = N_("No e-mail has been sent for this link yet.")


def view_mail(
    session: Session, *, invitation: Invitation, house: House, keys: Keys
) -> RenderedPage:
    """Return the newest mail of `invitation` as a page; writes nothing.

    Raises NothingMailed, and PlaceholderEmpty when the roster has lost what the text needs.
    """
    mailing = session.scalars(
        select(Mailing)
        .join(Message, Message.mailing_id == Mailing.id)
        .where(Message.invitation_id == invitation.id, Message.state.in_(LEFT_THE_HOUSE))
        .order_by(Message.sending_at.desc(), Message.id.desc())
        .limit(1)
    ).one_or_none()
    if mailing is None:
        raise NothingMailed
    letter = read_letter(mailing, language=invitation.language, house=house)
    links = personal_links(
        house.base_url,
        key=keys.link[0],
        public_id=invitation.public_id,
        epoch=invitation.token_epoch,
        survey_code=letter.survey_code,
    )
    return render_page(letter, person=person_of(invitation.alumnus), links=links)
