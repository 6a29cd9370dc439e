"""A mail server that takes everything and keeps nothing: `python -m bench.sink PORT`.

In a process of its own and as quick as asyncio allows, so that the sender is what is measured.
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
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        self.rest = b""
        self.is_in_body = False
        transport.write(GREETING)

    def data_received(self, data: bytes) -> None:
        """Answer every whole command, and every whole body."""
        self.rest += data
        replies = []
        while reply := self._take():
            replies.append(reply)
        self.transport.write(b"".join(replies))

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


async def serve(port: int) -> None:
    """Take mail on `port` of this machine for ever; say so once ready."""
    server = await asyncio.get_running_loop().create_server(Taker, "127.0.0.1", port)
    print("ready", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
