"""What came back by mail: what it says, what was done about it, what staff decide."""

from flask import Blueprint

from surveys.web.staff.returns import deciding, pages


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    for module in (pages, deciding):
        module.attach(blueprint)
