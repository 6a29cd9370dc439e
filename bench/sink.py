"""A mail server that takes everything and keeps nothing: `python -m bench.sink PORT DELAY_MS`.

In a process of its own and as quick as asyncio allows, so that the sender is what is measured.
Each answer comes so many milliseconds late, as from a server that is so far away.
"""

import asyncio
import sys

GREETING = b"220 sink\r\n"
EXTENSIONS = b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
GO_ON = b"354 go on\r\n"
OK = b"250 2.0.0 Ok\r\n"
BYE = b"221 2.0.0 Bye\r\n"
END = b"\r\n.\r\n"


class Taker(asyncio.Protocol):
    """One connection whose answers come `delay_s` seconds late."""

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.rest = b""
        self.is_in_body = False
        self._write(GREETING)

    def data_received(self, data: bytes) -> None:
        """Answer every whole command, and every whole body."""
        self.rest += data
        replies = []
        while reply := self._take():
            replies.append(reply)
        if replies:
            self._write(b"".join(replies))

    def _write(self, replies: bytes) -> None:
        if self._delay_s:
            loop = asyncio.get_running_loop()
            loop.call_later(self._delay_s, self.transport.write, replies)
        else:
            self.transport.write(replies)

    def _take(self) -> bytes:
        mark = END if self.is_in_body else b"\r\n"
        head, found, rest = self.rest.partition(mark)
        if not found:
            return b""
        self.rest = rest
        if self.is_in_body:
            self.is_in_body = False
            return OK
        return self._answer(head[:4].upper())

    def _answer(self, verb: bytes) -> bytes:
        self.is_in_body = verb == b"DATA"
        return {b"EHLO": EXTENSIONS, b"DATA": GO_ON, b"QUIT": BYE}.get(verb, OK)


async def serve(port: int, delay_ms: int) -> None:
    """Take mail on `port` of this machine for ever; say so once ready."""
    server = await asyncio.get_running_loop().create_server(
        lambda: Taker(delay_ms / 1000), "127.0.0.1", port
    )
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1]), int(sys.argv[2])))
