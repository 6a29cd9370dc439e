"""What a check has to say: a code for machines, a sentence for staff.

Enters: nothing but parameters. The edges translate the sentence and the parameters in it.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from models import MailingKind
from surveys.errors import N_

KIND_WORDS: Mapping[str, str] = {
    MailingKind.INVITATION: N_("invitation"),
    MailingKind.REMINDER: N_("reminder"),
    MailingKind.THANKS: N_("thanks"),
}


@dataclass(frozen=True)
class Note:
    """One warning, or one thing that blocks a launch.

    `message` is an English sentence of the catalogue with `%(name)s` places for `params`: words,
    texts by language, whole numbers, instants, and under `kind` a MailingKind.
    """

    code: str
    message: str
    params: Mapping[str, object]


def note(code: str, message: str, **params: object) -> Note:
    """Return a note; the catalogue's extractor finds `message` by its `N_`."""
    return Note(code, message, params)
