"""Fields that take exactly what they say, and tell faults in sentences of the catalogue.

marshmallow's own fields take `"5"` for a number, `"yes"` for true, NUL in text and times without
a zone, and keep the last of two equal keys. Bodies use the strict fields; query strings, where
everything is text, use those named `Query…`. Every message is a `Sentence`.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, ClassVar
from unicodedata import category, normalize

import marshmallow as ma
from marshmallow import fields, validate

from surveys.api.words import Sentence
from surveys.errors import N_

LARGEST = 2**31 - 1
WHOLE_NUMBER = re.compile(r"-?[0-9]{1,16}", re.ASCII)
RFC3339 = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)", re.ASCII)
CALENDAR_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
# Control characters, line and paragraph separators, and what no database stores: halves of pairs.
UNWANTED_CATEGORIES = frozenset({"Cc", "Cs", "Zl", "Zp"})
# Line breaks and tabs may stand in a text only where a field says so.
LINE_BREAKS = frozenset("\n\r\t")
# The same for the document; JSON's texts hold no halves of pairs that are worth naming.
ONE_LINE = "^[^\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$"
LINES = "^[^\\u0000-\\u0008\\u000b\\u000c\\u000e-\\u001f\\u007f-\\u009f\\u2028\\u2029]*$"

NOT_VALID = Sentence(N_("This value isn't valid."))
SHARED_MESSAGES: dict[str, str] = {
    "required": Sentence(N_("This is missing.")),
    "null": Sentence(N_("This can't be null.")),
    "validator_failed": NOT_VALID,
    "invalid": NOT_VALID,
}


SCHEMA_WORDS: dict[str, str] = {
    "unknown": Sentence(N_("There is no such field.")),
    "type": Sentence(N_("This must be an object.")),
    "invalid": Sentence(N_("This must be an object.")),
}


class Schema(ma.Schema):
    """A body or a query string: what isn't listed is refused. Fields are listed by hand."""

    class Meta:
        unknown = ma.RAISE

    error_messages = SCHEMA_WORDS


class _Worded(fields.Field[Any]):
    """Gives a field our messages, and to the document what the field checks."""

    WORDS: ClassVar[Mapping[str, str]] = {}

    def __init__(self, *args: Any, documented: Mapping[str, object], **kwargs: Any) -> None:
        messages = {**SHARED_MESSAGES, **self.WORDS, **kwargs.pop("error_messages", {})}
        metadata = {**documented, **kwargs.pop("metadata", {})}
        super().__init__(*args, error_messages=messages, metadata=metadata, **kwargs)


class SafeString(_Worded, fields.String):
    """Text of `min_length` to `max_length` characters, composed (NFC), without control characters.

    `lines=True` lets line breaks and tabs stand in it.
    """

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be text.")),
        "characters": Sentence(N_("This holds a character that can't be stored.")),
        "length": Sentence(N_("This must have %(min)s to %(max)s characters.")),
    }

    def __init__(
        self, *, max_length: int, min_length: int = 0, lines: bool = False, **kwargs: Any
    ) -> None:
        documented = {
            "minLength": min_length,
            "maxLength": max_length,
            "pattern": LINES if lines else ONE_LINE,
        }
        super().__init__(documented=documented, **kwargs)
        self.min_length, self.max_length, self.lines = min_length, max_length, lines

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        allowed = LINE_BREAKS if self.lines else frozenset()
        if any(category(c) in UNWANTED_CATEGORIES and c not in allowed for c in value):
            raise self.make_error("characters")
        # Counted as it came: composing makes it longer in rare scripts only.
        if not self.min_length <= len(value) <= self.max_length:
            raise self.make_error("length", min=self.min_length, max=self.max_length)
        return normalize("NFC", value)


class OneOf(_Worded, fields.String):
    """One of some words, such as the members of a StrEnum."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be one of: %(choices)s.")),
    }

    def __init__(self, choices: Iterable[str], **kwargs: Any) -> None:
        self.choices = [str(choice) for choice in choices]
        documented = [*self.choices, *([None] if kwargs.get("allow_none") else [])]
        super().__init__(documented={"enum": documented}, **kwargs)

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> str:
        if value not in self.choices:
            raise self.make_error("invalid", choices=", ".join(self.choices))
        return str(value)


class Integer(_Worded, fields.Integer):
    """A whole JSON number from `lowest` to `highest`, which 5.0 is too; neither text nor true."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be a whole number.")),
        "too_large": Sentence(N_("This must be a whole number.")),
        "range": Sentence(N_("This must be from %(min)s to %(max)s.")),
    }

    def __init__(self, *, lowest: int = 0, highest: int = LARGEST, **kwargs: Any) -> None:
        documented = {"minimum": lowest, "maximum": highest}
        super().__init__(strict=True, documented=documented, **kwargs)
        self.lowest, self.highest = lowest, highest

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> int:
        return self._within(self._read(value))

    def _read(self, value: Any) -> int:
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise self.make_error("invalid")
        return value

    def _within(self, value: int) -> int:
        if not self.lowest <= value <= self.highest:
            raise self.make_error("range", min=self.lowest, max=self.highest)
        return value


class QueryInteger(Integer):
    """A whole number written in digits, as it stands in a query string."""

    def _read(self, value: Any) -> int:
        if not isinstance(value, str) or not WHOLE_NUMBER.fullmatch(value):
            raise self.make_error("invalid")
        return int(value)


class Boolean(_Worded, fields.Boolean):
    """JSON's true or false, nothing else."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be true or false.")),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(documented={}, **kwargs)

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class Instant(_Worded, fields.AwareDateTime):
    """A moment as RFC 3339 writes it, with its zone; read as UTC."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be a time such as 2026-11-22T14:00:00Z.")),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(documented={}, **kwargs)

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> datetime:
        if not isinstance(value, str) or not RFC3339.fullmatch(value):
            raise self.make_error("invalid")
        try:
            return datetime.fromisoformat(value.upper()).astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.make_error("invalid") from None


class Day(_Worded, fields.Date):
    """A calendar day, YYYY-MM-DD."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be a day such as 2026-11-22.")),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(documented={}, **kwargs)

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> Any:
        if not isinstance(value, str) or not CALENDAR_DAY.fullmatch(value):
            raise self.make_error("invalid")
        return super()._deserialize(value, *_more, **_named)


class List(_Worded, fields.List[Any]):
    """A list of `fewest` to `most` items."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be a list.")),
        "length": Sentence(N_("This must have %(min)s to %(max)s items.")),
    }

    def __init__(self, inner: Any, *, most: int, fewest: int = 0, **kwargs: Any) -> None:
        documented = {"minItems": fewest, "maxItems": most}
        super().__init__(inner, documented=documented, **kwargs)
        self.fewest, self.most = fewest, most

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> Any:
        if not isinstance(value, list):
            raise self.make_error("invalid")
        # Looked at first: a million items would each be read only to be refused.
        if not self.fewest <= len(value) <= self.most:
            raise self.make_error("length", min=self.fewest, max=self.most)
        return super()._deserialize(value, *_more, **_named)


class QueryList(List):
    """Words with commas between them, as they stand in a query string: `types=a,b`."""

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> Any:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        return super()._deserialize(value.split(","), *_more, **_named)


class Nested(_Worded, fields.Nested):
    """An object inside an object."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "type": Sentence(N_("This must be an object.")),
    }

    def __init__(self, nested: type[Schema] | Schema, **kwargs: Any) -> None:
        super().__init__(nested, documented={}, **kwargs)


class Named(_Worded, fields.Dict):
    """An object with names of the caller's own; a fault of a name or its value is at the name."""

    WORDS: ClassVar[Mapping[str, str]] = {
        "invalid": Sentence(N_("This must be an object.")),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(documented={}, **kwargs)

    def _deserialize(self, value: Any, *_more: Any, **_named: Any) -> Any:
        try:
            return super()._deserialize(value, *_more, **_named)  # type: ignore[no-untyped-call] # marshmallow's
        except ma.ValidationError as error:
            if not isinstance(error.messages, dict):
                raise
            # marshmallow parts what is wrong with a name from what is wrong with its value.
            found = {
                name: [message for part in parts.values() for message in part]
                for name, parts in error.messages.items()
            }
            raise ma.ValidationError(found) from None


def matching(pattern: str, message: str) -> validate.Regexp:
    """Return a check that the whole text matches `pattern`; `message` is a `Sentence`."""
    return validate.Regexp(re.compile(rf"(?:{pattern})\Z", re.ASCII), error=message)
