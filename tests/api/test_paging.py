"""Cursors are sealed, belong to one list with its filters, and are nobody's to make."""

import pytest

from surveys.api.paging import decode_cursor, encode_cursor
from surveys.api.refusals import InvalidRequest
from surveys.settings import Settings
from surveys.tokens import seal
from tests.api.conftest import ApiClient

FILTERS = {"list": "surveys", "key": "aaaaaaaa", "year": 2026, "status": None}
POSITION: list[str | int | None] = ["2026-11-22T14:00:00+00:00", 57]


def test_cursor_holds_its_position(settings: Settings) -> None:
    cursor = encode_cursor(settings.keys(), POSITION, FILTERS)

    assert decode_cursor(settings.keys(), cursor, FILTERS) == POSITION


@pytest.mark.parametrize(
    "other",
    [{"list": "response-rates"}, {"key": "bbbbbbbb"}, {"year": 2025}, {"status": "open"}],
)
def test_cursor_of_another_list_is_refused(settings: Settings, other: dict[str, object]) -> None:
    cursor = encode_cursor(settings.keys(), POSITION, FILTERS)

    with pytest.raises(InvalidRequest) as refused:
        decode_cursor(settings.keys(), cursor, {**FILTERS, **other})

    assert refused.value.faults[0].pointer == "#/query/cursor"


@pytest.mark.parametrize("content", ["", "1", "[]", "{}", "null", "not json", '{"f": 1}'])
def test_other_sealed_things_are_no_cursors(settings: Settings, content: str) -> None:
    sealed = seal(settings.keys().data, content)

    with pytest.raises(InvalidRequest):
        decode_cursor(settings.keys(), sealed, FILTERS)


def test_altered_cursor_is_refused(settings: Settings) -> None:
    cursor = encode_cursor(settings.keys(), POSITION, FILTERS)

    # The last letters hold bits that base64 leaves unused.
    for place in range(0, len(cursor) - 4, 7):
        altered = cursor[:place] + ("A" if cursor[place] != "A" else "B") + cursor[place + 1 :]
        with pytest.raises(InvalidRequest):
            decode_cursor(settings.keys(), altered, FILTERS)


@pytest.mark.parametrize("path", ["/surveys", "/response-rates"])
@pytest.mark.parametrize("cursor", ["x", "gAAAA", "ş", "%00", "a" * 1_001, "null", "1"])
def test_anything_else_is_refused_in_words(api: ApiClient, path: str, cursor: str) -> None:
    answer = api.get(path, query_string={"cursor": cursor})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["pointer"] == "#/query/cursor"


@pytest.mark.parametrize("limit", ["0", "201", "-1", "1e2", "5.0", " 5", "٣", "1_0", "", "9" * 40])
def test_limit_is_from_one_to_two_hundred(api: ApiClient, limit: str) -> None:
    answer = api.get("/surveys", query_string={"limit": limit})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["pointer"] == "#/query/limit"


def test_parameter_twice_and_unknown_parameters_are_refused(api: ApiClient) -> None:
    twice = api.get("/surveys?limit=1&limit=2")
    unknown = api.get("/surveys?limits=1")

    assert (twice.status_code, unknown.status_code) == (422, 422)
    assert twice.json is not None
    assert unknown.json is not None
    assert twice.json["errors"][0]["pointer"] == "#/query/limit"
    assert unknown.json["errors"][0]["pointer"] == "#/query/limits"
