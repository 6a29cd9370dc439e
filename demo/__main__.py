"""`make demo`: the whole way once, by the same commands that a real office uses."""

import argparse
import json
import signal
import sys
from contextlib import ExitStack
from decimal import Decimal
from typing import Any

from demo.answers import answer_some, find_link
from demo.developer import bring_events, listening, make_key, read_rate
from demo.material import write_draft, write_material
from demo.stage import DemoFailed, Stage, fetch, set_stage, wait_for
from surveys.clock import SystemClock
from surveys.i18n import format_integer, format_percent

STAFF = "demo@example.com"
# The first mail's graduate is left to the visitor.
FIRST_TO_ANSWER = 1
EVERY_TO_ANSWER = 12


def prepare(stage: Stage) -> tuple[int, str]:
    """Migrate, import, load and launch; return how many graduates, and the survey's code."""
    say("Veritabanı hazırlanıyor")
    stage.migrate()
    material = write_material(stage.folder, SystemClock().now())
    stage.flask("indicator", "load", str(material.indicator), "--demo")
    say("Örnek mezun listesi içe aktarılıyor")
    imported = stage.flask("roster", "import", str(material.roster), "--demo")
    stage.flask("survey", "load", str(material.survey), "--demo")
    say("Örnek anket başlatılıyor")
    audience = str(imported["created"])
    launched = stage.flask("survey", "launch", material.code, "--now", "--expect", audience)
    return int(imported["created"]), str(launched["code"])


def enliven(stage: Stage) -> None:
    """Give the visitor something to look at: some answers, and next year's survey as a draft."""
    say("İlk mezunlar yanıtlıyor")
    mails = stage.folder / "mail"
    answer_some(stage.base_url, mails, first=FIRST_TO_ANSWER, every=EVERY_TO_ANSWER)
    draft = write_draft(stage.folder, SystemClock().now())
    stage.flask("survey", "load", str(draft), "--demo")


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
        enliven(stage)
        stack.enter_context(stage.process("flask", "scheduler"))
        invite_visitor(stage)
        wait_for_signal()


def report(stage: Stage, imported: int, code: str, sent: dict[str, Any]) -> None:
    """Let a quarter answer, print the rate against the target, and the last line of JSON."""
    say("Mezunların dörtte biri e-postadaki bağlantıdan yanıtlıyor")
    pressed = answer_some(stage.base_url, stage.folder / "mail", first=0, every=4)
    value = stage.flask("indicator", "show", "PG3.3.5")
    rates = stage.flask("rates", code)
    if value["numerator"] != pressed:
        raise DemoFailed(f"{pressed} people answered, but {value['numerator']} were counted")
    first_rate = rates["rates"]["RR1"]
    show_developer(stage, code, (first_rate["numerator"], first_rate["denominator"]))
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


def show_developer(stage: Stage, code: str, counted: tuple[int, int]) -> None:
    """Let another system be told by a webhook, and read the same figures by the API."""
    say("Mezun bilgi sistemi haberdar ediliyor ve oranı API’den okuyor")
    with listening(stage):
        arrived = bring_events(stage)
    read = read_rate(stage, make_key(stage), code)
    if not arrived or read != counted:
        raise DemoFailed(f"{arrived} events arrived; the API says {read}, the office {counted}")


def invite_visitor(stage: Stage) -> None:
    """Print the addresses that a visitor needs, and a key for whoever tries out the API."""
    staff = stage.flask("staff", "add", STAFF, "--role", "admin", "--sign-in")
    first = json.loads(fetch(f"{stage.mailbox_url}/mails.json"))[0]["number"]
    link = find_link(stage.folder / "mail" / f"{first:06}.eml")
    print(
        f"\n  Personel sayfası (tek kullanımlık bağlantı)  {staff['link']}"
        f"\n  Bir mezunun anket bağlantısı                 {link}"
        f"\n  Posta kutusu                                 {stage.mailbox_url}"
        f"\n  API belgesi                                  {stage.base_url}/api/v1/docs"
        f"\n  API anahtarı                                 {make_key(stage)}"
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


def wait_for_signal() -> None:
    """Wait; Ctrl-C and SIGTERM both raise KeyboardInterrupt."""
    signal.pause()


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
