"""What a page says after a form did its work and sent the browser on: `?said=<code>`.

The cookie holds nothing but a sign-in, so the code travels in the address; only sentences that an
area has registered are shown, never text from the address.
"""

from urllib.parse import urlencode

from flask import redirect, request
from werkzeug.wrappers import Response

from surveys.web.words import gettext

FIELD = "said"
_SENTENCES: dict[str, str] = {}


def register(**sentences: str) -> None:
    """Make sentences known under their codes. Raises ValueError for a code taken elsewhere."""
    taken = _SENTENCES.keys() & {c for c, s in sentences.items() if _SENTENCES.get(c, s) != s}
    if taken:
        raise ValueError(f"said elsewhere already: {sorted(taken)}")
    _SENTENCES.update(sentences)


def go(path: str, code: str | None = None) -> Response:
    """Send the browser to `path` (303), where the sentence of `code` is shown once."""
    if code is None:
        return redirect(path, 303)
    path, _, anchor = path.partition("#")
    joined = f"{path}{'&' if '?' in path else '?'}{urlencode({FIELD: code})}"
    return redirect(f"{joined}#{anchor}" if anchor else joined, 303)


def said() -> str | None:
    """Return the sentence that this page begins with, or None."""
    sentence = _SENTENCES.get(request.args.get(FIELD, ""))
    return gettext(sentence) if sentence else None
