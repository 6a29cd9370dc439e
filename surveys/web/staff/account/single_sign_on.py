"""To the university's single sign-on (OpenID Connect) and back with a signed answer.

Authlib does the steps; what an answer must be is said here.

Code flow with PKCE, state and nonce. State, nonce and verifier stand in our cookie from going to
coming back, and no longer.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import FlaskOAuth2App, OAuth
from flask import Flask
from flask import session as cookie
from flask.typing import ResponseReturnValue
from joserfc.errors import JoseError
from requests import RequestException

from surveys.accounts.identities import Identity
from surveys.errors import N_, DonutError
from surveys.extensions import application, toolbox
from surveys.settings import Settings

NAME: Final = "donut"
CONTEXT: Final = "sso"
RETURN_PAGE: Final = "/login/oidc/return"
TIMEOUT_S: Final = 10
LEEWAY_S: Final = 60
# Signatures by a key that only the provider has; "none" and shared secrets prove nothing.
SIGNATURES: Final = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"}
)

log = structlog.get_logger(__name__)


class SingleSignOnAbsent(DonutError):
    """None is set up here."""

    code = "single_sign_on_absent"
    status = 404
    message = N_("There is no single sign-on here. Sign in with your password.")


class SingleSignOnAway(DonutError):
    """It does not answer."""

    code = "single_sign_on_away"
    status = 503
    message = N_("The university's sign-in does not answer. Please try again in a few minutes.")


class SingleSignOnRefused(DonutError):
    """Its answer is not one that we can trust, or the person gave up there."""

    code = "single_sign_on_refused"
    status = 403
    message = N_("Signing in at the university did not work. Please begin again.")


class SecondFactorDemanded(DonutError):
    """The person signed in there in a way that is not strong enough for here."""

    code = "second_factor_demanded"
    status = 403
    message = N_(
        "Dönüt asks for a sign-in with a second factor. Set it up at the university's sign-in, then"
        " try again."
    )


@dataclass(frozen=True)
class Answer:
    """What the provider vouches for. `confirmed_at`: when the person proved who they are there."""

    identity: Identity
    confirmed_at: datetime | None


def register(app: Flask) -> None:
    """Tell Authlib of the provider that the settings name, if any; asks nobody yet."""
    settings: Settings = app.extensions["donut"].settings
    if not settings.has_oidc:
        return
    OAuth(app).register(  # type: ignore[no-untyped-call] # its stubs leave it untyped
        NAME,
        client_id=settings.oidc_client_id,
        client_secret=settings.oidc_client_secret,
        server_metadata_url=f"{str(settings.oidc_issuer).rstrip('/')}"
        "/.well-known/openid-configuration",
        client_kwargs={
            "scope": "openid",
            "code_challenge_method": "S256",
            "default_timeout": TIMEOUT_S,
        },
    )


def go_there(context: dict[str, str], **demands: str) -> ResponseReturnValue:
    """Send the browser to the provider; `context` is what `come_back` gives back.

    Raises SingleSignOnAbsent, SingleSignOnAway.
    """
    client, settings = _client(), toolbox().settings
    forget()
    acr = settings.oidc_required_acr
    asked = {**demands, **({"acr_values": " ".join(acr)} if acr else {})}
    try:
        _check_metadata(client)
        answer = client.authorize_redirect(f"{settings.base_url}{RETURN_PAGE}", **asked)
    except (RequestException, ValueError) as fault:
        log.warning("single_sign_on_away", fault=type(fault).__name__)
        raise SingleSignOnAway from fault
    cookie[CONTEXT] = context
    return answer


def come_back() -> tuple[Answer, dict[str, str]]:
    """Return what the provider vouches for, and the context of `go_there`.

    Raises SingleSignOnAbsent, SingleSignOnAway, SingleSignOnRefused, SecondFactorDemanded.
    """
    client, context = _client(), cookie.get(CONTEXT, {})
    try:
        _check_metadata(client)
        token = client.authorize_access_token(claims_options=_claims_options(), leeway=LEEWAY_S)
        return _read(token.get("userinfo")), context
    except RequestException as fault:
        log.warning("single_sign_on_away", fault=type(fault).__name__)
        raise SingleSignOnAway from fault
    except (OAuthError, JoseError, KeyError, TypeError, ValueError) as fault:
        log.warning("single_sign_on_refused", fault=type(fault).__name__)
        raise SingleSignOnRefused from fault
    finally:
        forget()


def forget() -> None:
    """Take what belongs to the dance out of the cookie."""
    for key in [key for key in cookie if key == CONTEXT or key.startswith(f"_state_{NAME}")]:
        cookie.pop(key)


def _client() -> FlaskOAuth2App:
    oauth = application().extensions.get("authlib.integrations.flask_client")
    client = oauth.create_client(NAME) if oauth else None
    if client is None:
        raise SingleSignOnAbsent
    assert isinstance(client, FlaskOAuth2App)  # noqa: S101 - for the type checker: we registered it
    return client


def _check_metadata(client: FlaskOAuth2App) -> None:
    """Refuse a provider that calls itself otherwise than the settings, or signs with nothing."""
    metadata: dict[str, Any] = client.load_server_metadata()
    if metadata.get("issuer") != toolbox().settings.oidc_issuer:
        raise SingleSignOnRefused
    name = "id_token_signing_alg_values_supported"
    metadata[name] = sorted(SIGNATURES.intersection(metadata.get(name) or ["RS256"]))


def _claims_options() -> dict[str, Any]:
    settings = toolbox().settings
    return {
        "iss": {"essential": True, "value": settings.oidc_issuer},
        "aud": {"essential": True, "value": settings.oidc_client_id},
        "sub": {"essential": True},
        "nonce": {"essential": True},
    }


def _read(claims: dict[str, Any] | None) -> Answer:
    if not claims or not isinstance(claims["sub"], str) or not claims["sub"]:
        raise SingleSignOnRefused
    required = set(toolbox().settings.oidc_required_acr)
    amr = claims.get("amr") or []
    if required and required.isdisjoint([claims.get("acr"), *amr]):
        raise SecondFactorDemanded
    at = claims.get("auth_time")
    return Answer(
        identity=Identity(claims["iss"], claims["sub"]),
        confirmed_at=datetime.fromtimestamp(at, UTC) if at else None,
    )
