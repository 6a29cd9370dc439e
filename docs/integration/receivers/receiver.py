"""Receives Dönüt's webhooks. Python 3.9 or newer, standard library only.

    DONUT_WEBHOOK_SECRETS="whsec_…" python receiver.py 8787

It listens on this machine alone: put your web server with its certificate in front. While you
rotate, two secrets stand in the variable, parted by a space. The journal (DONUT_JOURNAL) holds
one line an event; in your system it is a table whose primary key is the webhook-id.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import re
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE_S = 300
LARGEST_BODY = 20_000
SHORTEST_SECRET = 24
SECRETS = [
    base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    for secret in os.environ["DONUT_WEBHOOK_SECRETS"].split()
]
if not SECRETS or min(map(len, SECRETS)) < SHORTEST_SECRET:
    sys.exit("DONUT_WEBHOOK_SECRETS: whsec_… as Dönüt showed it")


def is_genuine(message_id: str, timestamp: str, signatures: str, body: bytes) -> bool:
    """Say whether Dönüt signed these very bytes within the last five minutes."""
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", message_id):
        return False
    if not re.fullmatch(r"[0-9]{1,12}", timestamp):
        return False
    if abs(time.time() - int(timestamp)) > TOLERANCE_S:
        return False
    signed = f"{message_id}.{timestamp}.".encode() + body
    found = False
    for secret in SECRETS:
        ours = b"v1," + base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest())
        for theirs in signatures.split(" "):
            # In constant time: how far a guess is right can't be measured.
            found |= hmac.compare_digest(ours, theirs.encode("utf-8", "replace"))
    return found


class Journal:
    """What came: the ids that repeats are known by, and the newest revision of each resource."""

    def __init__(self, path: str) -> None:
        """Read what came before the last restart."""
        self.lock = threading.Lock()
        self.seen: set = set()
        self.newest: dict = {}
        self.file = open(path, "a+", encoding="utf-8")
        self.file.seek(0)
        for line in self.file:
            fields = line.rstrip("\n").split("\t")
            if len(fields) == 5:
                self.remember(fields[0], (fields[2], fields[4]), int(fields[3]))

    def remember(self, message_id: str, resource: tuple, revision: int) -> None:
        """Keep in memory what stands in the file."""
        self.seen.add(message_id)
        self.newest[resource] = max(revision, self.newest.get(resource, 0))

    def take(self, message_id: str, kind: str, data: dict) -> str:
        """Keep an event; return `new`, `older` or `repeat`. It is on the disk when this returns."""
        href, revision = data.get("href", ""), int(data.get("revision", 0))
        with self.lock:
            if message_id in self.seen:
                return "repeat"
            outcome = "older" if revision < self.newest.get((kind, href), 0) else "new"
            print(message_id, outcome, kind, revision, href, sep="\t", file=self.file)
            self.file.flush()
            os.fsync(self.file.fileno())
            self.remember(message_id, (kind, href), revision)
        return outcome


class Receiver(BaseHTTPRequestHandler):
    """Answers within moments; what takes long is a worker's, who reads the journal."""

    protocol_version = "HTTP/1.1"
    timeout = 15

    def do_POST(self) -> None:
        """Verify, keep, answer."""
        length = self.headers.get("Content-Length", "")
        if not re.fullmatch(r"[0-9]{1,6}", length) or int(length) > LARGEST_BODY:
            self.close_connection = True
            return self.answer(413 if length else 411)
        # The bytes as they came: parsed and written anew they would be others.
        body = self.rfile.read(int(length))
        message_id = self.headers.get("webhook-id", "")
        timestamp = self.headers.get("webhook-timestamp", "")
        if not is_genuine(message_id, timestamp, self.headers.get("webhook-signature", ""), body):
            return self.answer(401)
        try:
            event = json.loads(body)
            kind, data = event["type"], event["data"]
            if kind == "endpoint.verification":
                return self.answer(200, {"challenge": data["challenge"]})
            outcome = self.server.journal.take(message_id, kind, data)
        except (ValueError, KeyError, TypeError, AttributeError):
            return self.answer(400)
        if outcome == "new" and "href" in data:
            # A worker of yours now does, with the ETag it kept from the last time:
            # GET <href>, Authorization: Bearer apk_…, If-None-Match: "rr-…"
            print("changed:", data["href"], flush=True)
        return self.answer(204)

    def answer(self, status: int, document: dict | None = None) -> None:
        """Send a status, and a document as JSON when there is one."""
        content = json.dumps(document).encode() if document else b""
        self.send_response(status)
        if document:
            self.send_header("Content-Type", "application/json")
        if status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver)
    server.journal = Journal(os.environ.get("DONUT_JOURNAL", "donut-events.tsv"))
    print(f"receiving at http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
