"""Reading a request's query string and body, each fault with the place where it stands."""

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, NoReturn

import flask
import marshmallow as ma
from webargs.core import missing
from webargs.flaskparser import FlaskParser

from surveys.api.answers import JSON_TYPE
from surveys.api.fields import NOT_VALID
from surveys.api.refusals import Fault, InvalidRequest, MalformedJson, UnsupportedMediaType
from surveys.api.words import Sentence
from surveys.errors import N_

PLACES = {"json": "body"}
# What one answer tells of a request that is wrong all over.
MOST_FAULTS = 100
LONGEST_NAME = 100


class Parser(FlaskParser):
    """webargs with strict JSON, unknown parameters refused and faults as pointers."""

    DEFAULT_UNKNOWN_BY_LOCATION = dict.fromkeys(FlaskParser.DEFAULT_UNKNOWN_BY_LOCATION, None) | {
        "headers": ma.EXCLUDE
    }

    def __init__(self) -> None:
        super().__init__()
        # By the schema's identity: each lives as long as the view that it is read for.
        self._unasked: dict[int, dict[str, Any]] = {}

    def parse(self, argmap: Any, *args: Any, location: str | None = None, **options: Any) -> Any:
        """Return what was asked for; a query without parameters is worked out once a schema."""
        if location != "query" or flask.request.query_string:
            return super().parse(argmap, *args, location=location, **options)
        if id(argmap) not in self._unasked:
            found = super().parse(argmap, *args, location=location, **options)
            self._unasked[id(argmap)] = found
        return dict(self._unasked[id(argmap)])

    def load_json(self, req: flask.Request, *_more: object) -> Any:
        """Return what the body holds. Raises Refusal for what isn't one JSON document."""
        body = req.get_data(cache=True)
        if not body and not req.mimetype:
            return missing
        if req.mimetype != JSON_TYPE:
            raise UnsupportedMediaType
        return read_json(body)

    def load_querystring(self, req: flask.Request, *_more: object) -> Any:
        """Return the query's parameters. Raises InvalidRequest for one that stands twice."""
        doubled = [name for name, values in req.args.lists() if len(values) > 1]
        if doubled:
            message = Sentence(N_("This stands more than once."))
            raise InvalidRequest(faults=[Fault(f"#/query/{escape(n)}", message) for n in doubled])
        return req.args.to_dict()

    def handle_error(
        self, error: ma.ValidationError, *_args: object, **_kwargs: object
    ) -> NoReturn:
        """Raise InvalidRequest with a pointer for each fault."""
        faults = islice(_faults(error.messages, "#"), MOST_FAULTS)
        raise InvalidRequest(faults=list(faults)) from error


def read_json(body: bytes) -> Any:
    """Return the one JSON document that `body` holds. Raises MalformedJson.

    Stricter than `json`: UTF-8 only, no NaN, no key twice in one object, no endless nesting.
    """
    try:
        return json.loads(
            body.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant
        )
    except (ValueError, RecursionError):
        raise MalformedJson from None


def escape(name: str) -> str:
    """Return `name` as a part of a JSON pointer (RFC 6901), cut where nobody reads on.

    Half of a surrogate pair, which no answer can hold, becomes a question mark.
    """
    shown = name[:LONGEST_NAME].encode("utf-8", "replace").decode()
    return shown.replace("~", "~0").replace("/", "~1")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key stands twice")
    return made


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _faults(messages: Any, pointer: str) -> Iterator[Fault]:
    """Yield a fault for each message of marshmallow's tree; `_schema` speaks of the whole."""
    if isinstance(messages, Mapping):
        for name, inner in messages.items():
            yield from _faults(inner, pointer if name == "_schema" else _below(pointer, name))
        return
    for message in messages if isinstance(messages, list) else [messages]:
        if isinstance(message, Mapping):
            yield from _faults(message, pointer)
        else:
            yield Fault(pointer, message if isinstance(message, Sentence) else NOT_VALID)


def _below(pointer: str, name: object) -> str:
    part = str(name)
    # The outermost name is where webargs looked: a body is called so, whatever it is written in.
    return f"{pointer}/{escape(PLACES.get(part, part) if pointer == '#' else part)}"
