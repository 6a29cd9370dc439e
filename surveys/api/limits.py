"""How often a key may ask, and how often an address may come without a valid one.

The headers follow draft-ietf-httpapi-ratelimit-headers-11.
"""

from dataclasses import dataclass
from math import ceil

from limits import RateLimitItem, RateLimitItemPerMinute

from surveys.api.refusals import RateLimited
from surveys.clock import SystemClock
from surveys.extensions import counters, toolbox
from surveys.serving.requests import remote_address

OF_KEYS, OF_REFUSALS = "api-key", "api-refused"


@dataclass(frozen=True)
class Allowance:
    """What is left of a window: requests of `most`, and whole seconds until it begins anew."""

    most: int
    remaining: int
    seconds: int

    def headers(self) -> dict[str, str]:
        """Return the two headers that tell a program how fast it may go on."""
        return {
            "RateLimit-Policy": f'"default";q={self.most};w=60',
            "RateLimit": f'"default";r={self.remaining};t={self.seconds}',
        }


def count_request(public_id: str) -> tuple[bool, Allowance]:
    """Count one request of a key; tell whether it is within the limit, and what is left."""
    limit = RateLimitItemPerMinute(toolbox().settings.api_requests_a_minute)
    return _hit(limit, OF_KEYS, public_id)


def count_refusal() -> None:
    """Count one request without a valid key. Raises RateLimited when its address had too many."""
    limit = RateLimitItemPerMinute(toolbox().settings.api_refusals_a_minute)
    is_within, allowance = _hit(limit, OF_REFUSALS, remote_address())
    if not is_within:
        raise RateLimited(allowance.seconds)


def _hit(limit: RateLimitItem, *names: str) -> tuple[bool, Allowance]:
    # What counts tells how often; the limiter above it would only tell whether, and be asked twice.
    storage, key = counters().storage, limit.key_for(*names)
    count = storage.incr(key, limit.get_expiry())
    # The counters go by the machine's clock, whatever clock the application was handed.
    seconds = max(1, ceil(storage.get_expiry(key) - SystemClock().now().timestamp()))
    return count <= limit.amount, Allowance(limit.amount, max(0, limit.amount - count), seconds)
