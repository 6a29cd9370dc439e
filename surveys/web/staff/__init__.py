"""What staff see, an area a folder: each registers its own pages.

Every page but the login stands behind a sign-in, and every form carries the session's CSRF token.
"""

from flask import Blueprint, Flask
from flask_login import current_user

from surveys.accounts.logins import SignedIn, find_login
from surveys.extensions import login_manager, reader, toolbox
from surveys.web.staff import (
    account,
    api_keys,
    audit,
    builder,
    correcting,
    exporting,
    outbox,
    overview,
    people,
    plan,
    returns,
    roster,
    watching,
    webhooks,
)
from surveys.web.staff.cookies import StaffCookies
from surveys.web.staff.saying import said
from surveys.web.words import use_language

AREAS = (
    overview,
    watching,
    builder,
    correcting,
    plan,
    exporting,
    outbox,
    returns,
    account,
    people,
    roster,
    api_keys,
    webhooks,
    audit,
)


def attach(app: Flask) -> None:
    """Register the pages of this face, and how a request's person is found."""
    # The cookie's id belongs to one sign-in, which its row can end; a guess about the browser
    # behind it would only sign people out whose address changes.
    login_manager.session_protection = None
    login_manager.user_loader(_load)
    app.session_interface = StaffCookies()
    blueprint = Blueprint("staff", __name__)
    for area in AREAS:
        area.attach(blueprint)
    blueprint.before_request(_speak_their_language)
    blueprint.context_processor(_person)
    app.register_blueprint(blueprint)


def _load(login_id: str) -> SignedIn | None:
    return find_login(reader(), login_id=login_id, now=toolbox().clock.now())


def _speak_their_language() -> None:
    if current_user.is_authenticated:
        use_language(current_user.language)


def _person() -> dict[str, object]:
    return {"me": current_user if current_user.is_authenticated else None, "said": said()}
