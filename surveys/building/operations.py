"""Everything that staff can do to a draft, each one operation: what is to be done, no more.

`applying` does it. Sections and mailings are named by their index from 0 at the revision that the
form was made from, questions by their code. `keys` are those of the definition format, a part of
them; a value of None takes the key away, texts change in the languages given alone. `subject` says
what the operation touches: `question:<code>`, `section:<index>`, `mailing:<index>`, `audience` or
`survey`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

Keys = Mapping[str, object]


@dataclass(frozen=True)
class Operation:
    """One change of a draft. `counts_in`: whose order its indexes rest on, if any."""

    action: ClassVar[str]
    counts_in: ClassVar[str | None] = None

    @property
    def subject(self) -> str:
        """What the operation touches."""
        return "survey"


@dataclass(frozen=True)
class _OfQuestion(Operation):
    code: str

    @property
    def subject(self) -> str:
        """The question."""
        return f"question:{self.code}"


@dataclass(frozen=True)
class _OfSection(Operation):
    counts_in = "section"
    section: int

    @property
    def subject(self) -> str:
        """The section."""
        return f"section:{self.section}"


@dataclass(frozen=True)
class _OfMailing(Operation):
    """`kind` is said with the index, so that another mailing is never meant by mistake."""

    counts_in = "mailing"
    mailing: int
    kind: str

    @property
    def subject(self) -> str:
        """The mailing."""
        return f"mailing:{self.mailing}"


@dataclass(frozen=True)
class AddQuestion(Operation):
    """A new question; without a code, or with one that is used already, it gets a free one.

    `keys` may be empty but for `type`, or a whole question of the bank. `position` None: at the
    section's end.
    """

    action = "question.add"
    counts_in = "section"
    section: int
    keys: Keys
    position: int | None = None

    @property
    def subject(self) -> str:
        """Nothing that is there already."""
        return "question:"


@dataclass(frozen=True)
class SetQuestion(_OfQuestion):
    """Other content for a question. A new `type` keeps what it knows; a new `code` is followed."""

    action = "question.set"
    keys: Keys


@dataclass(frozen=True)
class MoveQuestion(_OfQuestion):
    """A question goes to `position` (index after the move) of a section, its own or another."""

    action = "question.move"
    counts_in = "section"
    section: int
    position: int


@dataclass(frozen=True)
class DuplicateQuestion(_OfQuestion):
    """A copy right below the question, under a free code."""

    action = "question.duplicate"


@dataclass(frozen=True)
class DeleteQuestion(_OfQuestion):
    """The question goes. Conditions that rest on it stay and block the launch till mended."""

    action = "question.delete"


@dataclass(frozen=True)
class AddSection(Operation):
    """A new, empty section; `position` None: at the end."""

    action = "section.add"
    counts_in = "section"
    keys: Keys
    position: int | None = None

    @property
    def subject(self) -> str:
        """Nothing that is there already."""
        return "section:"


@dataclass(frozen=True)
class SetSection(_OfSection):
    """Another title for a section."""

    action = "section.set"
    keys: Keys


@dataclass(frozen=True)
class MoveSection(_OfSection):
    """A section with its questions goes to `position` (index after the move)."""

    action = "section.move"
    position: int


@dataclass(frozen=True)
class DeleteSection(_OfSection):
    """A section goes, and its questions with it."""

    action = "section.delete"


@dataclass(frozen=True)
class SetSurvey(Operation):
    """What holds for the survey as a whole.

    Keys: title, purpose, indicator, year, languages, confidentiality, timezone, opens_at and
    closes_at.
    """

    action = "survey.set"
    keys: Keys


@dataclass(frozen=True)
class SetAudience(Operation):
    """Whom the survey asks: the whole `audience` as in the definition format, {} for everybody."""

    action = "audience.set"
    audience: Mapping[str, object]
    contact_gap_days: object = None

    @property
    def subject(self) -> str:
        """The audience."""
        return "audience"


@dataclass(frozen=True)
class AddMailing(Operation):
    """A further mailing at the plan's end; `keys` hold its `kind`, and `at` or `after_days`."""

    action = "mailing.add"
    keys: Keys

    @property
    def subject(self) -> str:
        """Nothing that is there already."""
        return "mailing:"


@dataclass(frozen=True)
class SetMailing(_OfMailing):
    """Another time, subject or text; of `at` and `after_days`, the one that is given stays."""

    action = "mailing.set"
    keys: Keys


@dataclass(frozen=True)
class DeleteMailing(_OfMailing):
    """A mailing goes; the invitation stays."""

    action = "mailing.delete"
