"""A sender in a process of its own: `python -m bench.sender CONNECTIONS`, settings as always.

Says that it is ready, sends what is due once it is told to, and says how many mails went and when.
"""

import json
import sys
import time
from dataclasses import replace
from threading import Event

from app import create_app
from surveys.environment import read_settings
from surveys.extensions import Toolbox
from surveys.jobs.sending import drain


def main() -> None:
    """Send."""
    settings = replace(read_settings(), mail_connections=int(sys.argv[1]))
    app = create_app(toolbox=Toolbox(settings=settings, keys=settings.keys()))
    print("ready", flush=True)
    sys.stdin.readline()
    begun_at = time.monotonic()
    sent = drain(app, stop=Event()).counts["sent"]
    print(json.dumps([sent, begun_at, time.monotonic()]), flush=True)


if __name__ == "__main__":
    main()
