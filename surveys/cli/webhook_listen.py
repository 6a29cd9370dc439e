"""`flask webhook listen`: a receiver on this machine, for trying out; it stores nothing."""

import json
import shlex
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Final

import click

from surveys.cli.output import emit, json_option, refusals, refuse, say
from surveys.cli.webhook import webhook
from surveys.cli.webhook_inbox import Inbox, Reception, Verdict
from surveys.errors import N_, DonutError
from surveys.extensions import toolbox
from surveys.webhooks.signing import Refusal, read_secret

HOST: Final = "127.0.0.1"
LARGEST_BODY: Final = 64 * 1024
PATIENCE_S: Final = 10
VERDICTS: Final = {
    Verdict.TAKEN: N_("%(type)s: genuine, taken."),
    Verdict.UNSIGNED: N_("%(type)s: taken unverified, since no --secret was given."),
    Verdict.REPEATED: N_("%(type)s: this webhook-id came before; ignored, answered 200."),
    Verdict.OVERTAKEN: N_(
        "%(type)s: revision %(newest)s came before this older one; ignored, answered 200."
    ),
    Verdict.REFUSED: N_("Refused with 401: %(reason)s"),
    Verdict.MALFORMED: N_("Refused with 400: this is no event, or it has no webhook-id."),
}
REASONS: Final = {
    Refusal.HEADER_MISSING: N_("webhook-id, webhook-timestamp or webhook-signature is missing."),
    Refusal.HEADER_MALFORMED: N_("a webhook- header can't be read."),
    Refusal.TOO_OLD: N_("the timestamp is more than five minutes old; compare both clocks."),
    Refusal.TOO_NEW: N_("the timestamp is more than five minutes ahead; compare both clocks."),
    Refusal.NO_MATCH: N_("no signature is by this secret, or the body was altered on its way."),
}
Tell = Callable[[Reception], None]


class PortTaken(DonutError):
    """Something else listens there, or this user may not."""

    code = "port_taken"
    message = N_("Port %(port)s can't be opened (%(fault)s). Choose another with --port.")


@webhook.command("listen")
@click.option("--port", type=click.IntRange(0, 65_535), default=9000, show_default=True)
@click.option("--secret", "secrets", multiple=True, help="whsec_…; twice while one is replaced.")
@json_option
def listen(port: int, *, secrets: tuple[str, ...], as_json: bool) -> None:
    """Receive events on this machine alone, verify them and print them, until Ctrl-C."""
    tools = toolbox()
    with refusals(as_json=as_json):
        for secret in secrets:
            read_secret(secret)

    def tell(reception: Reception) -> None:
        emit(_result(reception), _lines(reception), as_json=as_json)

    try:
        server = make_server(Inbox(secrets), port=port, now=tools.clock.now, tell=tell)
    except OSError as fault:
        refuse(PortTaken(port=port, fault=fault.strerror), as_json=as_json)
    with server:
        url = f"http://{HOST}:{server.server_address[1]}/"
        emit({"listening": url}, _introduction(url, has_secret=bool(secrets)), as_json=as_json)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return


def make_server(inbox: Inbox, *, port: int, now: Callable[[], datetime], tell: Tell) -> HTTPServer:
    """Return a server on loopback (`port` 0: any) that answers as `inbox` judges and tells it.

    One request at a time, in the thread that serves. Raises OSError where it can't listen.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = PATIENCE_S

        def do_POST(self) -> None:
            """Take one event."""
            length = self.headers.get("content-length", "")
            if not (length.isascii() and length.isdigit() and int(length) <= LARGEST_BODY):
                self.send_error(413)
                return
            body = self.rfile.read(int(length))
            headers = {name.lower(): value for name, value in self.headers.items()}
            reception = inbox.take(headers=headers, body=body, now=now())
            self.send_response(reception.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(reception.answer)))
            self.end_headers()
            self.wfile.write(reception.answer)
            tell(reception)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's
            """Say nothing: every event is told once, in words."""

    return HTTPServer((HOST, port), Handler)


def _introduction(url: str, *, has_secret: bool) -> Iterator[str]:
    yield say(N_("Listening on %(url)s, for this machine only. Ctrl-C ends."), url=url)
    if has_secret:
        return
    yield say(N_("Start Dönüt on this machine with these settings, so that it may post here:"))
    yield "  DONUT_BASE_URL=http://127.0.0.1:8000 DONUT_WEBHOOK_ALLOWED_NETS=127.0.0.0/8"
    yield say(N_("Add this receiver, which shows its secret once:"))
    yield f"  flask webhook add {shlex.quote(url)}"
    yield say(N_("Then listen again with the secret, and let Dönüt verify the receiver:"))
    yield f"  flask webhook listen --port {url.split(':')[2].rstrip('/')} --secret whsec_…"


def _result(reception: Reception) -> dict[str, Any]:
    return {
        "verdict": reception.verdict.value,
        "status": reception.status,
        "reason": reception.refusal and reception.refusal.value,
        "id": reception.event_id,
        "event": reception.event,
    }


def _lines(reception: Reception) -> Iterator[str]:
    kind = _plain(reception.event["type"]) if reception.event else ""
    reason = say(REASONS[reception.refusal]) if reception.refusal else ""
    words = VERDICTS[reception.verdict]
    yield say(words, type=kind, reason=reason, newest=reception.newest)
    if reception.event is None:
        return
    yield f"  webhook-id: {_plain(reception.event_id)}"
    for name, value in reception.event["data"].items():
        yield f"  {_plain(name)}: {_plain(value)}"


def _plain(value: object) -> str:
    """Return a value on one line, nothing in it that a terminal would obey."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)
