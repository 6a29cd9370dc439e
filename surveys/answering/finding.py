"""A personal link's token → the invitation that it opens, or one uniform refusal."""

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from models import Invitation, Survey
from surveys.errors import N_, DonutError
from surveys.tokens import Keys, Purpose, is_link_genuine, split_link_token


class LinkUnknown(DonutError):
    """The token opens nothing: cut, altered, revoked, of another purpose or never made.

    One refusal for all of these, so that nobody learns which ids exist.
    """

    code = "link_unknown"
    status = 404
    message = N_("This link isn't valid. Use the link in the newest e-mail that we sent you.")


def find_invitation(
    session: Session, *, token: str, purpose: Purpose, keys: Keys, is_writing: bool = False
) -> Invitation:
    """Return the invitation of a genuine token, with its survey, version and person loaded.

    `is_writing` locks the invitation's own row, so that on PostgreSQL two posts of one person
    follow each other; SQLite has one writer anyway.
    Raises LinkUnknown. Verified against every key, so links outlive a change of keys.
    """
    claimed = split_link_token(token)
    if claimed is None:
        raise LinkUnknown
    query = select(Invitation).where(Invitation.public_id == claimed.public_id)
    with_parents = query.options(
        joinedload(Invitation.survey, innerjoin=True).defer(Survey.definition),
        joinedload(Invitation.survey_version, innerjoin=True),
        joinedload(Invitation.alumnus, innerjoin=True),
    )
    wanted = with_parents.with_for_update(of=Invitation) if is_writing else with_parents
    found = session.scalar(wanted)
    if found is None and is_writing:
        # PostgreSQL leaves out a row whose version was changed while this waited for its lock.
        found = session.scalar(wanted)
    if found is None or not is_link_genuine(
        keys.link, claimed, epoch=found.token_epoch, purpose=purpose
    ):
        raise LinkUnknown
    return found
