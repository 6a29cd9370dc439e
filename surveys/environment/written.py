"""How values of the environment are written: switches, numbers, hours, lists with commas."""

import re
from datetime import time
from typing import Any

from marshmallow import ValidationError, fields, validate

from models import DomainGroup

MINIMUM_SECRET_LENGTH = 32
HOURS = re.compile(r"((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)")
DAYS = re.compile(r"([1-7])(?:-([1-7]))?")


class CommaList(fields.List[Any]):
    """A list written with commas."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> list[Any]:
        parts = value.split(",") if isinstance(value, str) else value
        trimmed = [part.strip() for part in parts if part.strip()]
        return super()._deserialize(trimmed, attr, data, **kwargs) or []


class GroupRates(fields.Field[dict[str, int]]):
    """Mails a minute by group of receivers: `gmail=20,rest=60`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> dict[str, int]:
        del attr, data, kwargs
        pairs = [part.partition("=") for part in str(value).split(",") if part.strip()]
        rates = {name.strip(): number.strip() for name, _is, number in pairs}
        is_usual = all(number.isdecimal() and int(number) > 0 for number in rates.values())
        if not is_usual or not rates.keys() <= {group.value for group in DomainGroup}:
            raise ValidationError(
                f"must look like gmail=20,rest=60; groups: {', '.join(DomainGroup)}"
            )
        return {name: int(number) for name, number in rates.items()}


class Numbers(fields.Field[tuple[int, ...]]):
    """Whole numbers with commas: `500,2000,5000`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[int, ...]:
        del attr, data, kwargs
        parts = [part.strip() for part in str(value).split(",") if part.strip()]
        if not all(part.isdecimal() and int(part) > 0 for part in parts):
            raise ValidationError("must be whole numbers with commas, such as 500,2000,5000")
        return tuple(int(part) for part in parts)


class Hours(fields.Field[tuple[time, time]]):
    """From when to when mails go: `08:00-18:00`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> tuple[time, time]:
        del attr, data, kwargs
        found = HOURS.fullmatch(str(value))
        if found is None or found[1] >= found[2]:
            raise ValidationError("must look like 08:00-18:00, the earlier hour first")
        return time.fromisoformat(found[1]), time.fromisoformat(found[2])


class Weekdays(fields.Field[frozenset[int]]):
    """Days of the week, 1 is Monday: `1-5` or `1,2,4`."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> frozenset[int]:
        del attr, data, kwargs
        days: set[int] = set()
        for part in str(value).split(","):
            found = DAYS.fullmatch(part.strip())
            if found is None or found[1] > (found[2] or found[1]):
                raise ValidationError("must be days such as 1-5 or 1,2,4 (1 is Monday)")
            days.update(range(int(found[1]), int(found[2] or found[1]) + 1))
        return frozenset(days)


def secret(*, required: bool = False) -> fields.String:
    """Return a field for a key that nobody can guess."""
    return fields.String(
        required=required,
        validate=validate.Length(
            min=MINIMUM_SECRET_LENGTH, error="needs 32 or more random characters"
        ),
        error_messages={"required": "is missing: 32 or more random characters"},
    )


def switch(*, default: bool | None = False) -> fields.Boolean:
    """Return a field that is on or off."""
    return fields.Boolean(
        load_default=default,
        truthy={"1", "true", "yes", "on"},
        falsy={"0", "false", "no", "off"},
        error_messages={"invalid": "must be 1 or 0"},
    )


def whole_number(default: int, lowest: int, highest: int) -> fields.Integer:
    """Return a field for a whole number between two bounds."""
    return fields.Integer(
        load_default=default,
        validate=validate.Range(
            lowest, highest, error=f"must be a whole number from {lowest} to {highest}"
        ),
        error_messages={"invalid": "must be a whole number"},
    )
