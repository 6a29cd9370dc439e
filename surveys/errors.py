"""What can be refused, and how a refusal is told: a code for machines, a sentence for people."""

from collections.abc import Mapping
from typing import ClassVar


def N_(message: str) -> str:  # noqa: N802 - the name that message extractors look for
    """Mark an English message for the catalogue; the edges translate it when they show it."""
    return message


class DonutError(Exception):
    """An expected refusal. Subclasses stand beside the code that raises them.

    `code` is stable snake case for problem+json, pages, logs and tests; `status` the HTTP status;
    `message` an English sentence with `%(name)s` places for the parameters, in the catalogue.
    """

    code: ClassVar[str] = "refused"
    status: ClassVar[int] = 422
    message: ClassVar[str] = N_("This was refused.")

    def __init__(self, **params: object) -> None:
        super().__init__(self.code)
        self.params: Mapping[str, object] = params

    def __str__(self) -> str:
        return self.message % self.params
