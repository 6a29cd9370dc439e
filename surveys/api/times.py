"""Moments as they stand on the wire: RFC 3339 in UTC, whole seconds, `Z`."""

from datetime import UTC, datetime


def write_instant(value: datetime) -> str:
    """Return an aware moment as 2026-11-22T14:00:00Z."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
