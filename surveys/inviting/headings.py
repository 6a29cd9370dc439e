"""What stands under a further heading of the roster, as one SQL expression for both engines.

A heading is any text. SQLite would read it as a JSON path, in which quotation marks and backslashes
mean something; so there the heading is compared as a plain value.
"""

from typing import Any

from sqlalchemy import ColumnElement, Text, literal
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from models import Alumnus


def heading_value(heading: str) -> ColumnElement[str]:
    """Return the text under `heading` of a person, NULL where there is none."""
    return _UnderHeading(Alumnus.attributes, literal(heading, Text()))


class _UnderHeading(FunctionElement[str]):
    name = "under_heading"
    inherit_cache = True
    type = Text()


@compiles(_UnderHeading, "postgresql")
def _on_postgresql(element: _UnderHeading, compiler: SQLCompiler, **options: Any) -> str:
    document, heading = (compiler.process(part, **options) for part in element.clauses)
    return f"({document} ->> {heading})"


@compiles(_UnderHeading, "sqlite")
def _on_sqlite(element: _UnderHeading, compiler: SQLCompiler, **options: Any) -> str:
    document, heading = (compiler.process(part, **options) for part in element.clauses)
    return f"(SELECT value FROM json_each({document}) WHERE key = {heading})"  # noqa: S608 - both parts are compiled, values are bound
