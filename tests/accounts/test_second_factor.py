"""The second factor: codes fit for a minute and a half, each once, and only after confirming."""

from datetime import datetime, timedelta

import pyotp
import pytest
from sqlalchemy.orm import Session

from models import Staff
from surveys.accounts import second_factor
from surveys.accounts.second_factor import CodeWrong, SecondFactorMissing
from surveys.settings import Settings
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.notifying.members import make_staff

STEP = timedelta(seconds=30)


@pytest.fixture
def keys(settings: Settings) -> Keys:
    return settings.keys()


@pytest.fixture
def person(session: Session, keys: Keys) -> Staff:
    """Somebody whose set-up has begun."""
    staff = make_staff(session)
    second_factor.begin_setup(staff, keys=keys)
    session.flush()
    return staff


def code_at(staff: Staff, keys: Keys, at: datetime) -> str:
    return pyotp.TOTP(second_factor.read_secret(staff, keys=keys)).at(at)


def test_secret_stands_sealed(person: Staff, keys: Keys) -> None:
    secret = second_factor.read_secret(person, keys=keys)

    assert person.totp_sealed
    assert secret not in person.totp_sealed
    assert "zeynep" in second_factor.setup_address(person, secret)


def test_set_up_counts_once_a_code_is_confirmed(
    session: Session, person: Staff, keys: Keys
) -> None:
    code = code_at(person, keys, NOW)
    before = second_factor.is_on(person)

    second_factor.confirm_setup(session, staff=person, code=code, keys=keys, now=NOW)

    assert (before, second_factor.is_on(person)) == (False, True)
    with pytest.raises(SecondFactorMissing):
        second_factor.begin_setup(person, keys=keys)


@pytest.mark.parametrize("shift", [-1, 0, 1])
def test_code_of_a_neighbouring_step_fits(
    session: Session, person: Staff, keys: Keys, shift: int
) -> None:
    code = code_at(person, keys, NOW + shift * STEP)

    second_factor.use_code(session, staff=person, code=code, keys=keys, now=NOW)

    session.refresh(person)
    assert person.totp_last_step == (NOW + shift * STEP).timestamp() // STEP.total_seconds()


@pytest.mark.parametrize("shift", [-2, 2])
def test_code_of_a_farther_step_is_wrong(
    session: Session, person: Staff, keys: Keys, shift: int
) -> None:
    code = code_at(person, keys, NOW + shift * STEP)

    with pytest.raises(CodeWrong):
        second_factor.use_code(session, staff=person, code=code, keys=keys, now=NOW)


def test_code_works_once_and_older_ones_no_more(
    session: Session, person: Staff, keys: Keys
) -> None:
    code, older = code_at(person, keys, NOW), code_at(person, keys, NOW - STEP)
    second_factor.use_code(session, staff=person, code=code, keys=keys, now=NOW)

    for used in (code, older):
        with pytest.raises(CodeWrong):
            second_factor.use_code(session, staff=person, code=used, keys=keys, now=NOW)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
def test_what_is_no_code_is_wrong(session: Session, person: Staff, keys: Keys, code: str) -> None:
    with pytest.raises(CodeWrong):
        second_factor.use_code(session, staff=person, code=code, keys=keys, now=NOW)


def test_code_with_a_blank_in_it_fits(session: Session, person: Staff, keys: Keys) -> None:
    code = code_at(person, keys, NOW)

    second_factor.use_code(session, staff=person, code=f"{code[:3]} {code[3:]}", keys=keys, now=NOW)

    session.refresh(person)
    assert person.totp_last_step == NOW.timestamp() // STEP.total_seconds()


def test_without_the_data_key_no_code_fits(session: Session, person: Staff, keys: Keys) -> None:
    code = code_at(person, keys, NOW)
    others = Keys(link=keys.link, hash=keys.hash, data=[b"o" * 32])

    with pytest.raises(CodeWrong):
        second_factor.use_code(session, staff=person, code=code, keys=others, now=NOW)
