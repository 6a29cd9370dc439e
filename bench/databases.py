"""A database of each engine for a benchmark, empty, and gone afterwards."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.postgresql import create_database, find_binaries, running_server


def fresh_databases() -> Iterator[tuple[str, str, Path]]:
    """Yield the name of an engine, the address of a database and a folder for what lies beside it.

    Says so where PostgreSQL is not installed.
    """
    with tempfile.TemporaryDirectory() as name:
        yield "SQLite", f"sqlite:///{name}/bench.db", Path(name)
    if find_binaries() is None:
        print("PostgreSQL is not installed")
        return
    with tempfile.TemporaryDirectory() as name:
        # Its server runs as another user.
        Path(name).chmod(0o755)
        with running_server(Path(name) / "server") as socket_folder:
            yield "PostgreSQL", create_database(socket_folder, "bench"), Path(name)
