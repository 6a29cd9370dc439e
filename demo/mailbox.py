"""A local mailbox: takes mail over real SMTP, keeps it in a folder, shows it in the browser.

For trying out only: it listens on this machine alone and delivers nothing.
"""

import argparse
import json
import logging
import signal
import threading
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask, Response, abort, render_template, request
from werkzeug.serving import make_server

from surveys.i18n import format_integer

HOST = "127.0.0.1"
PAGE_LENGTH = 50
# The mails bring their own style; they may load, run and send nothing.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
LINKS_LEAVE_FRAME = '<head><base target="_top">'
PAGE_POLICY = "default-src 'none'; style-src 'self'; frame-src 'self'; form-action 'self'"


@dataclass(frozen=True)
class Letter:
    """One mail as the list shows it. `number` counts from 1 in order of arrival."""

    number: int
    recipient: str
    subject: str


class Mailbox:
    """The folder of mails: `000001.eml` and so on, and their list in memory."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.letters: list[Letter] = []
        self._lock = threading.Lock()
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, raw: bytes, recipient: str) -> None:
        """Store one mail; returns once it stands in the folder."""
        headers = BytesParser(policy=policy.default).parsebytes(raw, headersonly=True)
        with self._lock:
            number = len(self.letters) + 1
            self._path(number).write_bytes(raw)
            self.letters.append(Letter(number, recipient, str(headers["Subject"] or "")))

    def read(self, number: int) -> bytes | None:
        """Return the bytes of one mail, or None."""
        path = self._path(number)
        return path.read_bytes() if path.exists() else None

    def find(self, wanted: str) -> list[Letter]:
        """Return the mails, newest first, whose recipient or subject holds `wanted`."""
        low = wanted.lower()
        return [
            letter
            for letter in reversed(self.letters)
            if low in letter.recipient.lower() or low in letter.subject.lower()
        ]

    def _path(self, number: int) -> Path:
        return self.folder / f"{number:06}.eml"


class _Keeper:
    """What the SMTP server calls for each mail."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(  # noqa: N802 - the name that aiosmtpd calls
        self, _server: SMTP, _session: Session, envelope: Envelope
    ) -> str:
        content = envelope.content
        raw = content if isinstance(content, bytes) else (content or "").encode()
        self.mailbox.keep(raw, ", ".join(envelope.rcpt_tos))
        return f"250 OK kept as {len(self.mailbox.letters)}"


def create_viewer(mailbox: Mailbox) -> Flask:
    """Return the small application that shows the mails."""
    viewer = Flask(__name__, template_folder="pages", static_folder="pages/static")

    @viewer.get("/")
    def index() -> str:
        wanted = request.args.get("q", "").strip()
        found = mailbox.find(wanted)
        return render_template(
            "mailbox.html",
            letters=found[:PAGE_LENGTH],
            total=format_integer(len(found), "tr"),
            is_cut=len(found) > PAGE_LENGTH,
            wanted=wanted,
        )

    @viewer.get("/mails.json")
    def listing() -> Response:
        rows = [{"number": x.number, "to": x.recipient} for x in list(mailbox.letters)]
        return Response(json.dumps(rows), mimetype="application/json")

    @viewer.get("/<int:number>")
    def letter(number: int) -> str:
        parsed = BytesParser(policy=policy.default).parsebytes(_raw(mailbox, number))
        text = parsed.get_body(("plain",))
        return render_template(
            "mail.html",
            number=number,
            headers=list(parsed.items()),
            subject=str(parsed["Subject"] or ""),
            text=text.get_content() if text else "",
        )

    @viewer.get("/<int:number>.html")
    def body(number: int) -> Response:
        parsed = BytesParser(policy=policy.default).parsebytes(_raw(mailbox, number))
        html = parsed.get_body(("html",))
        # A link pressed in the frame must open as from a mail program: in the whole window.
        shown = html.get_content().replace("<head>", LINKS_LEAVE_FRAME, 1) if html else ""
        answer = Response(shown, mimetype="text/html")
        answer.headers["Content-Security-Policy"] = MAIL_POLICY
        return answer

    @viewer.get("/<int:number>.eml")
    def source(number: int) -> Response:
        return Response(_raw(mailbox, number), mimetype="text/plain")

    @viewer.after_request
    def protect(response: Response) -> Response:
        response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return viewer


def _raw(mailbox: Mailbox, number: int) -> bytes:
    raw = mailbox.read(number)
    return raw if raw is not None else abort(404)


def start_smtp(mailbox: Mailbox, port: int) -> Controller:
    """Start taking mail on `port` of this machine in a thread; stop it with `.stop()`."""
    controller = Controller(_Keeper(mailbox), hostname=HOST, port=port, data_size_limit=10_000_000)
    controller.start()
    return controller


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    given = parser.parse_args()
    logging.getLogger("werkzeug").setLevel(logging.WARNING)
    mailbox = Mailbox(given.folder)
    controller = start_smtp(mailbox, given.smtp_port)
    server = make_server(HOST, given.http_port, create_viewer(mailbox), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    signal.sigwait({signal.SIGTERM, signal.SIGINT})
    server.shutdown()
    controller.stop()


if __name__ == "__main__":
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    main()
