"""Numbers in addresses: one that no table can hold is an address that doesn't exist."""

from flask import Flask
from werkzeug.routing import IntegerConverter, Map

LARGEST = 2**31 - 1


class RowNumber(IntegerConverter):
    """`<int:…>` in a rule: not below 0 and not above what an integer column holds."""

    def __init__(self, map: Map) -> None:  # noqa: A002 - werkzeug gives it by this name
        super().__init__(map, max=LARGEST)


def attach(app: Flask) -> None:
    """Let every rule registered from now on read its numbers so."""
    app.url_map.converters["int"] = RowNumber
