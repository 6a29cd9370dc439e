"""What decorators leave at a view for the document: smorest carries it along with its own."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

View = TypeVar("View", bound=Callable[..., Any])

# smorest's name: it copies what stands here into the operation.
ATTRIBUTE = "_apidoc"


def note(view: View, entry: str, *, value: object) -> View:
    """Write one entry at `view`, whatever decorators were there before; return it."""
    view.__dict__[ATTRIBUTE] = {**view.__dict__.get(ATTRIBUTE, {}), entry: value}
    return view


def notes_of(view: Callable[..., Any]) -> Mapping[str, Any]:
    """Return what was written at `view`."""
    notes: Mapping[str, Any] = view.__dict__.get(ATTRIBUTE, {})
    return notes
