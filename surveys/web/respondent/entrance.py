"""From a token in an address to the invitation behind it, in its person's language."""

from collections.abc import Sequence

from flask import request
from sqlalchemy.orm import Session

from models import Invitation
from surveys.answering.finding import find_invitation
from surveys.delivery.links import Links, personal_links
from surveys.extensions import toolbox
from surveys.i18n import pick_language
from surveys.tokens import Purpose
from surveys.web.words import use_language

LANGUAGE_FIELD = "_lang"


def enter(
    session: Session, token: str, purpose: Purpose, *, is_writing: bool = False
) -> Invitation:
    """Return the invitation of `token` and turn the page to the language of its person.

    Language: `?lang=`, the form's own, then what was remembered. Raises LinkUnknown.
    """
    invitation = find_invitation(
        session, token=token, purpose=purpose, keys=toolbox().keys, is_writing=is_writing
    )
    use_language(_choose_language(invitation))
    return invitation


def links_of(invitation: Invitation) -> Links:
    """Return the personal links as paths on this site."""
    return personal_links(
        "",
        key=toolbox().keys.link[0],
        public_id=invitation.public_id,
        epoch=invitation.token_epoch,
        survey_code=invitation.survey.code,
    )


def languages_of(invitation: Invitation) -> Sequence[str]:
    """Return the languages in which the frozen survey can be read."""
    languages: Sequence[str] = invitation.survey_version.definition["languages"]
    return languages


def _choose_language(invitation: Invitation) -> str:
    known = languages_of(invitation)
    wishes = (request.args.get("lang"), request.form.get(LANGUAGE_FIELD), invitation.language)
    return pick_language(*(wish for wish in wishes if wish in known), default=known[0])
