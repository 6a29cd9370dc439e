"""A PostgreSQL server of the tests' own: made in a temporary folder, gone with the session."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event

import psycopg
from psycopg import sql

OWNER = "postgres"


def find_binaries() -> Path | None:
    """Return the folder of the newest installed server, or None."""
    found = shutil.which("pg_ctl")
    if found:
        return Path(found).parent
    versions = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=str)
    return versions[-1].parent if versions else None


def _run(*command: str | Path) -> None:
    # A server refuses to run as root, so root hands over to the packages' own user.
    owner = OWNER if os.geteuid() == 0 else None
    subprocess.run(
        [str(part) for part in command], check=True, capture_output=True, user=owner, cwd="/"
    )


@contextmanager
def running_server(folder: Path, *, address: str = "", port: int = 5432) -> Iterator[str]:
    """Yield the socket folder of a fresh server; it listens on no network unless `address` says."""
    binaries = find_binaries()
    assert binaries is not None
    folder.mkdir(parents=True, exist_ok=True)
    if os.geteuid() == 0:
        shutil.chown(folder, OWNER)
    data = folder / "data"
    _run(binaries / "initdb", "-D", data, "-U", OWNER, "-A", "trust", "-E", "UTF8", "--no-locale")
    if address:
        with (data / "pg_hba.conf").open("a") as rules:
            rules.write("host all all samenet trust\n")
    start_server(folder, address=address, port=port)
    try:
        yield str(folder)
    finally:
        _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")


def start_server(folder: Path, *, address: str = "", port: int = 5432) -> None:
    """Start the server whose files stand in `folder`, also after it was killed."""
    binaries = find_binaries()
    assert binaries is not None
    options = f"-k {folder} -p {port} -c listen_addresses={address} -c max_connections=200"
    command = (binaries / "pg_ctl", "-D", folder / "data", "-w", "-o", options)
    _run(*command, "-l", folder / "log", "start")


def kill_server(folder: Path) -> None:
    """Kill the server and whatever it has started, with no chance to write anything."""
    mark = folder / "data" / "postmaster.pid"
    parent = int(mark.read_text().splitlines()[0])
    children = Path(f"/proc/{parent}/task/{parent}/children").read_text().split()
    killed = [parent, *map(int, children)]
    for one in killed:
        with suppress(ProcessLookupError):
            os.kill(one, signal.SIGKILL)
    while any(map(_is_running, killed)):
        Event().wait(0.01)
    # Where nobody collects the dead, the server that is started next takes this one for alive.
    for left in (mark, *folder.glob(".s.PGSQL.*.lock")):
        left.unlink()


def _is_running(process_id: int) -> bool:
    try:
        return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def create_database(
    socket_folder: str, name: str, *, template: str = "template0", port: int = 5432
) -> str:
    """Create a database from `template`; return its SQLAlchemy address."""
    with psycopg.connect(host=socket_folder, port=port, user=OWNER, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
    return f"postgresql+psycopg://{OWNER}@/{name}?host={socket_folder}&port={port}"
