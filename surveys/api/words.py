"""Sentences in the caller's language: `Accept-Language`, else the service's own."""

from typing import Self

from flask import request

from surveys.extensions import toolbox
from surveys.i18n import LANGUAGES, translate


class Sentence(str):
    """An English sentence of the catalogue that keeps what fills its `%(name)s` places.

    marshmallow fills messages by `format`; filled so, they could no longer be translated.
    """

    __slots__ = ("params",)
    params: dict[str, object]

    def __new__(cls, text: str, **params: object) -> Self:
        """Make a sentence of the catalogue's `text`."""
        made = super().__new__(cls, text)
        made.params = params
        return made

    def format(self, *_args: object, **params: object) -> "Sentence":
        """Return this sentence with its places filled by `params`, not yet written out."""
        return Sentence(self, **{**self.params, **params})


def wanted_language() -> str:
    """Return the language that the caller wants to read."""
    default = toolbox().settings.default_language
    return request.accept_languages.best_match(LANGUAGES, default) or default


def say(message: str, /, **params: object) -> str:
    """Return `message` in the caller's language with its `%(name)s` places filled."""
    kept = message.params if isinstance(message, Sentence) else {}
    return translate(wanted_language(), str(message), **{**kept, **params})
