"""Static files: addressed by content, kept for a year, small on the wire."""

import gzip
import re

from flask.testing import FlaskClient


def style_of(client: FlaskClient) -> str:
    found = re.search(r'href="(/static/[^"]+)"', client.get("/nowhere").text)
    assert found
    return found.group(1)


def test_file_of_a_page_is_kept_for_a_year(client: FlaskClient) -> None:
    answer = client.get(style_of(client))

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/css; charset=utf-8"
    assert "--brand" in answer.text


def test_file_asked_by_an_older_digest_is_todays_and_not_kept(client: FlaskClient) -> None:
    path = style_of(client)

    old = client.get(re.sub(r"/static/\w+/", "/static/0000/", path))

    assert old.data == client.get(path).data
    assert old.headers["Cache-Control"] == "no-cache"


def test_stylesheet_of_a_face_begins_with_the_common_one(client: FlaskClient) -> None:
    base, face = client.get("/static/x/base.css").data, client.get("/static/x/respondent.css").data

    assert face.startswith(base)
    assert len(face) > len(base)


def test_file_is_compressed_for_who_takes_it(client: FlaskClient) -> None:
    path = style_of(client)

    small = client.get(path, headers={"Accept-Encoding": "gzip"})
    refused = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})

    assert gzip.decompress(small.data) == refused.data
    assert "Content-Encoding" not in refused.headers
    assert "Accept-Encoding" in small.headers["Vary"]


def test_nothing_outside_the_folder_is_served(client: FlaskClient) -> None:
    for name in ("../words.py", "..%2fwords.py", "%2fetc/passwd", "words.py"):
        assert client.get(f"/static/x/{name}", follow_redirects=True).status_code == 404
