"""An OpenID Connect provider that answers as a test tells it to, with keys of its own."""

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

CLIENT_ID = "donut-client"
SUBJECT = "u-4711"


@dataclass
class Provider:
    """`claims` and `header` overwrite what a good token says; None leaves a claim out.

    `signer` signs instead of the key that it publishes. `asked` holds the last questions.
    """

    port: int = 0
    claims: dict[str, Any] = field(default_factory=dict)
    metadata: dict[str, Any] = field(default_factory=dict)
    signer: RSAKey | OctKey | None = None
    alg: str = "RS256"
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    asked: dict[str, str] = field(default_factory=dict)
    token_form: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        return f"http://localhost:{self.port}"

    def answer(self, request: Request) -> Response:
        body = {
            "/.well-known/openid-configuration": self._describe,
            "/jwks": lambda _request: {"keys": [self.key.as_dict(private=False)]},
            "/token": self._give_token,
        }[request.path](request)
        return Response(json.dumps(body), content_type="application/json")

    def approve(self, location: str) -> dict[str, str]:
        """Return what the browser brings back, as if the person had signed in there."""
        self.asked = {
            name: values[0] for name, values in parse_qs(urlsplit(location).query).items()
        }
        return {"code": "a-code", "state": self.asked["state"]}

    def _describe(self, _request: Request) -> dict[str, Any]:
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/jwks",
            "id_token_signing_alg_values_supported": ["RS256"],
            **self.metadata,
        }

    def _give_token(self, request: Request) -> dict[str, Any]:
        self.token_form = request.form.to_dict()
        return {"access_token": "x", "token_type": "Bearer", "id_token": self._sign()}

    def _sign(self) -> str:
        now = int(time.time())  # noqa: TID251 - Authlib reads the true clock too
        claims = {
            "iss": self.issuer,
            "sub": SUBJECT,
            "aud": CLIENT_ID,
            "iat": now,
            "exp": now + 300,
            "nonce": self.asked["nonce"],
            **self.claims,
        }
        said = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": self.alg, "kid": "one"}
        if self.alg == "none":
            parts = [json.dumps(part).encode() for part in (header, said)]
            return ".".join([*(urlsafe_b64encode(p).decode().rstrip("=") for p in parts), ""])
        return jwt.encode(header, said, self.signer or self.key, algorithms=["RS256", "HS256"])


@contextmanager
def running_provider() -> Iterator[Provider]:
    """Run a provider on this machine."""
    provider = Provider()
    server = make_server("localhost", 0, Request.application(provider.answer), threaded=True)
    provider.port = server.server_port
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
