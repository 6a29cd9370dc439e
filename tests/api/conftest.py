"""Keys of other systems, and a client that sends them as those systems do."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from models import ApiKey
from surveys.api_keys.scopes import Scope
from surveys.extensions import counters
from surveys.tokens import hash_secret, new_id, new_secret
from tests.conftest import SettableClock

BASE_URL = "https://anket.example.edu.tr"
PREFIX = "/api/v1"

MakeKey = Callable[..., str]


@pytest.fixture
def make_key(session: Session, clock: SettableClock) -> MakeKey:
    """Make a live bearer key with some scopes; return it as it is shown once."""

    def make(*scopes: Scope, **over: Any) -> str:
        public_id, secret = new_id(40), new_secret()
        values: dict[str, Any] = {
            "public_id": public_id,
            "kind": "bearer",
            "name": "Mezun Bilgi Sistemi",
            "secret_hash": hash_secret(secret),
            "scopes": [scope.value for scope in scopes],
            "created_by": "ayse",
            "created_at": clock.now() - timedelta(days=1),
            "expires_at": clock.now() + timedelta(days=90),
            # The first use of a day is written down, which would meet a test's own writes.
            "last_used_on": clock.now().date(),
            **over,
        }
        session.add(ApiKey(**values))
        session.commit()
        return f"apk_{public_id}_{secret}"

    return make


class ApiClient:
    """Sends requests below /api/v1 with a key, over https, as another system does."""

    def __init__(self, client: FlaskClient, key: str | None) -> None:
        self.client, self.key = client, key

    def with_key(self, key: str | None) -> "ApiClient":
        """Return a client that sends another key, or none."""
        return ApiClient(self.client, key)

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        base_url: str = BASE_URL,
        **kwargs: Any,
    ) -> TestResponse:
        """Send one request; `path` begins after /api/v1, `json=`, `data=` and such go through."""
        sent = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return self.client.open(
            PREFIX + path,
            method=method,
            base_url=base_url,
            headers={**sent, **(headers or {})},
            **kwargs,
        )

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.ask("GET", path, **kwargs)

    def post(self, path: str, **kwargs: Any) -> TestResponse:
        return self.ask("POST", path, **kwargs)

    def put(self, path: str, **kwargs: Any) -> TestResponse:
        return self.ask("PUT", path, **kwargs)

    def patch(self, path: str, **kwargs: Any) -> TestResponse:
        return self.ask("PATCH", path, **kwargs)

    def delete(self, path: str, **kwargs: Any) -> TestResponse:
        return self.ask("DELETE", path, **kwargs)


@pytest.fixture
def api(app: Flask, make_key: MakeKey) -> ApiClient:
    """A client whose key holds every scope and is narrowed to nothing."""
    return ApiClient(app.test_client(), make_key(*Scope))


@pytest.fixture(autouse=True)
def no_counts_of_other_tests(app: Flask) -> None:
    """Let every test begin with untouched rate limits: the counters outlive an application."""
    with app.app_context():
        counters().storage.reset()
