"""Signatures: the vector, the reference package as receiver, and nothing that raises."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook

from surveys.webhooks.signing import (
    Genuine,
    Refusal,
    SecretMalformed,
    new_signing_secret,
    read_secret,
    sign,
    sign_with_all,
    verify,
)

SECRET = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
OTHER = "whsec_" + base64.b64encode(b"o" * 32).decode()
ID = "evt_oygzomn4ne6oid3kd5aiy4j3oa"
TIMESTAMP = 1763820004
BODY = b'{"type":"endpoint.test","timestamp":"2025-11-22T14:00:03Z","data":{}}'
SIGNATURE = "v1,Oqh7iewMUyOVGOLutSue6nN+9XIPrwUboZg0MKacVyM="
NOW = datetime.fromtimestamp(TIMESTAMP, UTC)


def headers(**over: str) -> dict[str, str]:
    usual = {"id": ID, "timestamp": str(TIMESTAMP), "signature": SIGNATURE}
    return {f"webhook-{name}": value for name, value in {**usual, **over}.items()}


def test_signature_is_that_of_the_reference() -> None:
    assert len(BODY) == 69
    assert sign(SECRET, id=ID, timestamp=TIMESTAMP, body=BODY) == SIGNATURE


def test_own_signature_is_genuine() -> None:
    assert verify([SECRET], headers=headers(), body=BODY, now=NOW) == Genuine(ID, TIMESTAMP, 0)


def test_reference_package_verifies_what_we_sign() -> None:
    """Its tolerance is by the machine's clock, so this is signed now."""
    secret, now = new_signing_secret(), int(datetime.now(UTC).timestamp())  # noqa: TID251 - as above
    signed = headers(timestamp=str(now), signature=sign(secret, id=ID, timestamp=now, body=BODY))

    assert Webhook(secret).verify(BODY, signed) == json.loads(BODY)


@pytest.mark.parametrize("kept", [0, 1])
def test_either_of_two_secrets_verifies_while_one_replaces_the_other(kept: int) -> None:
    secrets = [OTHER, SECRET]
    value = sign_with_all(secrets, message_id=ID, timestamp=TIMESTAMP, body=BODY)

    assert value.split(" ")[1] == SIGNATURE
    found = verify([secrets[kept]], headers=headers(signature=value), body=BODY, now=NOW)
    assert isinstance(found, Genuine)


def test_match_names_the_secret_that_signed() -> None:
    found = verify([OTHER, SECRET, OTHER], headers=headers(), body=BODY, now=NOW)

    assert found == Genuine(ID, TIMESTAMP, secret_index=1)


@pytest.mark.parametrize(
    ("over", "body"),
    [
        ({}, BODY + b" "),
        ({}, BODY.replace(b"endpoint", b"endpoinT")),
        ({"id": ID.replace("o", "p")}, BODY),
        ({"timestamp": str(TIMESTAMP + 1)}, BODY),
        ({"signature": SIGNATURE.replace("O", "P")}, BODY),
        ({"signature": sign(OTHER, id=ID, timestamp=TIMESTAMP, body=BODY)}, BODY),
        ({"signature": "v1,QQ=="}, BODY),
    ],
)
def test_altered_or_foreign_message_is_refused(over: dict[str, str], body: bytes) -> None:
    assert verify([SECRET], headers=headers(**over), body=body, now=NOW) is Refusal.NO_MATCH


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [(-301, Refusal.TOO_NEW), (-300, None), (0, None), (300, None), (301, Refusal.TOO_OLD)],
)
def test_message_is_taken_for_five_minutes_both_ways(
    seconds: int, expected: Refusal | None
) -> None:
    now = NOW + timedelta(seconds=seconds)
    found = verify([SECRET], headers=headers(), body=BODY, now=now)

    assert found is expected if expected else isinstance(found, Genuine)


@pytest.mark.parametrize("name", ["webhook-id", "webhook-timestamp", "webhook-signature"])
@pytest.mark.parametrize("value", ["", None])
def test_missing_header_is_told(name: str, value: str | None) -> None:
    given_headers = {key: text for key, text in headers().items() if key != name or value}

    found = verify([SECRET], headers=given_headers, body=BODY, now=NOW)

    assert found is Refusal.HEADER_MISSING


@pytest.mark.parametrize(
    "over",
    [
        {"signature": text}
        for text in (
            "garbage",
            "v1,a",
            "v1,é",
            "v1,,",
            "v1",
            ",",
            " ",
            "v1a,QQ==",
            "v2," + "A" * 44,
        )
    ]
    + [
        {"timestamp": text}
        for text in ("1e9", "-5", "1763820004.0", "١٧٦٣٨٢٠٠٠٤", "9" * 400, "NaN")
    ]
    + [{"id": text} for text in ("a.b", "a b", "é", "x" * 256, "a\r\nb")],
)
def test_malformed_header_is_told_and_raises_nothing(over: dict[str, str]) -> None:
    found = verify([SECRET], headers=headers(**over), body=BODY, now=NOW)

    assert found is Refusal.HEADER_MALFORMED


def test_signature_of_another_version_beside_ours_is_passed_over() -> None:
    value = f"v1a,QUJD garbage {SIGNATURE}"

    assert isinstance(
        verify([SECRET], headers=headers(signature=value), body=BODY, now=NOW), Genuine
    )


def test_only_so_many_signatures_are_looked_at() -> None:
    value = " ".join(["v1,QQ=="] * 16 + [SIGNATURE])

    found = verify([SECRET], headers=headers(signature=value), body=BODY, now=NOW)

    assert found is Refusal.NO_MATCH


def test_nothing_is_genuine_without_a_secret() -> None:
    assert verify([], headers=headers(), body=BODY, now=NOW) is Refusal.NO_MATCH


@given(st.dictionaries(st.sampled_from(list(headers())), st.text()), st.binary(max_size=40))
def test_no_headers_raise_or_pass(over: dict[str, str], body: bytes) -> None:
    found = verify([SECRET, OTHER], headers={**headers(), **over}, body=body, now=NOW)

    assert isinstance(found, Refusal)


def test_new_secrets_differ_and_hold_32_bytes() -> None:
    first, second = new_signing_secret(), new_signing_secret()

    assert first != second
    assert len(read_secret(first)) == 32


@pytest.mark.parametrize(
    "text",
    [
        "",
        "whsec_",
        SECRET.removeprefix("whsec_"),
        "whsec_AAEC",
        "whsec_é",
        SECRET[:-1],
        "whsk_" + "A" * 44,
    ],
)
def test_malformed_secret_is_refused(text: str) -> None:
    with pytest.raises(SecretMalformed):
        read_secret(text)
