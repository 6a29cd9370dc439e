"""Mail servers for tests: one that answers as told, and certificates for one that speaks TLS."""

import ipaddress
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from surveys.delivery.client import MailServer

DROP: Final = "drop the line"
HANG: Final = "say nothing"
USUAL: Final = {
    "GREETING": "220 sink",
    "MAIL": "250 2.1.0 Ok",
    "RCPT": "250 2.1.5 Ok",
    "DATA": "354 go on",
    "DOT": "250 2.0.0 queued as 4ABC",
    "RSET": "250 2.0.0 Ok",
    "QUIT": "221 2.0.0 Bye",
}


class ScriptedServer:
    """Answers each command with what `replies` says; a list is worked off, its last item stays.

    `commands` holds the lines it got, `bodies` the contents, as they came over the wire.
    """

    def __init__(self, *, pipelining: bool, replies: Mapping[str, str | list[str]]) -> None:
        self._replies = {name: _as_list(reply) for name, reply in {**USUAL, **replies}.items()}
        self._extensions = ["sink", *(["PIPELINING"] if pipelining else [])]
        self._released = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._lines: list[socket.socket] = []
        self.port: int = self._listener.getsockname()[1]
        self.commands: list[str] = []
        self.bodies: list[bytes] = []
        self.connection_count = 0

    def serve(self) -> None:
        """Serve one connection after the other until the listener is closed."""
        while True:
            try:
                line, _ = self._listener.accept()
            except OSError:
                return
            self.connection_count += 1
            self._lines.append(line)
            threading.Thread(target=self._converse, args=[line], daemon=True).start()

    def hang_up(self) -> None:
        """Close every line, as a server does that has waited long enough."""
        for line in self._lines:
            line.shutdown(socket.SHUT_RDWR)
        self._lines.clear()

    def stop(self) -> None:
        self._released.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _converse(self, line: socket.socket) -> None:
        # The other side may hang up at any moment: that ends the conversation.
        with suppress(OSError), line, line.makefile("rb") as stream:
            if not self._say(line, "GREETING"):
                return
            while command := stream.readline().decode().strip():
                self.commands.append(command)
                verb = command.split(" ")[0].upper()
                if verb == "DATA" and self._next_is("354"):
                    line.sendall(b"354 go on\r\n")
                    self._replies["DATA"] = self._replies["DATA"][1:] or self._replies["DATA"]
                    self._read_body(stream)
                    verb = "DOT"
                if not self._say(line, verb):
                    return

    def _next_is(self, code: str) -> bool:
        return self._replies["DATA"][0].startswith(code)

    def _read_body(self, stream: Iterator[bytes]) -> None:
        body = b""
        for row in stream:
            if row == b".\r\n":
                break
            body += row
        self.bodies.append(body)

    def _say(self, line: socket.socket, name: str) -> bool:
        """Answer; False ends the conversation."""
        if name in {"EHLO", "HELO"}:
            *more, last = self._extensions
            reply = "".join(f"250-{word}\r\n" for word in more) + f"250 {last}"
        else:
            replies = self._replies[name]
            reply = replies.pop(0) if len(replies) > 1 else replies[0]
        if reply == HANG:
            self._released.wait()
        if reply in {HANG, DROP}:
            return False
        line.sendall(f"{reply}\r\n".encode())
        return name != "QUIT" and not reply.startswith("421")


@contextmanager
def scripted_server(
    replies: Mapping[str, str | list[str]], *, pipelining: bool = True
) -> Iterator[ScriptedServer]:
    """Run a server whose replies to GREETING, MAIL, RCPT, DATA, DOT … are as given."""
    server = ScriptedServer(pipelining=pipelining, replies=replies)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


def address_of(port: int, **over: object) -> MailServer:
    """Return a server on this machine, with limits short enough for a test of a hanging one."""
    values = {
        "host": "127.0.0.1",
        "port": port,
        "ehlo_name": "anket.example.edu.tr",
        "connect_timeout_s": 5,
        "command_timeout_s": 5,
        "dot_timeout_s": 5,
        **over,
    }
    return MailServer(**values)  # type: ignore[arg-type] # a bag of fields, checked by the class


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def make_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a self-signed certificate for this machine; return its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(datetime(2020, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2120, 1, 1, tzinfo=UTC))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate_path, key_path = folder / "certificate.pem", folder / "key.pem"
    certificate_path.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate_path, key_path


def _as_list(reply: str | Sequence[str]) -> list[str]:
    return [reply] if isinstance(reply, str) else list(reply)
