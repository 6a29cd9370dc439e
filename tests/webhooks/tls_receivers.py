"""Receivers for tests: real sockets, real TLS under an authority made for the session."""

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

LONG_AGO, FAR_AHEAD = datetime(2020, 1, 1, tzinfo=UTC), datetime(2120, 1, 1, tzinfo=UTC)
HOST = "receiver.example"
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"

# Answers one request whose bytes were read; it may ask `stop` whether the test is over.
Behaviour = Callable[[socket.socket, threading.Event], None]


class Authority:
    """Issues certificates; `ca_file` is the one to trust."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test authority")])
        usage = x509.KeyUsage(
            digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
            key_encipherment=False, data_encipherment=False, key_agreement=False,
            encipher_only=False, decipher_only=False,
        )  # fmt: skip
        certificate = (
            _builder(self._name, self._name, self._key.public_key(), FAR_AHEAD)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.ca_file = str(folder / "authority.pem")
        Path(self.ca_file).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def issue(self, *names: str, until: datetime = FAR_AHEAD, by_itself: bool = False) -> Path:
        """Return a file with a certificate for `names` and its key; `by_itself`: self-signed."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])])
        certificate = (
            _builder(subject, subject if by_itself else self._name, key.public_key(), until)
            .add_extension(
                x509.SubjectAlternativeName([_alternative(name) for name in names]), critical=False
            )
            .sign(key if by_itself else self._key, hashes.SHA256())
        )
        path = self._folder / f"{certificate.serial_number}.pem"
        path.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
            + certificate.public_bytes(serialization.Encoding.PEM)
        )
        return path


@dataclass
class Receiver:
    """A listening receiver: the requests that it got, the names that TLS asked for."""

    port: int
    requests: list[bytes] = field(default_factory=list)
    names: list[str | None] = field(default_factory=list)
    connections: int = 0


@contextmanager
def receiver(
    behaviour: Behaviour | bytes = OK, *, tls: ssl.SSLContext | None = None, host: str = "127.0.0.1"
) -> Iterator[Receiver]:
    """Run a receiver that answers each request with these bytes, or behaves like that."""
    act = _answering(behaviour) if isinstance(behaviour, bytes) else behaviour
    stop = threading.Event()
    with socket.create_server((host, 0), family=_family(host)) as listener:
        state = Receiver(port=listener.getsockname()[1])
        if tls is not None:
            tls.sni_callback = lambda _line, name, _context: state.names.append(name)
        thread = threading.Thread(
            target=_accept, args=(listener, tls, state, act, stop), daemon=True
        )
        thread.start()
        try:
            yield state
        finally:
            stop.set()
            with suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            thread.join(timeout=5)
    assert not thread.is_alive()


def serving(certificate: Path) -> ssl.SSLContext:
    """Return a server's context with this certificate."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    return context


def dripping(head: bytes, drop: bytes, *, pause_s: float = 0.02) -> Behaviour:
    """Send `head`, then `drop` again and again."""

    def act(line: socket.socket, stop: threading.Event) -> None:
        line.sendall(head)
        while not stop.wait(pause_s):
            line.sendall(drop)

    return act


def _accept(
    listener: socket.socket,
    tls: ssl.SSLContext | None,
    state: Receiver,
    act: Behaviour,
    stop: threading.Event,
) -> None:
    while True:
        try:
            line, _ = listener.accept()
        except OSError:
            return
        state.connections += 1
        with line:
            _serve(line, tls, state, act, stop)


def _serve(
    line: socket.socket,
    tls: ssl.SSLContext | None,
    state: Receiver,
    act: Behaviour,
    stop: threading.Event,
) -> None:
    line.settimeout(5)
    try:
        talk = tls.wrap_socket(line, server_side=True) if tls else line
        with talk:
            state.requests.append(_read_request(talk))
            act(talk, stop)
    except OSError:
        pass  # the client left, which is what many tests are about


def _answering(answer: bytes) -> Behaviour:
    def act(line: socket.socket, _stop: threading.Event) -> None:
        line.sendall(answer)
        if isinstance(line, ssl.SSLSocket):
            line.unwrap()

    return act


def _read_request(line: socket.socket) -> bytes:
    data = b""
    # A greeting of TLS is no request, and nothing comes after it.
    while b"\r\n\r\n" not in data and not data.startswith(b"\x16"):
        data += line.recv(65_536) or b"\r\n\r\n"
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [
        int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")
    ]
    while lengths and len(body) < lengths[0]:
        body += line.recv(65_536)
    return head + b"\r\n\r\n" + body


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(LONG_AGO)
        .not_valid_after(until)
    )


def _alternative(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET
