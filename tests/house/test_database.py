"""Which SQLite may keep a WAL, what each connection begins with, and the database's own clock."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, select, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from surveys.database import (
    WRITE_OPTION,
    SQLiteChoice,
    choose_sqlite,
    database_time,
    engine_options,
    has_wal_reset_fault,
    prepare_engine,
)


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 0), True),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), True),
        ((3, 52, 1), False),
        ((3, 53, 4), False),
    ],
)
def test_wal_reset_fault_is_told_by_the_version(
    version: tuple[int, ...], *, expected: bool
) -> None:
    assert has_wal_reset_fault(version) is expected


@pytest.mark.parametrize(
    ("version", "mode"), [((3, 40, 1), "TRUNCATE"), ((3, 51, 3), "WAL"), ((3, 52, 0), "TRUNCATE")]
)
def test_journal_is_chosen_by_the_version(version: tuple[int, ...], mode: str) -> None:
    choice = choose_sqlite(version)

    assert (choice.version, choice.journal_mode) == (version, mode)


def test_choice_by_default_is_that_of_the_driver_at_hand() -> None:
    choice = choose_sqlite()

    assert choice.version == tuple(choice.driver.sqlite_version_info)
    assert (choice.journal_mode == "WAL") is not has_wal_reset_fault(choice.version)


def _engine(folder: Path, choice: SQLiteChoice | None = None) -> Engine:
    url = f"sqlite:///{folder / 'donut.db'}"
    engine = create_engine(url, **engine_options(url))
    prepare_engine(engine, choice)
    return engine


def _pragma(engine: Engine, name: str) -> object:
    with engine.connect() as connection:
        value: object = connection.execute(text(f"PRAGMA {name}")).scalar()
    engine.dispose()
    return value


@pytest.mark.parametrize(("version", "mode"), [((3, 40, 1), "truncate"), ((3, 51, 3), "wal")])
def test_journal_mode_read_back_is_the_chosen_one(
    tmp_path: Path, version: tuple[int, ...], mode: str
) -> None:
    assert _pragma(_engine(tmp_path, choose_sqlite(version)), "journal_mode") == mode


def test_file_that_had_a_wal_leaves_it_for_a_library_with_the_fault(tmp_path: Path) -> None:
    before = _pragma(_engine(tmp_path, choose_sqlite((3, 51, 3))), "journal_mode")

    after = _pragma(_engine(tmp_path, choose_sqlite((3, 40, 1))), "journal_mode")

    assert (before, after) == ("wal", "truncate")


def test_library_with_the_fault_does_not_open_a_wal_that_another_holds(tmp_path: Path) -> None:
    sound, faulty = (_engine(tmp_path, choose_sqlite(v)) for v in ((3, 51, 3), (3, 40, 1)))

    with sound.connect() as held:
        held.execute(text("CREATE TABLE kept (id INTEGER)"))
        held.commit()
        with pytest.raises(OperationalError, match="locked"):
            faulty.connect()
        mode = held.execute(text("PRAGMA journal_mode")).scalar()
    sound.dispose()

    assert mode == "wal"


@pytest.mark.parametrize(
    ("pragma", "value"), [("synchronous", 2), ("foreign_keys", 1), ("busy_timeout", 10_000)]
)
def test_connection_begins_with_durable_and_strict_settings(
    tmp_path: Path, pragma: str, value: int
) -> None:
    assert _pragma(_engine(tmp_path), pragma) == value


def test_writer_takes_the_lock_at_once(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    with engine.connect() as one, engine.connect() as two:
        one.execution_options(**{WRITE_OPTION: True}).execute(text("SELECT 1"))
        two.exec_driver_sql("PRAGMA busy_timeout=1")
        two.rollback()

        with pytest.raises(OperationalError, match="locked"):
            two.execution_options(**{WRITE_OPTION: True}).execute(text("SELECT 1"))
    engine.dispose()


def test_reader_waits_for_nobody(tmp_path: Path) -> None:
    engine = _engine(tmp_path)
    with engine.connect() as writer, engine.connect() as reader:
        writer.execution_options(**{WRITE_OPTION: True}).execute(text("SELECT 1"))

        read = reader.execute(text("SELECT 1")).scalar()
    engine.dispose()

    assert read == 1


def test_database_time_is_an_instant_that_can_be_moved(session: Session) -> None:
    early, late = session.execute(select(database_time(-900), database_time(900))).one()

    assert isinstance(early, datetime)
    assert early.tzinfo is not None
    assert timedelta(seconds=1_799) < late - early < timedelta(seconds=1_801)


def test_folder_of_the_database_is_its_owners_alone(tmp_path: Path) -> None:
    engine_options(f"sqlite:///{tmp_path}/instance/donut.db")

    assert (tmp_path / "instance").stat().st_mode & 0o777 == 0o700
