"""Models and migrations say the same, both ways, on the engine under test."""

from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect

from models import Base
from surveys.extensions import db


def test_migrations_run_down_to_nothing_and_up_again(app: Flask) -> None:
    with app.app_context():
        downgrade(revision="base")
        left = set(inspect(db.engine).get_table_names())
        upgrade()
        made = set(inspect(db.engine).get_table_names())

    assert left <= {"alembic_version"}
    assert made == {*Base.metadata.tables, "alembic_version"}


def test_models_hold_nothing_that_migrations_lack(app: Flask) -> None:
    result = app.test_cli_runner().invoke(args=["db", "check"])

    assert result.exit_code == 0, result.output
