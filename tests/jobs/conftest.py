"""Applications that differ by a setting, and a mail server for them."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from app import create_app
from surveys.extensions import Toolbox, db
from surveys.settings import Settings
from tests.conftest import SettableClock
from tests.mail_sink import Sink, running_sink

AppWith = Callable[..., Flask]


@pytest.fixture
def app_with(settings: Settings, clock: SettableClock) -> Iterator[AppWith]:
    """Make an application on the test's database with other settings."""
    with ExitStack() as ending:

        def make(**over: Any) -> Flask:
            chosen = replace(settings, **over)
            app = create_app(toolbox=Toolbox(settings=chosen, keys=chosen.keys(), clock=clock))
            ending.callback(_dispose, app)
            return app

        yield make


@pytest.fixture
def lone_app(app_with: AppWith) -> Flask:
    """An application that sends by one connection, so that the order of mails is certain."""
    return app_with(mail_connections=1)


@pytest.fixture
def sink() -> Iterator[Sink]:
    with running_sink() as sink:
        yield sink


def _dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
