"""`/api-keys/new`: a key for another system, and the page that shows it once."""

from datetime import datetime

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from models import ApiKey, ApiKeyKind, Role
from surveys.api_keys.keeping import audit_details
from surveys.api_keys.making import make_key
from surveys.api_keys.refusals import KeyRefused
from surveys.api_keys.wanted import find_faults
from surveys.audit import record
from surveys.extensions import reader, toolbox, transaction
from surveys.web.access import staff_only
from surveys.web.staff.account.entering import get_signed_in
from surveys.web.staff.api_keys.form import Typed, indicator_options, span_options, unit_options
from surveys.web.staff.api_keys.words import kind_options, kind_word, scope_options
from surveys.web.words import gettext

PAGE = "/api-keys/new"


def attach(blueprint: Blueprint) -> None:
    """Register the page."""
    blueprint.add_url_rule(PAGE, view_func=show_new_api_key, methods=["GET"])
    blueprint.add_url_rule(PAGE, view_func=add_api_key, methods=["POST"])


@staff_only(Role.ADMIN, recent=True)
def show_new_api_key() -> ResponseReturnValue:
    """Ask whose key it is and what it may do."""
    return _form(Typed(), [])


@staff_only(Role.ADMIN, recent=True)
def add_api_key() -> ResponseReturnValue:
    """Make the key and show it once; where something is wrong, show the form with all of it."""
    typed, now = Typed.read(request.form), toolbox().clock.now()
    try:
        with transaction() as session:
            key, shown = make_key(
                session,
                wanted=typed.to_wanted(session, now=now),
                actor=f"staff:{get_signed_in().staff_id}",
                now=now,
                keys=toolbox().keys,
            )
            note_made(session, key, action="api_key.make", now=now)
            return show_secret(key, shown)
    except KeyRefused as refusal:
        faults = _list_faults(typed, now) or [_tell(refusal)]
        return _form(typed, faults), refusal.status


def note_made(session: Session, key: ApiKey, *, action: str, now: datetime) -> None:
    """Add to the audit trail whose key was made and what it may do."""
    actor, subject = f"staff:{get_signed_in().staff_id}", f"api_key:{key.public_id}"
    record(session, actor=actor, action=action, subject=subject, now=now, **audit_details(key))


def show_secret(key: ApiKey, shown: str, *, older: ApiKey | None = None) -> str:
    """Return the page that shows a secret once: it must stand in no address, so none redirects.

    `older` is the key that this one succeeds.
    """
    return render_template(
        "staff/api_keys/secret.html",
        key=key,
        shown=shown,
        older=older,
        kind=kind_word(key),
        is_hook=key.kind == ApiKeyKind.HOOK,
        try_out=f"{toolbox().settings.base_url}/api/v1/api-key",
    )


def _list_faults(typed: Typed, now: datetime) -> list[tuple[str, str]]:
    wanted = typed.to_wanted(reader(), now=now)
    return [_tell(fault) for fault in find_faults(reader(), wanted, now=now)]


def _tell(fault: KeyRefused) -> tuple[str, str]:
    return fault.field or "name", gettext(fault.message, **fault.params)


def _form(typed: Typed, faults: list[tuple[str, str]]) -> str:
    session = reader()
    return render_template(
        "staff/api_keys/new.html",
        typed=typed,
        faults=faults,
        fault_of=dict(faults).get,
        kinds=kind_options(),
        scopes=scope_options(),
        units=unit_options(session),
        indicators=indicator_options(session),
        spans=span_options(),
    )
