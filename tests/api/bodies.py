"""Bodies that nobody should send, made from one that is right; the same ones every time."""

import json
from collections.abc import Callable, Iterator
from functools import partial
from random import Random
from typing import Any

Sent = tuple[bytes, str]

JSON = "application/json"
DEEP = 100_000
VALUES: list[Any] = [
    None, True, False, 0, -1, 10**30, -(10**30), 1e308, 5.7, "", " ", "5", "\0", "\ud800", "a\r\nb",
    "x" * 100_000, "１２", "NaN", "<script>", "'; DROP TABLE alumnus; --", "{{7*7}}", "../../etc",
    [], {}, [[]], [None], {"": ""}, {"a": {"a": {"a": 1}}}, "2026-02-30", "2026-13-01T00:00:00Z",
    "0000-00-00T00:00:00Z", "9999-12-31T23:59:59-23:59", "http://127.0.0.1\\@1.1.1.1/",
]  # fmt: skip


def write(value: Any) -> bytes:
    """Return JSON; half a surrogate pair stands in it as an escape."""
    return json.dumps(value).encode()


def fixed_bodies(right: Any) -> Iterator[Sent]:
    """Yield what is wrong whatever is asked."""
    text = write(right)
    for kind in ("", "text/plain", "application/xml", "multipart/form-data", "a/b/c", JSON + "x"):
        yield text, kind
    yield from (
        (body, JSON)
        for body in [
            b"", b" ", b"{", b"}", b"[", b"null", b"1", b'"a"', b"NaN", b"Infinity", b"[1e999]",
            b"\xff\xfe", text.decode().encode("utf-16"), b"\xef\xbb\xbf" + text, text + text,
            text[:-1], text + b"x", b"[" * DEEP, b"[" * DEEP + b"]" * DEEP, b'{"a":' * DEEP,
            b'{"a":1,"a":2}', b'{"\\u0000":1}', b'{"\\ud800":1}', b"0" * 5_000, b"1" * 5_000,
            b'{"a":"' + b"\0" + b'"}', b"//x\n{}", b"{'a':1}", b"[1,]", b" " * 2_000_000,
        ]
    )  # fmt: skip


def random_bodies(right: Any, number: int, *, seed: int) -> Iterator[Sent]:
    """Yield `number` bodies: single bytes changed, or single values replaced, added, dropped."""
    random = Random(seed)
    for _ in range(number):
        change = random.choice((_change_bytes, _change_value, _change_value))
        yield change(right, random), JSON


def _change_bytes(right: Any, random: Random) -> bytes:
    text = bytearray(write(right))
    for _ in range(random.randint(1, 4)):
        text[random.randrange(len(text))] = random.randrange(256)
    return bytes(text)


def _change_value(right: Any, random: Random) -> bytes:
    changed = json.loads(json.dumps(right))
    for put in random.sample(places := list(_places(changed)), min(1, len(places))):
        put(random.choice(VALUES))
    if isinstance(changed, dict) and random.random() < 0.2:
        changed[random.choice(["x", "id", "is_demo", "secret", "__proto__", ""])] = 1
    return write(changed)


def _places(node: Any) -> Iterator[Callable[[Any], None]]:
    """Yield a setter for each value inside, whatever deep."""
    entries = node.items() if isinstance(node, dict) else enumerate(node)
    for key, value in entries if isinstance(node, dict | list) else ():
        yield partial(node.__setitem__, key)
        yield from _places(value) if isinstance(value, dict | list) else ()
