"""What an admin does about one key: make its successor, revoke it."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from models import Role
from surveys.api_keys.keeping import get_key, revoke_key
from surveys.api_keys.making import make_successor
from surveys.api_keys.refusals import KeyRefused
from surveys.audit import record
from surveys.errors import N_
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff import saying
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.api_keys.adding import note_made, show_secret
from surveys.web.staff.api_keys.listing import key_page
from surveys.web.words import gettext

ONE = "/api-keys/<public_id>"


def attach(blueprint: Blueprint) -> None:
    """Register the buttons."""
    blueprint.add_url_rule(f"{ONE}/rotate", view_func=rotate_api_key, methods=["POST"])
    blueprint.add_url_rule(f"{ONE}/revoke", view_func=revoke_api_key, methods=["POST"])
    saying.register(api_key_revoked=N_("The key is revoked. It opens nothing any more."))


@staff_only(Role.ADMIN, recent=True)
def rotate_api_key(public_id: str) -> ResponseReturnValue:
    """Make a second key with the same rights and show it once; the first one goes on."""
    now = toolbox().clock.now()
    try:
        with transaction() as session:
            older = get_key(session, public_id=public_id)
            actor = f"staff:{get_signed_in().staff_id}"
            key, shown = make_successor(
                session, key=older, actor=actor, now=now, keys=toolbox().keys
            )
            note_made(session, key, action="api_key.succeed", now=now)
            return show_secret(key, shown, older=older)
    except KeyRefused as refusal:
        key = get_key(reader(), public_id=public_id)
        return key_page(key, fault=gettext(refusal.message, **refusal.params)), refusal.status


@staff_only(Role.ADMIN, recent=True)
def revoke_api_key(public_id: str) -> ResponseReturnValue:
    """End the key at once; pressing twice does no more."""
    now, actor = toolbox().clock.now(), f"staff:{get_signed_in().staff_id}"
    with transaction() as session:
        key = get_key(session, public_id=public_id)
        if revoke_key(session, key=key, actor=actor, now=now):
            subject = f"api_key:{public_id}"
            record(session, actor=actor, action="api_key.revoke", subject=subject, now=now)
    return saying.go(f"/api-keys/{public_id}", "api_key_revoked")
