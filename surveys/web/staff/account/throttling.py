"""How often something may be tried: counted before looking, so that no two slip through together.

The store of the counters may be a server of its own, so it holds no addresses, only their hashes.
"""

from limits import RateLimitItem, parse

from surveys.errors import N_, DonutError
from surveys.extensions import counters, toolbox
from surveys.serving.requests import remote_address
from surveys.tokens import hash_address

TRIES_A_PERSON = parse("5 per 5 minutes")
TRIES_A_PLACE = parse("50 per 5 minutes")
CODES_A_DAY = parse("40 per day")
LINKS_A_PERSON = parse("3 per hour")
LINKS_A_PLACE = parse("20 per hour")


class TooManyTries(DonutError):
    """Somebody guesses, or forgot."""

    code = "too_many_tries"
    status = 429
    message = N_("Too many tries. Wait five minutes and try again.")


class TooManyLinks(DonutError):
    """Somebody asks for one link after the other."""

    code = "too_many_links"
    status = 429
    message = N_("Too many links were asked for. Wait an hour and try again.")


def count_password(email: str) -> None:
    """Count one try of a password. Raises TooManyTries."""
    place = remote_address()
    is_open = _hit(TRIES_A_PLACE, "sign-in", place)
    if not _hit(TRIES_A_PERSON, _hash(email), place) or not is_open:
        raise TooManyTries


def forgive_password(email: str) -> None:
    """Start the count of an account's tries from this place anew."""
    counters().clear(TRIES_A_PERSON, _hash(email), remote_address())


def count_code(staff_id: int) -> None:
    """Count one try of a code, from wherever it comes. Raises TooManyTries."""
    is_open = _hit(CODES_A_DAY, "code", str(staff_id))
    if not _hit(TRIES_A_PERSON, "code", str(staff_id)) or not is_open:
        raise TooManyTries


def forgive_codes(staff_id: int) -> None:
    """Start the count of a person's codes anew."""
    for limit in (TRIES_A_PERSON, CODES_A_DAY):
        counters().clear(limit, "code", str(staff_id))


def count_link(email: str) -> None:
    """Count one request for a link by mail. Raises TooManyLinks."""
    is_open = _hit(LINKS_A_PLACE, "link", remote_address())
    if not _hit(LINKS_A_PERSON, "link", _hash(email)) or not is_open:
        raise TooManyLinks


def _hit(limit: RateLimitItem, *names: str) -> bool:
    return bool(counters().hit(limit, *names))


def _hash(email: str) -> str:
    return hash_address(toolbox().keys.hash[0], email.strip().lower())
