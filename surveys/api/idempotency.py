"""`Idempotency-Key` on POST: `@idempotent` beside the route, `keep_answer` in its transaction."""

import hashlib
import re
from collections.abc import Callable
from functools import wraps

from flask import Response, g, request
from sqlalchemy.orm import Session

from surveys.api.callers import presented_key
from surveys.api.notes import note
from surveys.api.refusals import Fault, InvalidRequest
from surveys.api.words import Sentence
from surveys.api_keys import repeats
from surveys.api_keys.repeats import Claim, KeptAnswer, Repeatable
from surveys.errors import N_
from surveys.extensions import toolbox, transaction

HEADER = "Idempotency-Key"
POINTER = f"#/header/{HEADER}"
LONGEST = 255
# A string of RFC 9651 in its quotes, or bare, as most senders write it.
SHAPE = re.compile(r'"([\x20-\x21\x23-\x5b\x5d-\x7e]{1,255})"|([!#-\[\]-~]{1,255})')
KEPT_HEADERS = ("Content-Type", "Location", "ETag", "Cache-Control")
REPLAYED = "Idempotency-Replayed"
DOC_ENTRY = "idempotent"

View = Callable[..., Response]


def idempotent(view: View) -> View:
    """Carry a POST out once for each `Idempotency-Key`; without one it is carried out as it comes.

    Stands between `needs` and `arguments`. The view hands its answer to `keep_answer` inside the
    transaction of its change; what it refuses is not kept, and the key is free again.
    """

    @wraps(view)
    def once(*args: object, **kwargs: object) -> Response:
        sent = request.headers.get(HEADER)
        if sent is None:
            return view(*args, **kwargs)
        claimed = _claim(_read_key(sent))
        if isinstance(claimed, KeptAnswer):
            return _replay(claimed)
        return _carry_out(lambda: view(*args, **kwargs), claimed)

    return note(once, DOC_ENTRY, value=True)


def keep_answer(session: Session, answer: Response) -> Response:
    """Keep the answer of an idempotent view with the change that it tells of; return it."""
    claimed = g.pop("idempotency_claim", None)
    if claimed is None:
        return answer
    headers = {name: answer.headers[name] for name in KEPT_HEADERS if name in answer.headers}
    kept = KeptAnswer(answer.status_code, headers, answer.get_data(as_text=True))
    repeats.keep_answer(session, claim=claimed, answer=kept, keys=toolbox().keys)
    return answer


def _carry_out(act: Callable[[], Response], claimed: Claim) -> Response:
    g.idempotency_claim = claimed
    try:
        answer = act()
    except Exception:
        with transaction() as session:
            repeats.release(session, claim=claimed)
        raise
    if "idempotency_claim" in g:
        raise RuntimeError(f"{request.endpoint} keeps no answer")
    return answer


def _read_key(sent: str) -> str:
    shaped = SHAPE.fullmatch(sent.strip())
    if shaped is None:
        message = Sentence(N_("This must be 1 to %(max)s visible ASCII characters."), max=LONGEST)
        raise InvalidRequest(faults=[Fault(POINTER, message)])
    return shaped[1] or shaped[2]


def _claim(key: str) -> Claim | KeptAnswer:
    tools = toolbox()
    asked = Repeatable(api_key_id=presented_key().key_id, key=key, request_hash=_hash_request())
    with transaction() as session:
        return repeats.claim(session, asked=asked, now=tools.clock.now(), keys=tools.keys)


def _hash_request() -> str:
    """What makes two requests the same: method, address with its query, body byte by byte."""
    digest = hashlib.sha256(f"{request.method} {request.full_path}\n".encode())
    digest.update(request.get_data(cache=True))
    return digest.hexdigest()


def _replay(kept: KeptAnswer) -> Response:
    return Response(kept.body, kept.status, headers={**kept.headers, REPLAYED: "true"})
