"""`make demo`: the whole way once, by the same commands that a real office uses."""

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from demo.answers import answer_a_quarter, find_link
from demo.material import write_material
from surveys.clock import SystemClock
from surveys.i18n import format_integer, format_percent
from surveys.tokens import new_secret

ROOT = Path(__file__).resolve().parents[1]
HOST = "127.0.0.1"
STAFF = "demo@example.com"
START_LIMIT_S = 60.0
POLL_S = 0.1


class DemoFailed(Exception):
    """A step did not work; the text says which and what it printed."""


@dataclass(frozen=True)
class Stage:
    """Where the demo runs: its folder, its addresses, and the environment of its commands."""

    folder: Path
    base_url: str
    mailbox_url: str
    smtp_port: int
    environment: dict[str, str]

    def flask(self, *arguments: str) -> dict[str, Any]:
        """Run one `flask …` command as an office would; return its JSON."""
        command = [sys.executable, "-m", "flask", *arguments, "--json"]
        done = subprocess.run(  # noqa: S603 - fixed commands of our own
            command, cwd=ROOT, env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise DemoFailed(f"flask {' '.join(arguments)}\n{done.stdout}{done.stderr}")
        result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return result

    @contextmanager
    def process(self, *command: str) -> Iterator[None]:
        """Keep a process running until the block ends."""
        running = subprocess.Popen(  # noqa: S603 - fixed commands of our own
            [sys.executable, "-m", *command],
            cwd=ROOT,
            env=self.environment,
            # Ctrl-C reaches the demo alone, which then ends them in order.
            start_new_session=True,
        )
        try:
            yield
        finally:
            running.send_signal(signal.SIGTERM)
            running.wait()


def set_stage(port: int) -> Stage:
    """Return a stage in an emptied folder, with keys of its own and free ports beside `port`."""
    if not _is_free(port):
        raise DemoFailed(f"Port {port} is taken. Choose another one: make demo PORT={port + 100}")
    folder = ROOT / "instance" / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    mailbox_port, smtp_port = _free_ports(2)
    base_url = f"http://{HOST}:{port}"
    own = {
        "DATABASE_URL": f"sqlite:///{folder / 'donut.db'}",
        "SECRET_KEY": new_secret(),
        "BASE_URL": base_url,
        "MAIL_SERVER": HOST,
        "MAIL_PORT": str(smtp_port),
        "MAIL_DEFAULT_SENDER": "Örnek Üniversitesi Mezunlar Ofisi <mezun@ornek.example>",
        "ORGANISATION_NAME": "Örnek Üniversitesi",
        "ORGANISATION_NAME_EN": "Example University",
        "LOG_LEVEL": "WARNING",
    }
    # Settings of a real service in the caller's environment must not reach the demo.
    outer = {k: v for k, v in os.environ.items() if not k.startswith("DONUT_")}  # noqa: TID251 - handed on to child processes
    environment = {**outer, **{f"DONUT_{name}": value for name, value in own.items()}}
    return Stage(folder, base_url, f"http://{HOST}:{mailbox_port}", smtp_port, environment)


def prepare(stage: Stage) -> tuple[int, str]:
    """Migrate, import, load and launch; return how many graduates, and the survey's code."""
    say("Veritabanı hazırlanıyor")
    migrate = [sys.executable, "-m", "flask", "db", "upgrade"]
    subprocess.run(migrate, cwd=ROOT, env=stage.environment, check=True)  # noqa: S603 - our own command
    material = write_material(stage.folder, SystemClock().now())
    stage.flask("indicator", "load", str(material.indicator), "--demo")
    say("Örnek mezun listesi içe aktarılıyor")
    imported = stage.flask("roster", "import", str(material.roster), "--demo")
    stage.flask("survey", "load", str(material.survey), "--demo")
    say("Örnek anket başlatılıyor")
    audience = str(imported["created"])
    launched = stage.flask("survey", "launch", material.code, "--now", "--expect", audience)
    return int(imported["created"]), str(launched["code"])


def run(*, port: int, once: bool) -> None:
    """Go the whole way; with `once` let a quarter answer and end, else serve until Ctrl-C."""
    stage = set_stage(port)
    imported, code = prepare(stage)
    mailbox_port = stage.mailbox_url.rsplit(":", 1)[1]
    with ExitStack() as stack:
        stack.enter_context(
            stage.process(
                "demo.mailbox",
                *("--folder", str(stage.folder / "mail"), "--http-port", mailbox_port),
                *("--smtp-port", str(stage.smtp_port)),
            )
        )
        web = ("gunicorn", "--bind", stage.base_url.removeprefix("http://"), "wsgi:app")
        stack.enter_context(stage.process(*web))
        wait_for(f"{stage.mailbox_url}/mails.json")
        wait_for(f"{stage.base_url}/healthz")
        say("Davetler gönderiliyor")
        sent = stage.flask("send", "--once")
        if once:
            report(stage, imported, code, sent)
            return
        stack.enter_context(stage.process("flask", "scheduler"))
        invite_visitor(stage)
        wait_for_signal()


def report(stage: Stage, imported: int, code: str, sent: dict[str, Any]) -> None:
    """Let a quarter answer, print the rate against the target, and the last line of JSON."""
    say("Mezunların dörtte biri e-postadaki bağlantıdan yanıtlıyor")
    pressed = answer_a_quarter(stage.base_url, stage.folder / "mail")
    value = stage.flask("indicator", "show", "PG3.3.5")
    rates = stage.flask("rates", code)
    if value["numerator"] != pressed:
        raise DemoFailed(f"{pressed} people answered, but {value['numerator']} were counted")
    first_rate = rates["rates"]["RR1"]
    say(
        f"PG3.3.5: {whole(value['numerator'])} / {whole(value['denominator'])}"
        f" = {percent(value['value'])} · hedef {percent(value['target'])}"
        f" · hedefe kalan {whole(value['missing'])} kişi"
        f" · RR1 {whole(first_rate['numerator'])} / {whole(first_rate['denominator'])}"
    )
    result = {
        "imported": imported,
        "sent": sent["sent"],
        "failed": sent["failed"],
        "unknown": sent["unknown"],
        "answered": value["numerator"],
        "rate": value["value"],
        "target": value["target"],
    }
    print(json.dumps(result), flush=True)


def invite_visitor(stage: Stage) -> None:
    """Print the three addresses that a visitor needs."""
    staff = stage.flask("staff", "add", STAFF, "--role", "admin", "--sign-in")
    first = json.loads(_fetch(f"{stage.mailbox_url}/mails.json"))[0]["number"]
    link = find_link(stage.folder / "mail" / f"{first:06}.eml")
    print(
        f"\n  Personel sayfası (tek kullanımlık bağlantı)  {staff['link']}"
        f"\n  Bir mezunun anket bağlantısı                 {link}"
        f"\n  Posta kutusu                                 {stage.mailbox_url}"
        "\n\n  Ctrl-C bitirir. / Ctrl-C ends it.\n",
        flush=True,
    )


def say(line: str) -> None:
    """Print one step."""
    print(f"· {line}", flush=True)


def whole(value: int) -> str:
    """Return 3581 as 3.581."""
    return format_integer(value, "tr")


def percent(value: float) -> str:
    """Return 25.02 as %25,02."""
    return format_percent(Decimal(str(value)), "tr", decimals=2)


def wait_for(url: str) -> None:
    """Return once `url` answers. Raises DemoFailed after a minute."""
    deadline = time.monotonic() + START_LIMIT_S
    while time.monotonic() < deadline:
        try:
            _fetch(url)
        except OSError:
            time.sleep(POLL_S)
        else:
            return
    raise DemoFailed(f"{url} did not answer")


def wait_for_signal() -> None:
    """Wait; Ctrl-C and SIGTERM both raise KeyboardInterrupt."""
    signal.pause()


def _fetch(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - addresses of our own
        content: bytes = answer.read()
    return content


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:
        probes = [stack.enter_context(socket.socket()) for _ in range(count)]
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]


def main() -> int:
    """Run from the command line; 1 when a step did not work."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--once", action="store_true")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        run(port=given.port, once=given.once)
    except DemoFailed as failure:
        print(failure, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
