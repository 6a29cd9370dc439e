"""Mails that we sign ourselves: another implementation's receivers can verify them."""

from dataclasses import replace
from pathlib import Path

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from surveys.delivery.signing import Signer, read_signer
from surveys.delivery.smtp import KeptConnection
from surveys.delivery.writing import write_mail
from surveys.environment import InvalidSettings, read_settings
from tests.conftest import NOW
from tests.delivery.mails import ADDRESSEE, HOUSE, KEYS, LANGUAGES, NPS, make_letter
from tests.mail_sink import running_sink

NEEDED = {"DONUT_SECRET_KEY": "x" * 32, "DONUT_BASE_URL": "http://127.0.0.1:8000"}


def write_key(path: Path, key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(path)


@pytest.fixture(scope="module")
def key_file(tmp_path_factory: pytest.TempPathFactory) -> str:
    key = rsa.generate_private_key(public_exponent=65_537, key_size=2048)
    return write_key(tmp_path_factory.mktemp("dkim") / "donut.pem", key)


@pytest.fixture
def signer(key_file: str) -> Signer:
    return read_signer(key_file, selector="donut", domain="example.edu.tr")


def write(signer: Signer, language: str = "tr", *, text: str | None = None) -> bytes:
    letter = make_letter(language, question=NPS, **({"text": text} if text else {}))
    house = replace(HOUSE, signer=signer)
    return write_mail(letter, addressee=ADDRESSEE, house=house, keys=KEYS, now=NOW).content


def is_genuine(content: bytes, signer: Signer) -> bool:
    record = f"v=DKIM1; k=rsa; p={signer.public_key}".encode()
    names = []

    def look_up(name: bytes, **_: object) -> bytes:
        names.append(name.decode().rstrip("."))
        return record

    is_right = bool(dkim.verify(content, dnsfunc=look_up))
    assert names == [signer.record_name]
    return is_right


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_signed_mail_verifies(signer: Signer, language: str) -> None:
    content = write(signer, language)

    assert content.startswith(b"DKIM-Signature: ")
    assert is_genuine(content, signer)
    assert max(map(len, content.split(b"\r\n"))) <= 100


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"Subject: ", b"Subject: Re: "),
        (b"List-Unsubscribe: <https", b"List-Unsubscribe: <http"),
        (b"Ama", b"Anne"),
        (b"From: ", b"From: x@example.com\r\nFrom: "),
    ],
)
def test_what_is_changed_on_the_way_shows(signer: Signer, old: bytes, new: bytes) -> None:
    content = write(signer)
    assert old in content

    assert not is_genuine(content.replace(old, new, 1), signer)


def test_what_a_server_receives_verifies_dots_at_the_beginnings_of_lines_too(
    signer: Signer,
) -> None:
    content = write(signer, text=".\n..\n.nokta\n\nson .")

    with running_sink() as sink:
        line = KeptConnection(sink.server)
        line.send(content, sender="b@example.edu.tr", recipient="isil@example.com")
        line.close()
        [received] = sink.contents

    assert is_genuine(received, signer)


def test_without_a_key_nothing_is_signed() -> None:
    assert HOUSE.seal(b"From: a@example.com\r\n\r\n") == b"From: a@example.com\r\n\r\n"


@pytest.mark.parametrize("fault", ["missing", "no key", "cut", "no RSA"])
def test_a_key_that_can_t_sign_is_refused_at_the_start(tmp_path: Path, fault: str) -> None:
    path = tmp_path / "key.pem"
    if fault == "no key":
        path.write_text("hello")
    if fault == "cut":
        write_key(path, rsa.generate_private_key(public_exponent=65_537, key_size=2048))
        path.write_bytes(path.read_bytes()[:-80])
    if fault == "no RSA":
        write_key(path, ec.generate_private_key(ec.SECP256R1()))

    with pytest.raises(InvalidSettings) as refusal:
        read_settings(
            {
                **NEEDED,
                "DONUT_MAIL_DKIM_SELECTOR": "donut",
                "DONUT_MAIL_DKIM_KEY_FILE": str(path),
            }
        )

    assert "DONUT_MAIL_DKIM_KEY_FILE: must be a readable file" in str(refusal.value)


@pytest.mark.parametrize("name", ["SELECTOR", "KEY_FILE"])
def test_one_half_of_what_signing_needs_names_the_other(key_file: str, name: str) -> None:
    values = {"SELECTOR": "donut", "KEY_FILE": key_file}

    with pytest.raises(InvalidSettings, match="is missing: signing needs"):
        read_settings({**NEEDED, f"DONUT_MAIL_DKIM_{name}": values[name]})
