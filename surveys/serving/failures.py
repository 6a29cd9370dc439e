"""Which face words a refusal or a failure: the one below whose prefix the address stands.

Flask asks one handler for each kind of exception, whichever face it comes from, and an address
without a view belongs to no blueprint. So each face says here which addresses are its own.
"""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask, request
from flask.typing import ResponseReturnValue

Handler = Callable[[Any], ResponseReturnValue]
Desk = dict[type[Exception], dict[str, Handler]]

EXTENSION = "donut_failures"


def answer_failures(app: Flask, *, below: str, handlers: Mapping[type[Exception], Handler]) -> None:
    """Let `handlers` answer for addresses that begin with `below`; the longest prefix counts.

    `below=""` answers for whatever no other face has claimed.
    """
    desk: Desk = app.extensions.setdefault(EXTENSION, {})
    for kind, handler in handlers.items():
        if kind not in desk:
            desk[kind] = {}
            app.register_error_handler(kind, _dispatcher(desk[kind]))
        desk[kind][below] = handler


def _dispatcher(by_prefix: Mapping[str, Handler]) -> Handler:
    def answer(error: Exception) -> ResponseReturnValue:
        claims = [prefix for prefix in by_prefix if request.path.startswith(prefix)]
        return by_prefix[max(claims, key=len)](error)

    return answer
