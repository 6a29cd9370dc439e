"""Buttons beside the rows of options and items: up, down, remove, one more."""

from surveys.web.staff.builder.question_fields import Fields, count_rows


def arrange(fields: Fields, do: str) -> Fields:
    """Return the fields after a button `up:options:2`, `down:…`, `remove:…`; others change none."""
    action, _, rest = do.partition(":")
    key, _, index = rest.partition(":")
    if action not in {"up", "down", "remove"} or not index.isdecimal():
        return fields
    order = list(range(count_rows(fields, key)))
    place = int(index)
    if place >= len(order):
        return fields
    row = order.pop(place)
    if action != "remove":
        order.insert(max(0, place + (1 if action == "down" else -1)), row)
    return _reorder(fields, key, order)


def _reorder(fields: Fields, key: str, order: list[int]) -> Fields:
    others = {name: values for name, values in fields.items() if not name.startswith(f"{key}.")}
    rows = {
        f"{key}.{new}.{name.removeprefix(f'{key}.{old}.')}": values
        for new, old in enumerate(order)
        for name, values in fields.items()
        if name.startswith(f"{key}.{old}.")
    }
    return {**others, **rows}
