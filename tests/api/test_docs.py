"""The page that explains the API: complete, in both languages, with the headers of a page."""

import re

import pytest

from tests.api.conftest import ApiClient

FOREIGN = re.compile(r'<script|<style| style=| on[a-z]+=|(src|href)="(?![/?#]|mailto:|data:)')


def test_every_operation_stands_on_the_page(api: ApiClient) -> None:
    document = api.get("/openapi.json").json
    page = api.with_key(None).get("/docs")

    assert isinstance(document, dict)
    assert page.status_code == 200
    for path, item in document["paths"].items():
        for method in item.keys() - {"parameters"}:
            name = item[method]["operationId"]
            assert f'id="{name}"' in page.text
            assert f'href="#{name}"' in page.text
            assert path in page.text


@pytest.mark.parametrize(
    ("language", "sentence"),
    [("tr", "Diğer sistemler için API"), ("en", "API for other systems")],
)
def test_page_speaks_both_languages(api: ApiClient, language: str, sentence: str) -> None:
    page = api.with_key(None).get("/docs", query_string={"lang": language})

    assert f'<html lang="{language}">' in page.text
    assert f"<h1>{sentence}</h1>" in page.text


def test_page_runs_and_loads_nothing_of_others(api: ApiClient) -> None:
    page = api.with_key(None).get("/docs")

    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert not FOREIGN.search(page.text)
