"""The page that explains the API to whoever writes a client: the served document, in words.

Made of the document itself, so that the two can't differ; its sentences are in the catalogue.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from flask import Flask, render_template

from surveys.api.access import public_api
from surveys.api.blueprints import PREFIX
from surveys.i18n import LANGUAGES

Document = dict[str, Any]
BOUNDS = (("minimum", "maximum"), ("minLength", "maxLength"), ("minItems", "maxItems"))
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """A parameter or a field of a body; `kind` is its type with its bounds, as JSON Schema."""

    name: str
    place: str
    kind: str
    is_required: bool
    description: str


@dataclass(frozen=True)
class Operation:
    """One operation as the page shows it; examples are JSON, indented."""

    name: str
    method: str
    path: str
    summary: str
    description: str
    scope: str | None
    is_keyed: bool
    parameters: Sequence[Field]
    fields: Sequence[Field]
    body: str | None
    answers: Sequence[tuple[str, str | None]]
    problems: Sequence[str]


@dataclass(frozen=True)
class Group:
    """The operations of one resource."""

    name: str
    description: str
    operations: Sequence[Operation]


def attach(app: Flask, document: Document) -> None:
    """Serve the page."""
    groups = list(read_groups(document))
    about = flow(document["info"]["description"])

    @public_api
    def docs() -> str:
        return render_template(
            "api/docs.html", groups=groups, about=about, prefix=PREFIX, languages=LANGUAGES
        )

    app.add_url_rule(f"{PREFIX}/docs", "api.docs", docs)


def flow(text: str | None) -> str:
    """Return a text of the code as one paragraph, as it stands in the catalogue."""
    return " ".join((text or "").split())


def sentences(document: Document) -> Iterator[str]:
    """Yield what the page says in the document's words, for the catalogue."""
    yield flow(document["info"]["description"])
    for group in read_groups(document):
        yield group.description
        for operation in group.operations:
            yield operation.summary
            yield operation.description
            yield from (f.description for f in (*operation.parameters, *operation.fields))


def read_groups(document: Document) -> Iterator[Group]:
    """Yield the resources of a document in its order."""
    for tag in document["tags"]:
        operations = [
            _read_operation(document, path, method, item)
            for path, item in document["paths"].items()
            for method in METHODS
            if tag["name"] in item.get(method, {}).get("tags", ())
        ]
        yield Group(tag["name"], flow(tag["description"]), operations)


def _read_operation(document: Document, path: str, method: str, item: Document) -> Operation:
    found = item[method]
    wanted = [*item.get("parameters", []), *found.get("parameters", [])]
    bodies = found.get("requestBody", {}).get("content", {}).values()
    body: Document = next(iter(bodies), {})
    security = found["security"]
    return Operation(
        name=found["operationId"],
        method=method.upper(),
        path=path,
        summary=flow(found["summary"]),
        description=flow(found.get("description")),
        scope=next((scope for way in security for scope in way["key"]), None),
        is_keyed=bool(security),
        parameters=[_read_parameter(_resolve(document, parameter)) for parameter in wanted],
        fields=list(_read_fields(document, body.get("schema", {}))),
        body=_show(body.get("example")),
        answers=[*_read_answers(document, found["responses"])],
        problems=[status for status in found["responses"] if int(status) >= HTTPStatus.BAD_REQUEST],
    )


def _read_parameter(found: Document) -> Field:
    return Field(
        name=found["name"],
        place=found["in"],
        kind=_read_kind(found.get("schema", {})),
        is_required=bool(found.get("required")),
        description=flow(found.get("description")),
    )


def _read_fields(document: Document, schema: Document) -> Iterator[Field]:
    whole = _resolve(document, schema)
    for name, found in whole.get("properties", {}).items():
        yield Field(
            name=name,
            place="body",
            kind=_read_kind(_resolve(document, found)),
            is_required=name in whole.get("required", ()),
            description=flow(found.get("description")),
        )


def _read_answers(document: Document, responses: Document) -> Iterator[tuple[str, str | None]]:
    for status, response in responses.items():
        if int(status) < HTTPStatus.BAD_REQUEST:
            contents: Document = _resolve(document, response).get("content", {})
            yield status, _show(next((c.get("example") for c in contents.values()), None))


def _read_kind(schema: Mapping[str, Any]) -> str:
    """Return such as `string, 1–50` or `scheduled | open`."""
    if "enum" in schema:
        return " | ".join(str(value) for value in schema["enum"])
    kinds = schema.get("type", "object")
    kind = " | ".join(kinds) if isinstance(kinds, list) else str(kinds)
    bounds = [
        f"{schema.get(low, '')}–{schema.get(high, '')}"
        for low, high in (
            ("minimum", "maximum"),
            ("minLength", "maxLength"),
            ("minItems", "maxItems"),
        )
        if low in schema or high in schema
    ]
    return ", ".join([kind, *bounds])


def _resolve(document: Document, node: Document) -> Document:
    if "$ref" not in node:
        return node
    found: Any = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return dict(found)


def _show(example: object) -> str | None:
    return None if example is None else json.dumps(example, ensure_ascii=False, indent=2)
