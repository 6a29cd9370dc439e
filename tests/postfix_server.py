"""A real Postfix of the tests' own, in a temporary folder: it takes mails and returns some."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import Any

from tests.smtp_servers import free_port

# Not captured: the server in the background would hold the pipe open for ever.
QUIET: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": 60}
LONGEST_WAIT_S = 60.0
MAIN = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
myhostname = mail.example.edu.tr
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
virtual_mailbox_domains = example.com, bounce.example.edu.tr
virtual_mailbox_base = {folder}
virtual_mailbox_maps = regexp:{folder}/conf/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
# Taken first and returned later, as mails to other servers are.
smtpd_reject_unlisted_recipient = no
smtpd_relay_restrictions = permit_mynetworks, reject
maillog_file = {folder}/data/log
maillog_file_prefixes = {folder}
"""
MAILBOXES = r"""
/@bounce\.example\.edu\.tr$/ returned/
/^known.*@example\.com$/ known/
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
"""


@dataclass(frozen=True)
class PostfixServer:
    """Where it listens; the Maildirs of those whom it knows and of what it returns."""

    port: int
    known: Path
    returned: Path

    def wait_for(self, maildir: Path, count: int) -> None:
        """Return once a Maildir holds `count` new mails; fail after a minute without."""
        pause = Event()
        for _ in range(int(LONGEST_WAIT_S * 10)):
            if (maildir / "new").exists() and len(list((maildir / "new").iterdir())) >= count:
                return
            pause.wait(0.1)
        raise AssertionError(f"{maildir.name}: {count} mails did not come")


def is_runnable() -> bool:
    """Tell whether Postfix is installed and we may start it: it wants root."""
    return os.geteuid() == 0 and _find() is not None


@contextmanager
def running_server(folder: Path) -> Iterator[PostfixServer]:
    """Yield a server that listens on this machine alone and sends nothing to any other."""
    postfix, owner, port = str(_find()), pwd.getpwnam("nobody"), free_port()
    known, returned = folder / "known", folder / "returned"
    for made in (folder / "conf", folder / "queue", folder / "data", known, returned):
        made.mkdir()
    os.chown(folder / "data", pwd.getpwnam("postfix").pw_uid, -1)
    for maildir in (known, returned):
        os.chown(maildir, owner.pw_uid, owner.pw_gid)
    values = {"folder": folder, "uid": owner.pw_uid, "gid": owner.pw_gid, "port": port}
    (folder / "conf" / "main.cf").write_text(MAIN.format(**values))
    (folder / "conf" / "master.cf").write_text(MASTER.format(**values))
    (folder / "conf" / "mailboxes").write_text(MAILBOXES)
    subprocess.run([postfix, "-c", str(folder / "conf"), "start"], check=True, **QUIET)
    try:
        yield PostfixServer(port, known, returned)
    finally:
        subprocess.run([postfix, "-c", str(folder / "conf"), "stop"], check=True, **QUIET)


def _find() -> str | None:
    return shutil.which("postfix") or shutil.which("postfix", path="/usr/sbin")
