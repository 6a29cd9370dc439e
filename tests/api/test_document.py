"""The served document is OpenAPI 3.1, complete, and says of every operation what it does."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema_rs
import pytest
from flask import Flask

from surveys.api.access import KeyAccess
from surveys.serving.access import find_access
from tests.api.conftest import PREFIX, ApiClient

Document = dict[str, Any]
CONVERTED = re.compile(r"<(?:[a-z]+:)?([a-z_]+)>")
IN_DOCUMENT = r"{\1}"
METHODS = {"get", "post", "put", "patch", "delete"}
OF_KEYS = {"401", "403", "406", "429"}


@pytest.fixture
def document(api: ApiClient) -> Document:
    answer = api.with_key(None).get("/openapi.json")
    assert isinstance(answer.json, dict)
    return answer.json


def operations(document: Document) -> Iterator[tuple[str, Document]]:
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield f"{method.upper()} {path}", operation


def resolve(document: Document, node: Document) -> Document:
    if "$ref" not in node:
        return node
    found = document
    for part in node["$ref"].removeprefix("#/").split("/"):
        found = found[part]
    return found


def test_document_is_readable_without_a_key(api: ApiClient) -> None:
    answer = api.with_key(None).get("/openapi.json")

    assert answer.status_code == 200
    assert answer.mimetype == "application/json"
    assert answer.json is not None
    assert answer.json["openapi"] == "3.1.0"


def test_every_reference_leads_somewhere(document: Document) -> None:
    def walk(node: Any) -> Iterator[str]:
        if isinstance(node, dict):
            if "$ref" in node:
                yield node["$ref"]
            node = list(node.values())
        if isinstance(node, list):
            for inner in node:
                yield from walk(inner)

    assert all(resolve(document, {"$ref": reference}) for reference in walk(document))


def test_every_operation_is_in_the_document(app: Flask, document: Document) -> None:
    served = {
        f"{method} {CONVERTED.sub(IN_DOCUMENT, rule.rule)}"
        for rule in app.url_map.iter_rules()
        if isinstance(find_access(app.view_functions[rule.endpoint]), KeyAccess)
        for method in rule.methods or ()
        if method.lower() in METHODS
    }

    assert served <= {name for name, _operation in operations(document)}


def test_operations_are_named_and_told(document: Document) -> None:
    found = dict(operations(document))

    assert all(o["summary"].endswith(".") and o["operationId"] for o in found.values())
    assert len({o["operationId"] for o in found.values()}) == len(found)


def test_problems_are_told_at_every_operation(document: Document) -> None:
    for name, operation in operations(document):
        responses = {s: resolve(document, r) for s, r in operation["responses"].items()}
        problems = {s for s, r in responses.items() if "application/problem+json" in str(r)}
        expected = {"400", "500", "503"} | (OF_KEYS if operation["security"] else set())
        if "{" in name:
            expected.add("404")
        if "requestBody" in operation:
            expected |= {"413", "415", "422"}

        assert expected <= problems, name
        assert problems == {s for s in responses if int(s) >= 400}, name


def test_answers_have_examples_that_fit_their_schemas(document: Document) -> None:
    bundled = json.loads(json.dumps(document))
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            for content in resolve(document, response).get("content", {}).values():
                assert "example" in content, f"{name} {status}"
                schema = {**content["schema"], "components": bundled["components"]}
                faults = jsonschema_rs.Draft202012Validator(schema).iter_errors(content["example"])
                assert not [fault.message for fault in faults], f"{name} {status}"


def test_bodies_have_examples_that_fit_their_schemas(document: Document) -> None:
    for name, operation in operations(document):
        for content in operation.get("requestBody", {}).get("content", {}).values():
            assert "example" in content or "examples" in content, name
            schema = {**content["schema"], "components": document["components"]}
            validator = jsonschema_rs.Draft202012Validator(schema)
            many = [e["value"] for e in content.get("examples", {}).values()]
            for example in [content["example"]] if "example" in content else many:
                assert validator.is_valid(example), name


def test_bodies_list_every_field_and_answers_stay_open(document: Document) -> None:
    schemas = document["components"]["schemas"]
    bodies = {
        content["schema"]["$ref"].rpartition("/")[2]
        for _name, operation in operations(document)
        for media_type, content in operation.get("requestBody", {}).get("content", {}).items()
        if media_type == "application/json"
    }

    assert all(schemas[name]["additionalProperties"] is False for name in bodies)
    assert "additionalProperties" not in schemas["OwnKey"]


def test_document_names_the_public_address(document: Document) -> None:
    assert document["servers"] == [{"url": "https://anket.example.edu.tr"}]
    assert all(path.startswith(PREFIX) for path in document["paths"])
