"""Every command of the guide for the other firm's developer does what the guide says."""

import os
import re
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from models import ApiKeyKind
from surveys.api_keys.making import make_key as make_hook
from surveys.api_keys.scopes import Scope
from surveys.api_keys.wanted import Wanted
from surveys.clock import SystemClock
from surveys.extensions import db, toolbox
from surveys.settings import ROOT
from tests.api.conftest import MakeKey
from tests.api.live import running_service
from tests.crowd import add_people, answer_all, invite_all
from tests.factories import make_survey
from tests.reporting.test_documents import add_target

GUIDES = {
    language: ROOT / "docs" / language / "README.md" for language in ("integration", "entegrasyon")
}
BLOCK = re.compile(r"^```sh\n(.*?)^```", re.DOTALL | re.MULTILINE)
EXPORT = re.compile(r"^export (\w+)=\S*…\S*$|^export DONUT=.*$", re.MULTILINE)
ENDPOINT_ID = re.compile(r'"id":"(whe_[a-z2-7]{13})"')


@pytest.fixture
def environment(app: Flask, session: Session, make_key: MakeKey, tmp_path: Path) -> dict[str, str]:
    """What the reader has by the time: a key, a survey, a hook secret. A refusal ends a command."""
    now = SystemClock().now()
    add_target(session, "20")
    survey = make_survey(
        session,
        indicator_code="PG3.3.5",
        year=now.year,
        opens_at=now - timedelta(days=20),
        closes_at=now + timedelta(days=20),
    )
    people = add_people(session, 20)
    invite_all(session, survey, people, unit="Hukuk")
    answer_all(session, survey, people[:7])
    name = survey.public_id
    key = make_key(*Scope, created_at=now - timedelta(days=1), expires_at=now + timedelta(days=9))
    with app.app_context():
        keys = toolbox().keys
    wanted = Wanted(name="Portal", kind=ApiKeyKind.HOOK)
    _row, secret = make_hook(session, wanted=wanted, actor="cli", now=now, keys=keys)
    session.commit()
    (tmp_path / ".curlrc").write_text("fail-with-body\n")
    return {
        "PATH": os.environ["PATH"],  # noqa: TID251 - a process needs the one of its parent
        "CURL_HOME": str(tmp_path),
        "KEY": key,
        "SURVEY": f"srv_{name}",
        "HOOK_SECRET": secret,
    }


@pytest.mark.parametrize("guide", GUIDES)
def test_commands_of_the_guide_work_in_their_order(
    app: Flask, database_url: str, environment: dict[str, str], tmp_path: Path, guide: str
) -> None:
    blocks = BLOCK.findall(GUIDES[guide].read_text(encoding="utf-8"))
    with app.app_context():
        db.engine.dispose()
    done = []
    with running_service(database_url, log=tmp_path / "log") as url:
        environment["DONUT"] = url
        for block in blocks:
            ran = subprocess.run(
                ["sh", "-euc", EXPORT.sub("", block)],
                env=environment,
                cwd=tmp_path,
                capture_output=True,
                text=True,
                check=False,
            )
            assert ran.returncode == 0, f"{block}\n{ran.stdout}\n{ran.stderr}"
            if made := ENDPOINT_ID.search(ran.stdout):
                environment["ENDPOINT"] = made[1]
            done.append(ran.stdout)

    assert len(done) == len(blocks) > 8
    assert '"endpoint.verification"' in "".join(done)
    assert '"numerator":7' in done[-1]


def test_both_guides_show_the_same_commands() -> None:
    texts = [path.read_text(encoding="utf-8") for path in GUIDES.values()]
    paths = [sorted(set(re.findall(r"/api/v1/[a-z/-]+", text))) for text in texts]

    assert paths[0] == paths[1]
    assert [len(BLOCK.findall(text)) for text in texts] == [len(BLOCK.findall(texts[0]))] * 2


def test_every_code_of_a_refusal_stands_in_both_guides() -> None:
    from_contract = {
        "malformed_json", "unauthenticated", "invalid_signature", "scope_missing",
        "insecure_transport", "address_not_allowed", "not_found", "method_not_allowed",
        "payload_too_large", "unsupported_media_type", "idempotency_in_flight", "wrong_state",
        "cursor_expired", "precondition_failed", "if_match_required", "validation_failed",
        "idempotency_key_reused", "blocked_target", "rate_limited", "internal", "unavailable",
    }  # fmt: skip
    for path in GUIDES.values():
        text = path.read_text(encoding="utf-8")
        assert not [code for code in from_contract if f"`{code}`" not in text]
