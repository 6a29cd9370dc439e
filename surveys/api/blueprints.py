"""The blueprint of every resource: our parser, our prefix, typed decorators."""

from collections.abc import Callable
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma

from surveys.api import operations
from surveys.api.notes import note
from surveys.api.parsing import Parser

View = TypeVar("View", bound=Callable[..., Any])
AnySchema = type[ma.Schema] | ma.Schema

PREFIX = "/api/v1"


class Blueprint(flask_smorest.Blueprint):  # type: ignore[misc] # flask-smorest ships no types
    """One resource's operations. `name` is its tag in the document.

    One function an operation and one route a function, no method views: each operation says on
    its own who may call it. Order of the decorators: `route`, `needs`, `arguments`, `response`.
    The function's name is its `operationId` and stays; the docstring's first line is its summary.
    """

    ARGUMENTS_PARSER = Parser()

    def __init__(self, name: str, *, description: str) -> None:
        super().__init__(name, name, url_prefix=PREFIX, description=description)
        self._prepare_doc_cbks.append(self._complete)

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Serve a view below /api/v1; `methods` other than GET are given by name.

        `parameters` describe those of the path: `path_parameter(…)`.
        """

        def serve(view: View) -> View:
            note(view, operations.RULE, value=rule)
            note(view, operations.NAME, value=view.__name__)
            return super(Blueprint, self).route(rule, **options)(view)  # type: ignore[no-any-return] # untyped library

        return serve

    def arguments(self, schema: AnySchema, **options: Any) -> Callable[[View], View]:
        """Hand what `schema` reads to the view: the body, or with `location="query"` the query."""
        return super().arguments(schema, **options)  # type: ignore[no-any-return] # untyped library

    def response(
        self, status: int, schema: AnySchema | None = None, **options: Any
    ) -> Callable[[View], View]:
        """Document the usual answer; `example` shows one. Views return a finished `Response`."""
        return super().response(status, schema, **options)  # type: ignore[no-any-return] # untyped library

    def alt_response(self, status: int, **options: Any) -> Callable[[View], View]:
        """Document another answer that isn't a problem, such as 304 or 202."""
        return super().alt_response(status, **options)  # type: ignore[no-any-return] # untyped library

    def stream(self, media_type: str, *, description: str, example: str) -> Callable[[View], View]:
        """Document a body that the view reads by itself, piece by piece."""
        content = {media_type: {"schema": {"type": "string"}, "example": example}}
        body = {"required": True, "description": description, "content": content}
        return super().doc(requestBody=body)  # type: ignore[no-any-return] # untyped library

    @staticmethod
    def refuses(*statuses: int) -> Callable[[View], View]:
        """Document problems that come from this operation's own rules, such as 409 or 410."""
        return lambda view: note(view, operations.REFUSALS, value=statuses)

    @staticmethod
    def _complete(doc: dict[str, Any], notes: dict[str, Any], **_context: Any) -> dict[str, Any]:
        return operations.complete(doc, notes)


def path_parameter(name: str, *, description: str, example: str, pattern: str) -> dict[str, Any]:
    """Return how a part of a path is documented; `pattern` is what it fully matches."""
    return {
        "in": "path",
        "name": name,
        "required": True,
        "description": description,
        "schema": {"type": "string", "pattern": pattern},
        "example": example,
    }
