"""`/v/<token>`: the newest mail to a person, written again from its layout, in a browser.

The mail is a page of its own with one style block, so it has a policy of its own that lets this
block alone in, by its hash, and nothing else: no script, form or picture from anywhere. Of the
surname only the initial is shown, since links get forwarded.
"""

from flask import Blueprint, Response
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, Message, MessageState
from surveys.answering.finding import LinkUnknown
from surveys.delivery.house import read_house
from surveys.delivery.letters import read_letter
from surveys.delivery.links import personal_links
from surveys.delivery.placeholders import Person
from surveys.delivery.rendering import RenderedPage, render_page
from surveys.extensions import reader, toolbox
from surveys.tokens import Purpose
from surveys.web.access import public
from surveys.web.respondent.entrance import enter
from surveys.web.words import current_language

HANDED_OVER = (
    MessageState.CLAIMED,
    MessageState.SENDING,
    MessageState.SENT,
    MessageState.UNKNOWN,
)
POLICY = (
    "default-src 'none'; style-src {style}; base-uri 'none'; form-action 'none';"
    " frame-ancestors 'none'"
)


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule("/v/<token>", view_func=show_mail, methods=["GET"])


@public
def show_mail(token: str) -> Response:
    """Show the newest mail that went to this person; unknown while none did."""
    invitation = enter(reader(), token, Purpose.VIEW)
    mailing = _find_newest(reader(), invitation)
    if mailing is None:
        raise LinkUnknown
    page = _write_again(invitation, mailing)
    response = Response(page.html)
    response.headers["Content-Security-Policy"] = POLICY.format(style=page.style_source)
    return response


def _find_newest(session: Session, invitation: Invitation) -> Mailing | None:
    handed_over = (
        select(Mailing)
        .join(Message, Message.mailing_id == Mailing.id)
        .where(Message.invitation_id == invitation.id, Message.state.in_(HANDED_OVER))
        .order_by(Mailing.due_at.desc(), Mailing.id.desc())
    )
    return session.scalar(handed_over.limit(1))


def _write_again(invitation: Invitation, mailing: Mailing) -> RenderedPage:
    box = toolbox()
    links = personal_links(
        box.settings.base_url,
        key=box.keys.link[0],
        public_id=invitation.public_id,
        epoch=invitation.token_epoch,
        survey_code=invitation.survey.code,
    )
    letter = read_letter(mailing, language=current_language(), house=read_house(box.settings))
    return render_page(letter, person=_describe(invitation.alumnus), links=links)


def _describe(alumnus: Alumnus) -> Person:
    initial = f"{alumnus.family_name[0]}." if alumnus.family_name else ""
    return Person(
        given_name=alumnus.given_name,
        family_name=initial,
        programme=alumnus.programme,
        unit=alumnus.unit,
        graduation_year=alumnus.graduation_year,
    )
