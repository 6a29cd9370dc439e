"""What others wrote is what they released, and browsers are told so."""

import base64
import hashlib
import json
import re

from flask import Flask

from surveys.settings import ROOT
from surveys.web.assets import VENDOR_LOCK
from tests.house.test_structure import tracked_files

FORBIDDEN = re.compile(
    r"hx-on|js:|hx-ext|hx-vars|hx-vals|hx-disabled-elt|hx-trigger=\"[^\"]*\[|\son\w+=|\sstyle="
)


def test_vendored_files_are_what_the_lock_says() -> None:
    files = {
        name: integrity
        for package in json.loads(VENDOR_LOCK.read_text(encoding="utf-8")).values()
        for name, integrity in package["files"].items()
    }
    found = {
        path.name: "sha384-" + base64.b64encode(hashlib.sha384(path.read_bytes()).digest()).decode()
        for path in VENDOR_LOCK.parent.iterdir()
        if path != VENDOR_LOCK
    }

    assert found == files


def test_templates_keep_to_the_part_of_htmx_that_needs_no_evaluation() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0]}"
        for path in tracked_files("surveys/web/templates/*.html")
        for match in FORBIDDEN.finditer(path.read_text(encoding="utf-8"))
    ]

    assert not found, "write behaviour into a module of static/, style into a class"


def test_pages_name_the_integrity_of_the_lock(app: Flask) -> None:
    page = app.test_client().get("/login", base_url="https://anket.example.edu.tr").text

    src, integrity = re.findall(r'<script src="([^"]+)" integrity="([^"]+)"', page)[0]
    served = app.test_client().get(src, base_url="https://anket.example.edu.tr").data
    assert integrity == "sha384-" + base64.b64encode(hashlib.sha384(served).digest()).decode()
