"""The other firm's developer: a key, a receiver that is verified and told, the rate by the API."""

import json
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from demo.stage import HOST, DemoFailed, Stage, free_port, wait_for_port

NAME = "Mezun Bilgi Sistemi"
SCOPES = ("surveys:read", "rates:read", "events:read")
EVENTS = ("response_rate.updated", "survey.opened")


def make_key(stage: Stage) -> str:
    """Return a key that reads everything there is to read."""
    scopes = [part for scope in SCOPES for part in ("--scope", scope)]
    return str(stage.flask("apikey", "add", NAME, *scopes)["secret"])


@contextmanager
def listening(stage: Stage) -> Iterator[str]:
    """Run a receiver until the block ends; yield the id under which it was verified."""
    port = free_port()
    url = f"http://{HOST}:{port}/"
    wanted = [part for event in EVENTS for part in ("--event", event)]
    added = stage.flask(
        "webhook", "add", url, "--name", NAME, "--owner", "bim@example.com", *wanted
    )
    listen = ("flask", "webhook", "listen", "--port", str(port), "--secret", added["secret"])
    with stage.process(*listen):
        wait_for_port(port)
        verified = stage.flask("webhook", "verify", added["id"])
        if verified["status"] != "succeeded":
            raise DemoFailed(f"the receiver was not verified: {verified}")
        yield str(added["id"])


def bring_events(stage: Stage) -> int:
    """Say what has changed and bring it, as the scheduler does; return how many arrived."""
    stage.flask("job", "tell-systems")
    return int(stage.flask("job", "deliver-webhooks").get("succeeded", 0))


def read_rate(stage: Stage, key: str, survey_code: str) -> tuple[int, int]:
    """Return completed and eligible of a survey's RR1, read as another system does."""
    surveys = _get(stage, key, "/api/v1/surveys")["data"]
    [path] = [s["links"]["response_rate"] for s in surveys if s["code"] == survey_code]
    headline = _get(stage, key, path)["rates"][0]
    return headline["numerator"], headline["denominator"]


def _get(stage: Stage, key: str, path: str) -> dict[str, Any]:
    request = urllib.request.Request(  # noqa: S310 - an address of our own
        stage.base_url + path, headers={"Authorization": f"Bearer {key}"}
    )
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - likewise
        document: dict[str, Any] = json.loads(answer.read())
    return document
