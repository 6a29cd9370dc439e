"""Query strings that several resources take."""

from surveys.api.fields import Schema


class NoParameters(Schema):
    """A query string that may hold nothing."""


class EmptyBody(Schema):
    """An object without fields: what is asked stands in the address."""
