"""The receivers of the integration guide, each started as its head says, where its runtime is."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.receivers.running import RECEIVERS, SECRET, Language, Receiver, run_receiver

NEEDED = {
    Language.PYTHON: [],
    Language.CSHARP: ["mcs", "mono"],
    Language.PHP: ["php"],
}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the receivers whose runtime is not on this machine: they are no skipped tests."""
    left_out = [item for item in items if _lacks_runtime(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _lacks_runtime(item: pytest.Item) -> bool:
    """Tests elsewhere have a `language` of their own: what people read."""
    callspec = getattr(item, "callspec", None)
    language = callspec.params.get("language") if callspec else None
    return isinstance(language, Language) and not all(map(shutil.which, NEEDED[language]))


@pytest.fixture(scope="session", params=list(Language), ids=str)
def language(request: pytest.FixtureRequest) -> Language:
    return Language(request.param)


@pytest.fixture(scope="session")
def command(language: Language, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """How the receiver is started; `{port}` is where the port stands."""
    if language is Language.PYTHON:
        return ["python3", str(RECEIVERS / "receiver.py"), "{port}"]
    if language is Language.PHP:
        return ["php", "-S", "127.0.0.1:{port}", str(RECEIVERS / "receiver.php")]
    made = tmp_path_factory.mktemp("receiver") / "Receiver.exe"
    reference = "-r:System.Runtime.Serialization.dll"
    source = str(RECEIVERS / "Receiver.cs")
    subprocess.run(["mcs", "-warnaserror", reference, f"-out:{made}", source], check=True)
    return ["mono", str(made), "{port}"]


@pytest.fixture(scope="module")
def receiver(command: list[str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Receiver]:
    """A receiver that knows one secret, for all tests of a file."""
    journal = tmp_path_factory.mktemp("journal") / "events.tsv"
    with run_receiver(command, secrets=[SECRET], journal=journal) as running:
        yield running


@pytest.fixture
def journal(tmp_path: Path) -> Path:
    return tmp_path / "events.tsv"
