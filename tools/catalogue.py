"""Bring the Turkish catalogue up to what the code says: `python -m tools.catalogue [FILE.json]`.

Drops sentences that nobody says any more, adds the new ones, compiles, and prints those that still
lack their Turkish. FILE.json maps English sentences to Turkish ones to be written in first.
"""

import io
import json
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from app import create_app
from surveys.api.docs import sentences
from surveys.environment import read_settings
from surveys.i18n import CATALOGUES
from surveys.settings import ROOT

FOLDER = CATALOGUES / "tr" / "LC_MESSAGES"
METHODS = [("**.py", "python"), ("**/templates/**", "jinja2")]
KEYWORDS = {"N_": None, "_": None, "gettext": None, "say": None, "translate": (2,)}


def used_messages() -> set[str]:
    """Return every sentence that the service says."""
    found = extract_from_dir(ROOT / "surveys", METHODS, keywords=KEYWORDS)
    said = {m for _file, _line, message, *_ in found if isinstance(m := message, str)}
    return {message for message in said | documented() if message}


def documented() -> set[str]:
    """Return what the API's documentation says in the words of the document that it serves."""
    settings = read_settings({"DONUT_SECRET_KEY": "x" * 32, "DONUT_BASE_URL": "http://127.0.0.1"})
    served = create_app(settings).test_client().get("/api/v1/openapi.json")
    return set(sentences(served.get_json()))


def read_turkish() -> Catalog:
    """Return the catalogue as it is written."""
    with (FOLDER / "messages.po").open("rb") as file:
        return read_po(file, locale="tr")


def update(catalogue: Catalog, translations: dict[str, str]) -> list[str]:
    """Make the catalogue hold exactly the used sentences; return those without Turkish."""
    used = used_messages()
    for stale in [m.id for m in catalogue if m.id and m.id not in used]:
        catalogue.delete(stale)
    for message in sorted(used):
        known = catalogue.get(message)
        if known is None:
            known = catalogue.add(message, "")
        known.string = translations.get(message, known.string)
    return sorted(m for m in used if (e := catalogue.get(m)) and not e.string)


def write(catalogue: Catalog) -> None:
    """Write both files, sorted, so that two people's additions seldom meet."""
    compiled, written = io.BytesIO(), io.BytesIO()
    write_po(written, catalogue, sort_output=True, omit_header=False, width=100)
    (FOLDER / "messages.po").write_bytes(written.getvalue())
    write_mo(compiled, read_turkish())
    (FOLDER / "messages.mo").write_bytes(compiled.getvalue())


if __name__ == "__main__":
    turkish = read_turkish()
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")) if sys.argv[1:] else {}
    missing = update(turkish, given)
    write(turkish)
    print(json.dumps(dict.fromkeys(missing, ""), ensure_ascii=False, indent=1))  # noqa: T201 - what it is for
