"""Every text exists in Turkish, the catalogue holds no leftovers, and refusals have words."""

import importlib
import io
import pkgutil
from collections.abc import Iterator

from babel.messages.mofile import write_mo

import surveys
from surveys.errors import DonutError
from tools.catalogue import FOLDER, read_turkish, used_messages


def subclasses(parent: type[DonutError]) -> Iterator[type[DonutError]]:
    for child in parent.__subclasses__():
        yield child
        yield from subclasses(child)


def refusals() -> list[type[DonutError]]:
    for module in pkgutil.walk_packages(surveys.__path__, "surveys."):
        importlib.import_module(module.name)
    return list(subclasses(DonutError))


def test_every_text_has_a_turkish_sentence() -> None:
    catalogue = read_turkish()

    missing = [m for m in sorted(used_messages()) if not (e := catalogue.get(m)) or not e.string]

    assert not missing


def test_catalogue_holds_no_sentence_that_nobody_says() -> None:
    stale = {str(m.id) for m in read_turkish() if m.id} - used_messages()

    assert not stale


def test_sentences_name_the_same_places_in_both_languages() -> None:
    faults = [m.id for m in read_turkish() if m.id and m.check()]

    assert not faults


def test_no_sentence_is_marked_as_unsure() -> None:
    assert not [m.id for m in read_turkish() if m.id and m.fuzzy]


def test_compiled_catalogue_is_the_written_one() -> None:
    compiled = io.BytesIO()
    write_mo(compiled, read_turkish())

    assert (FOLDER / "messages.mo").read_bytes() == compiled.getvalue()


def test_refusals_have_a_code_of_their_own_and_a_sentence() -> None:
    """A class without a code of its own is its parent's refusal in other words."""
    classes = refusals()
    codes = [refusal.code for refusal in classes if "code" in vars(refusal)]

    assert len(codes) > 10
    assert sorted(codes) == sorted(set(codes))
    assert "refused" not in codes
    assert all(400 <= refusal.status < 600 for refusal in classes)
    assert all(refusal.message != DonutError.message for refusal in classes)
