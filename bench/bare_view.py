"""The least that could take an answer or tell a document: bare Flask views without a check."""

import os
import sqlite3
import threading

from flask import Flask, Response, jsonify, request

app = Flask(__name__)
_kept = threading.local()
DOCUMENT = {"rates": [{"name": f"rr{n}", "value": 0.1404} for n in range(20)]}


def _connection() -> sqlite3.Connection:
    if not hasattr(_kept, "connection"):
        path = os.environ["BARE_DATABASE"]  # noqa: TID251 - the benchmark's own
        _kept.connection = sqlite3.connect(path, timeout=10, isolation_level=None)
        _kept.connection.execute("PRAGMA journal_mode=WAL")
        _kept.connection.execute("PRAGMA synchronous=FULL")
        _kept.connection.execute(
            "CREATE TABLE IF NOT EXISTS answer (id INTEGER PRIMARY KEY, content TEXT)"
        )
    connection: sqlite3.Connection = _kept.connection
    return connection


@app.post("/answer")
def take() -> tuple[str, int]:
    """Insert what was posted, unchecked, in a transaction of its own."""
    content = request.get_data(as_text=True)
    _connection().execute("INSERT INTO answer (content) VALUES (?)", (content,))
    return "", 204


@app.get("/document")
def tell() -> Response:
    """Return a document as long as a response rate."""
    return jsonify(DOCUMENT)
