"""Static files: read once at start, addressed by their content, kept by browsers for a year.

A face's stylesheet is `base.css`, its own, and the parts in the folder of its name, so that a page
asks for one file. What others wrote stands below `vendor/`, held to its lock by its integrity.
"""

import gzip
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from flask import Flask, Response, abort, request

from surveys.web.access import public

STATIC = Path(__file__).parent / "static"
VENDOR_LOCK = STATIC / "vendor" / "vendor.lock.json"
BASE_STYLE = "base.css"
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".json": "application/json",
}
DIGEST_LETTERS = 12


@dataclass(frozen=True)
class Asset:
    """One file as it goes over the wire."""

    content_type: str
    body: bytes
    compressed: bytes
    digest: str


def attach(app: Flask) -> None:
    """Serve the files below `/static/<digest>/<name>` and give templates `asset(name)`."""
    assets = dict(_read_all())

    @public
    def static_file(digest: str, name: str) -> Response:
        asset = assets.get(name)
        if asset is None:
            abort(404)
        return _answer(asset, is_current=digest == asset.digest)

    def asset_url(name: str) -> str:
        # Not url_for: an error page for an untrusted Host has no URL adapter.
        return f"/static/{assets[name].digest}/{name}"

    app.add_url_rule("/static/<digest>/<path:name>", endpoint="static", view_func=static_file)
    app.jinja_env.globals["asset"] = asset_url
    app.jinja_env.globals["integrity"] = read_integrity().__getitem__


def read_integrity() -> dict[str, str]:
    """Return what a browser is to check of each vendored file: name → `sha384-…`."""
    lock = json.loads(VENDOR_LOCK.read_text(encoding="utf-8"))
    return {
        f"vendor/{name}": str(integrity)
        for package in lock.values()
        for name, integrity in package["files"].items()
    }


def _read_all() -> list[tuple[str, Asset]]:
    files = sorted(path for path in STATIC.rglob("*") if path.suffix in CONTENT_TYPES)
    return [(path.relative_to(STATIC).as_posix(), _read(path)) for path in files]


def _read(path: Path) -> Asset:
    body = path.read_bytes()
    if path.suffix == ".css" and path.parent == STATIC and path.name != BASE_STYLE:
        parts = sorted((STATIC / path.stem).glob("*.css"))
        body = b"".join(part.read_bytes() for part in (STATIC / BASE_STYLE, path, *parts))
    return Asset(
        content_type=CONTENT_TYPES[path.suffix],
        body=body,
        compressed=gzip.compress(body, mtime=0),
        digest=hashlib.sha256(body).hexdigest()[:DIGEST_LETTERS],
    )


def _answer(asset: Asset, *, is_current: bool) -> Response:
    """A page of an older release may ask by an old digest: it gets today's file, uncached."""
    takes_gzip = request.accept_encodings.quality("gzip") > 0
    response = Response(
        asset.compressed if takes_gzip else asset.body, content_type=asset.content_type
    )
    if takes_gzip:
        response.headers["Content-Encoding"] = "gzip"
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = (
        "public, max-age=31536000, immutable" if is_current else "no-cache"
    )
    return response
