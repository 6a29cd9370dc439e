"""`flask …` commands, each: parse → transaction → room → print."""

from flask import Flask


def attach(app: Flask) -> None:
    """Register the command groups."""
