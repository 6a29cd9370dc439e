"""Headers that every answer carries unless its view set its own."""

from collections.abc import Mapping

from flask import Response


def add_missing(response: Response, headers: Mapping[str, str]) -> None:
    """Add those of `headers` that the answer has not, in one pass over those that it has."""
    present = {name.lower() for name, _value in response.headers}
    response.headers.extend(
        [(name, value) for name, value in headers.items() if name.lower() not in present]
    )
