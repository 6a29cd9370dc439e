"""An IMAP server of the tests' own, Dovecot: made in a temporary folder, gone with the session."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.smtp_servers import free_port, make_certificate

# Not captured: the server in the background would hold the pipe open for ever.
QUIET: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "timeout": 30}
PASSWORD = "geri-dönen-posta"
CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u:LAYOUT=fs
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {internal}
default_internal_group = {internal}
default_login_user = {login}
namespace inbox {{
  inbox = yes
}}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass(frozen=True)
class ImapServer:
    """Where it listens (TLS at once, and STARTTLS), what vouches for it, where mails lie."""

    port: int
    plain_port: int
    ca_file: Path
    mails: Path

    def deliver(self, user: str, raw: bytes) -> None:
        """Put a mail into somebody's INBOX, as the mail server's own delivery does."""
        new = self.mails / user / "new"
        new.mkdir(parents=True, exist_ok=True)
        (new / f"{len(list(new.iterdir()))}.{os.urandom(8).hex()}.test").write_bytes(raw)
        if os.geteuid() == 0:
            subprocess.run(["chown", "-R", "nobody", str(self.mails)], check=True)


def find_dovecot() -> str | None:
    """Return the path of the installed server, or None."""
    return shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin")


@contextmanager
def running_server(folder: Path) -> Iterator[ImapServer]:
    """Yield a server that listens on this machine alone and knows one password."""
    dovecot = find_dovecot()
    assert dovecot is not None
    is_root = os.geteuid() == 0
    own = pwd.getpwuid(os.geteuid())
    owner = pwd.getpwnam("nobody") if is_root else own
    certificate, key = make_certificate(folder)
    port, plain_port = free_port(), free_port()
    mails = folder / "mail"
    mails.mkdir()
    os.chown(mails, owner.pw_uid, owner.pw_gid)
    config = folder / "dovecot.conf"
    config.write_text(
        CONFIG.format(
            folder=folder,
            certificate=certificate,
            key=key,
            internal="dovecot" if is_root else own.pw_name,
            login="dovenull" if is_root else own.pw_name,
            password=PASSWORD,
            uid=owner.pw_uid,
            gid=owner.pw_gid,
            port=port,
            plain_port=plain_port,
        ),
        encoding="utf-8",
    )
    # It listens before it goes into the background.
    subprocess.run([dovecot, "-c", str(config)], check=True, **QUIET)
    try:
        yield ImapServer(port, plain_port, certificate, mails)
    finally:
        subprocess.run([dovecot, "-c", str(config), "stop"], check=True, **QUIET)
