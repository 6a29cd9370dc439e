"""The second factor: six digits from an app on the phone (TOTP, RFC 6238), each used once.

A code of the step before or after is taken too, since clocks differ; one that was used, or is
older than one that was used, is not.
"""

import hmac
from datetime import datetime
from typing import Final

import pyotp
from sqlalchemy import or_, update
from sqlalchemy.orm import Session

from models import Staff
from surveys.database import changed_count
from surveys.errors import N_, DonutError
from surveys.tokens import Keys, new_totp_secret, seal, unseal

STEP_S: Final = 30
WINDOW: Final = (0, -1, 1)
ISSUER: Final = "Dönüt"


class CodeWrong(DonutError):
    """Not the digits that the app shows now, or they were used already."""

    code = "code_wrong"
    message = N_(
        "This code doesn't fit. Type the six digits that your app shows now; each code works once."
    )


class SecondFactorMissing(DonutError):
    """There is nothing to confirm: the set-up was not begun, or is done."""

    code = "second_factor_missing"
    status = 409
    message = N_("The set-up of the second step was not begun. Begin it again.")


def is_on(staff: Staff) -> bool:
    """Tell whether signing in takes a code."""
    return staff.totp_confirmed_at is not None


def begin_setup(staff: Staff, *, keys: Keys) -> None:
    """Give the person a new secret, which counts for nothing until a code of it is confirmed.

    Raises SecondFactorMissing when one is in force: that one is removed first.
    """
    if is_on(staff):
        raise SecondFactorMissing
    staff.totp_sealed = seal(keys.data, new_totp_secret())


def read_secret(staff: Staff, *, keys: Keys) -> str:
    """Return the secret of a set-up that has begun, for the app. Raises SecondFactorMissing."""
    secret = unseal(keys.data, staff.totp_sealed) if staff.totp_sealed else None
    if secret is None or is_on(staff):
        raise SecondFactorMissing
    return secret


def setup_address(staff: Staff, secret: str) -> str:
    """Return the address that the app reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=staff.email, issuer_name=ISSUER)


def confirm_setup(session: Session, *, staff: Staff, code: str, keys: Keys, now: datetime) -> None:
    """Put the second factor in force. Raises CodeWrong, SecondFactorMissing."""
    read_secret(staff, keys=keys)
    use_code(session, staff=staff, code=code, keys=keys, now=now)
    staff.totp_confirmed_at = now


def use_code(session: Session, *, staff: Staff, code: str, keys: Keys, now: datetime) -> None:
    """Take one code; of two uses at once one is refused. Raises CodeWrong."""
    secret = unseal(keys.data, staff.totp_sealed) if staff.totp_sealed else None
    step = _find_step(secret, code, now) if secret else None
    if step is None or not _take_step(session, staff, step):
        raise CodeWrong


def remove(staff: Staff) -> None:
    """Switch the second factor off."""
    staff.totp_confirmed_at = staff.totp_sealed = staff.totp_last_step = None


def _find_step(secret: str, code: str, now: datetime) -> int | None:
    digits = "".join(code.split())
    if not (digits.isascii() and digits.isdigit()):
        return None
    current = int(now.timestamp()) // STEP_S
    app = pyotp.TOTP(secret, interval=STEP_S)
    fitting = [
        current + shift
        for shift in WINDOW
        if hmac.compare_digest(app.generate_otp(current + shift), digits)
    ]
    return fitting[0] if fitting else None


def _take_step(session: Session, staff: Staff, step: int) -> bool:
    taken = session.execute(
        update(Staff)
        .where(
            Staff.id == staff.id, or_(Staff.totp_last_step.is_(None), Staff.totp_last_step < step)
        )
        .values(totp_last_step=step)
    )
    return changed_count(taken) == 1
