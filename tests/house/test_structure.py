"""Rules of the house that no linter knows; each message says how to mend."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from surveys.settings import ROOT

EDGES = {"web", "api", "cli", "jobs"}
ROOMS = [
    "roster", "building", "inviting", "delivery", "answering", "rates", "indicators", "accounts",
    "notifying", "api_keys", "reporting", "webhooks",
]  # fmt: skip


def tracked_files(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_rooms_leave_the_transaction_to_the_edges() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} calls .{node.func.attr}()"
        for path in tracked_files(*[f"surveys/{room}/*.py" for room in ROOMS])
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback"}
    ]

    assert not found, "a room is called inside the edge's transaction()"


def test_no_file_holds_an_import_inside_a_function() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in tracked_files("app.py", "wsgi.py", "models/*.py", "surveys/*.py", "demo/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]

    assert not found, "move the import to the top; if that makes a cycle, move the code"


def test_sql_is_never_put_together_from_text() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in tracked_files("models/*.py", "surveys/*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "text"
        and node.args
        and not isinstance(node.args[0], ast.Constant)
    ]

    assert not found, "bind the value instead: text('… :name').bindparams(name=…)"


def test_no_page_switches_escaping_off() -> None:
    templates = tracked_files("surveys/web/templates/*", "demo/pages/*.html")
    code = tracked_files("surveys/*.py", "demo/*.py")
    unsafe = re.compile(r"\|\s*safe\b|autoescape\s+false|render_template_string")

    found = [p.name for p in [*templates, *code] if unsafe.search(p.read_text(encoding="utf-8"))]

    assert templates
    assert not found


def test_importing_wsgi_starts_nothing(tmp_path: Path) -> None:
    probe = (
        "import threading, time, wsgi\n"
        "deadline = time.monotonic() + 5\n"
        "while threading.active_count() > 1 and time.monotonic() < deadline: time.sleep(0.01)\n"
        "print(threading.active_count())\n"
    )
    environment = {
        "PATH": "/usr/bin:/bin",
        "DONUT_SECRET_KEY": "k" * 32,
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_DATABASE_URL": f"sqlite:///{tmp_path}/never.db",
    }

    done = subprocess.run(
        [sys.executable, "-c", probe], cwd=ROOT, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip

    assert done.stdout.strip() == "1", "a thread goes on running after the import"
    assert not (tmp_path / "never.db").exists(), "the import opened the database"


def test_lock_holds_hashes_and_no_registry() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    pins = re.findall(r"^[a-z0-9][^\s=]*==[^\s]+(?: ;[^\\]*)? \\$", lock, re.MULTILINE)

    assert len(pins) == lock.count("==") - lock.count(" == ") > 50
    assert "://" not in lock
    assert "index" not in lock.replace("python_index", "")


@pytest.mark.parametrize("name", ["CHANGELOG.md", "ARCHITECTURE.md", "README.md"])
def test_document_exists_and_names_no_machine(name: str) -> None:
    content = (ROOT / name).read_text(encoding="utf-8")

    assert content.startswith("# ")
    assert "/home/" not in content
