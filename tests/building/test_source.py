import json

import pytest

from surveys.building.faults import DefinitionRefused
from surveys.building.source import LIMIT_BYTES, decode, read_source
from tests.building.documents import list_faults_of_text, make_full_document

BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"


def test_values_keep_their_written_form_in_yaml() -> None:
    content = "a: no\nb: 2026\nc: 2026-11-23T10:00\nd: 2026-11-23\ne: 010\nf: 10:30\ng: ~\nh: '~'\n"

    tree, _ = read_source(content, filename="x.yaml")

    assert list(tree.values()) == [
        *("no", "2026", "2026-11-23T10:00", "2026-11-23", "010", "10:30", None, "~")
    ]


def test_question_mark_needs_no_quotation_marks_between_braces() -> None:
    tree, _ = read_source("a: {tr: Memnun musunuz?, en: [Are you?]}\n", filename="x.yaml")

    assert tree == {"a": {"tr": "Memnun musunuz?", "en": ["Are you?"]}}


def test_values_keep_their_written_form_in_json() -> None:
    content = '{"a": 1.50, "b": true, "c": null, "d": 1e400, "e": NaN}'

    tree, _ = read_source(content, filename="X.JSON")

    assert tree == {"a": "1.50", "b": "true", "c": None, "d": "1e400", "e": "NaN"}


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "The file holds no definition"),
        ("- a\n- b\n", "The file holds no definition"),
        ("merhaba", "The file holds no definition"),
        (BOMB, "Anchors and aliases"),
        ("a: 1\n---\nb: 2\n", "The file holds several documents"),
        ("a: [1, 2\nb: 3\n", "This can't be read as YAML"),
        ("a: b: c\n", "This can't be read as YAML"),
        ("a:\n\t- b\n", "This can't be read as YAML"),
        ("a: \x07\n", "A character here can't be printed (code U+0007)"),
        ("a: \ud800\n", "A character here can't be printed (code U+D800)"),
        ("? [a, b]\n: c\n", "A list or mapping can't be a key"),
        ("a: " + "[" * 100_000, "Here more than 20 levels"),
        ("a: " + "{a: " * 5_000, "Here more than 20 levels"),
        ("- " * 50_000, "Here more than 20 levels"),
        ("a" * (LIMIT_BYTES + 1), "The file is larger than 512 KB"),
    ],
)
def test_yaml_that_cannot_be_a_definition_is_refused(content: str, sentence: str) -> None:
    faults = list_faults_of_text(content)

    assert len(faults) == 1
    assert faults[0][1].startswith(sentence)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("", "This can't be read as JSON"),
        ('{"a": 1,}', "This can't be read as JSON"),
        ("[1]", "The file holds no definition"),
        ("[" * 200_000, "Here more than 20 levels"),
        ('{"a":' * 30 + "1" + "}" * 30, "Here more than 20 levels"),
    ],
)
def test_json_that_cannot_be_a_definition_is_refused(content: str, sentence: str) -> None:
    faults = list_faults_of_text(content, filename="survey.json")

    assert len(faults) == 1
    assert faults[0][1].startswith(sentence)


@pytest.mark.parametrize("tag", ["!!python/object/apply:os.system", "!!binary", "!own"])
def test_tag_is_refused_and_runs_nothing(tag: str) -> None:
    faults = list_faults_of_text(f"code: {tag} [x]\n")

    assert any(words.startswith("Tags such as") and place == "code" for place, words in faults)


@pytest.mark.parametrize(
    ("content", "filename"),
    [("title: a\ncode: x\ntitle: b\n", "x.yaml"), ('{"title": "a", "title": "b"}', "x.json")],
)
def test_key_that_stands_twice_is_refused(content: str, filename: str) -> None:
    faults = list_faults_of_text(content, filename=filename)

    assert ("title", "This key stands here twice. Remove one of the two.") in faults


def test_fault_of_json_names_the_line_where_it_breaks() -> None:
    with pytest.raises(DefinitionRefused) as refused:
        read_source('{\n"a": 1\n"b": 2}', filename="x.json")

    assert refused.value.faults[0].line == 3


@pytest.mark.parametrize(
    "content", ["title: ışğ\n".encode("cp1254"), b"\xff\xfeA\x00", b"PK\x03\xff"]
)
def test_content_that_is_not_utf8_is_refused(content: bytes) -> None:
    with pytest.raises(DefinitionRefused) as refused:
        decode(content)

    assert refused.value.faults[0].message.startswith("The file is no UTF-8 text")


def test_byte_order_mark_is_no_fault() -> None:
    content = b"\xef\xbb\xbf" + json.dumps(make_full_document()).encode()

    assert list_faults_of_text(decode(content), filename="x.json") == []
    assert list_faults_of_text("\ufeff" + decode(content), filename="x.json") == []
