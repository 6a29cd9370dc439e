import json
from contextlib import suppress
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from surveys.building.definition import Definition, from_document, to_document
from surveys.building.exporting import write_definition
from surveys.building.faults import DefinitionRefused
from surveys.building.reading import read_definition
from tests.building.definitions import definitions
from tests.building.documents import change, list_faults, make_full_document

quick = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
hostile = st.text(st.characters(exclude_categories=()))
anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | hostile,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(hostile, inner, max_size=3),
    max_leaves=6,
)
PLACES = [
    "title",
    "audience",
    "sections",
    "sections[0]",
    "sections[0].questions[1]",
    "sections[0].questions[1].options",
    "sections[0].questions[3].show_if",
    "sections[0].questions[4].scale",
    "sections[1].questions[1].min",
    "mailings[0].at",
    "mailings[1].subject",
]


@quick
@given(definitions())
def test_document_gives_the_same_definition_back(definition: Definition) -> None:
    document = json.loads(json.dumps(to_document(definition)))

    assert from_document(document) == definition


@quick
@given(definitions())
def test_written_json_is_read_as_the_same_definition(definition: Definition) -> None:
    content = json.dumps(to_document(definition))

    assert read_definition(content, filename="survey.json") == definition


@quick
@given(definition=definitions(), flow=st.booleans())
def test_written_yaml_is_read_as_the_same_definition(*, definition: Definition, flow: bool) -> None:
    plain = json.loads(json.dumps(to_document(definition)))
    content = yaml.safe_dump(plain, allow_unicode=True, default_flow_style=flow)

    assert read_definition(content, filename="survey.yaml") == definition


@quick
@given(definitions())
def test_exported_definition_is_read_as_the_same_definition(definition: Definition) -> None:
    content = write_definition(to_document(definition))

    assert read_definition(content, filename="survey.yaml") == definition


def test_exported_definition_reads_in_the_order_of_the_format() -> None:
    document = dict(sorted(make_full_document().items(), reverse=True))

    lines = write_definition(document).splitlines()

    keys = [line.split(":")[0] for line in lines if line[0] not in " -"]
    assert keys[:3] == ["code", "title", "purpose"]
    assert lines[1:3] == ["title:", "  tr: title"]


@quick
@given(st.sampled_from(PLACES), anything)
def test_any_value_is_accepted_or_refused_with_showable_faults(place: str, value: Any) -> None:
    document = change(place, value)

    shown = [f"{found}: {sentence}" for found, sentence in list_faults(document)]

    assert all(line.isprintable() and line.encode() for line in shown)


@quick
@given(st.text(), st.sampled_from(["x.yaml", "x.json"]))
def test_any_text_is_refused_as_a_definition(content: str, filename: str) -> None:
    found = None

    with suppress(DefinitionRefused):
        found = read_definition(content, filename=filename)

    assert found is None
