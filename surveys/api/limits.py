"""How often a key may ask, and how often an address may come without a valid one.

The headers follow draft-ietf-httpapi-ratelimit-headers-11.
"""

from dataclasses import dataclass
from math import ceil

from flask_limiter.util import get_remote_address
from limits import RateLimitItemPerMinute

from surveys.api.refusals import RateLimited
from surveys.clock import SystemClock
from surveys.extensions import limiter

REQUESTS_A_KEY = RateLimitItemPerMinute(60)
REFUSALS_AN_ADDRESS = RateLimitItemPerMinute(20)
POLICY = f'"default";q={REQUESTS_A_KEY.amount};w={REQUESTS_A_KEY.get_expiry()}'


@dataclass(frozen=True)
class Allowance:
    """What is left of a window: requests, and whole seconds until it begins anew."""

    remaining: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """Return the two headers that tell a program how fast it may go on."""
        return {
            "RateLimit-Policy": POLICY,
            "RateLimit": f'"default";r={self.remaining};t={self.seconds}',
        }


def count_request(public_id: str) -> tuple[bool, Allowance]:
    """Count one request of a key; tell whether it is within the limit, and what is left."""
    is_within = limiter.limiter.hit(REQUESTS_A_KEY, "api-key", public_id)
    return is_within, _allowance("api-key", public_id)


def count_refusal() -> None:
    """Count one request without a valid key. Raises RateLimited when its address had too many."""
    address = get_remote_address()
    if not limiter.limiter.hit(REFUSALS_AN_ADDRESS, "api-refused", address):
        stats = limiter.limiter.get_window_stats(REFUSALS_AN_ADDRESS, "api-refused", address)
        raise RateLimited(_seconds_until(stats.reset_time))


def _allowance(*names: str) -> Allowance:
    stats = limiter.limiter.get_window_stats(REQUESTS_A_KEY, *names)
    return Allowance(remaining=max(0, stats.remaining), seconds=_seconds_until(stats.reset_time))


def _seconds_until(reset_time: float) -> int:
    """The counters go by the machine's clock, whatever clock the application was handed."""
    return max(1, ceil(reset_time - SystemClock().now().timestamp()))
