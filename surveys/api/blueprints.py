"""The blueprint of every resource: our parser, our prefix, typed decorators."""

from collections.abc import Callable
from typing import Any, TypeVar

import flask_smorest
import marshmallow as ma

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

    def route(self, rule: str, **options: Any) -> Callable[[View], View]:
        """Serve a view below /api/v1; `methods` other than GET are given by name."""
        return super().route(rule, **options)  # type: ignore[no-any-return] # untyped library

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
