"""What a key may do, one word a right."""

from enum import StrEnum


class Scope(StrEnum):
    """One right of a bearer key; a hook secret has none and does one thing only."""

    SURVEYS_READ = "surveys:read"
    RATES_READ = "rates:read"
    EVENTS_READ = "events:read"
    WEBHOOKS_MANAGE = "webhooks:manage"
    ALUMNI_WRITE = "alumni:write"
    ALUMNI_ERASE = "alumni:erase"
    SUPPRESSIONS_READ = "suppressions:read"
