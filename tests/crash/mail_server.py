"""A mail server that can be killed: `python -m tests.crash.mail_server PORT FILE`.

In a process of its own; each Message-ID stands in the file before the mail is said to be taken.
"""

import sys
from pathlib import Path
from threading import Event

from tests.mail_sink import Sink, running_sink


def main(port: str, path: str) -> None:
    """Take mails until killed."""
    sink = Sink()
    sink.port = int(port)
    with Path(path).open("a", encoding="ascii", buffering=1) as file:
        sink.on_mail = lambda: file.write(f"{sink.message_ids[-1]}\n")
        with running_sink(sink):
            Event().wait()


if __name__ == "__main__":
    main(*sys.argv[1:])
