"""The HTML edge: what alumni and staff see in a browser."""

from flask import Flask


def attach(app: Flask) -> None:
    """Register the blueprints and everything that concerns every page."""
