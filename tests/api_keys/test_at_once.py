"""Two admins at the same moment make no third key of a name and no eleventh hook secret."""

from threading import Barrier, Thread

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import ApiKey
from surveys.api_keys.keeping import get_key
from surveys.api_keys.making import make_key
from surveys.api_keys.refusals import HooksTooMany, NameTaken, SuccessorExists
from surveys.api_keys.wanted import Wanted
from surveys.errors import DonutError
from surveys.extensions import db, transaction
from surveys.settings import Settings
from tests.api_keys.made import make, succeed, wanted, wanted_hook
from tests.conftest import NOW


def _make_at_once(app: Flask, settings: Settings, *asked: Wanted) -> list[str]:
    together, refused = Barrier(len(asked)), []

    def run(one: Wanted) -> None:
        with app.app_context():
            together.wait()
            try:
                with transaction() as session:
                    make_key(session, wanted=one, actor="cli", now=NOW, keys=settings.keys())
            except DonutError as refusal:
                refused.append(refusal.code)
            finally:
                db.session.remove()

    threads = [Thread(target=run, args=(one,)) for one in asked]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_of_two_keys_of_one_name_one_is_refused(app: Flask, settings: Settings) -> None:
    refused = _make_at_once(app, settings, wanted(), wanted())

    assert refused == [NameTaken.code]


def test_eleventh_hook_secret_is_refused(app: Flask, session: Session, settings: Settings) -> None:
    for number in range(9):
        make(session, settings, wanted_hook(name=f"System {number}"))
    session.commit()

    refused = _make_at_once(app, settings, wanted_hook(name="A"), wanted_hook(name="B"))

    assert refused == [HooksTooMany.code]


def test_of_two_successors_at_once_one_is_refused(
    app: Flask, session: Session, settings: Settings
) -> None:
    public_id = make(session, settings)[0].public_id
    session.commit()
    together, refused = Barrier(2), []

    def run() -> None:
        with app.app_context():
            together.wait()
            try:
                with transaction() as own:
                    succeed(own, settings, get_key(own, public_id=public_id))
            except DonutError as refusal:
                refused.append(refusal.code)
            finally:
                db.session.remove()

    threads = [Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert refused == [SuccessorExists.code]
    session.rollback()
    assert len(session.scalars(select(ApiKey)).all()) == 2
