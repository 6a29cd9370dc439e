"""Every mail of the corpus: what it is, its code, what it amounts to, and whom it is about.

Those called `made-by-…` are what Postfix 3.7 and Exim 4.96 themselves wrote when a server behind
them refused a mail, with hosts and addresses replaced; the others are written after the manner of
the servers that they are called by.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from models import ReportKind
from surveys.bounces.matching import find_match
from surveys.bounces.policy import Signal, read_signal
from surveys.bounces.reading import read_report
from tests.bounces.sending import CORPUS, KEYS, PATTERN, make_sent, written
from tests.conftest import NOW

EXPECTED = {
    "advert": ("unrecognised", "", Signal.UNCLEAR),
    "arf-not-spam": ("unrecognised", "", Signal.UNCLEAR),
    "arf-opt-out": ("complaint", "", Signal.COMPLAINT),
    "arf-outlook": ("complaint", "", Signal.COMPLAINT),
    "arf-yahoo": ("complaint", "", Signal.COMPLAINT),
    "bad-domain-5.1.2": ("bounce", "5.1.2", Signal.BAD_DOMAIN),
    "barracuda-content": ("bounce", "5.6.0", Signal.POLICY),
    "denied-without-code": ("bounce", "5.7.1", Signal.POLICY),
    "exchange-old-uppercase": ("bounce", "5.1.1", Signal.HARD),
    "exchange-quota": ("bounce", "5.2.2", Signal.SOFT),
    "exim-delay-warning": ("delayed", "", Signal.DELAYED),
    "exim-retry-timeout": ("bounce", "4.4.7", Signal.SOFT),
    "exim-unknown": ("bounce", "5.1.1", Signal.HARD),
    "exim-unrouteable": ("bounce", "5.1.2", Signal.BAD_DOMAIN),
    "french-unknown": ("bounce", "5.1.1", Signal.HARD),
    "german-full": ("bounce", "4.2.2", Signal.SOFT),
    "gmail-inactive": ("bounce", "5.2.1", Signal.HARD),
    "gmail-no-such-user": ("bounce", "5.1.1", Signal.HARD),
    "gmail-over-quota": ("bounce", "4.2.2", Signal.SOFT),
    "gmail-unauthenticated": ("bounce", "5.7.26", Signal.POLICY),
    "human-reply": ("unrecognised", "", Signal.UNCLEAR),
    "icloud-full": ("bounce", "5.2.2", Signal.SOFT),
    "made-by-exim-accepted": ("delayed", "2.0.0", Signal.DELAYED),
    "made-by-exim-disabled": ("bounce", "5.2.1", Signal.HARD),
    "made-by-exim-full-for-now": ("bounce", "4.2.2", Signal.SOFT),
    "made-by-exim-full-for-now-delayed": ("delayed", "4.2.2", Signal.DELAYED),
    "made-by-exim-mailbox-full": ("bounce", "5.2.2", Signal.SOFT),
    "made-by-exim-no-code": ("bounce", "5.1.1", Signal.HARD),
    "made-by-exim-relay-denied": ("bounce", "5.7.1", Signal.POLICY),
    "made-by-exim-spam": ("bounce", "5.7.1", Signal.POLICY),
    "made-by-exim-too-large": ("bounce", "5.3.4", Signal.POLICY),
    "made-by-exim-unknown-user": ("bounce", "5.1.1", Signal.HARD),
    "made-by-exim-unrouteable": ("bounce", "5.1.2", Signal.BAD_DOMAIN),
    "made-by-postfix-accepted": ("delayed", "2.0.0", Signal.DELAYED),
    "made-by-postfix-disabled": ("bounce", "5.2.1", Signal.HARD),
    "made-by-postfix-full-for-now": ("bounce", "4.2.2", Signal.SOFT),
    "made-by-postfix-full-for-now-delayed": ("delayed", "4.2.2", Signal.DELAYED),
    "made-by-postfix-mailbox-full": ("bounce", "5.2.2", Signal.SOFT),
    "made-by-postfix-no-code": ("bounce", "5.1.1", Signal.HARD),
    "made-by-postfix-relay-denied": ("bounce", "5.7.1", Signal.POLICY),
    "made-by-postfix-server-away": ("bounce", "4.4.1", Signal.SOFT),
    "made-by-postfix-server-away-delayed": ("delayed", "4.4.1", Signal.DELAYED),
    "made-by-postfix-spam": ("bounce", "5.7.1", Signal.POLICY),
    "made-by-postfix-too-large": ("bounce", "5.3.4", Signal.POLICY),
    "made-by-postfix-unknown-user": ("bounce", "5.1.1", Signal.HARD),
    "mailru-not-found": ("bounce", "5.1.1", Signal.HARD),
    "office365-blocked": ("bounce", "5.7.606", Signal.POLICY),
    "office365-no-such-user": ("bounce", "5.1.10", Signal.HARD),
    "ooo-gmail": ("auto_reply", "", Signal.AUTO_REPLY),
    "ooo-null-path": ("auto_reply", "", Signal.AUTO_REPLY),
    "ooo-outlook": ("auto_reply", "", Signal.AUTO_REPLY),
    "ooo-vacation-unix": ("auto_reply", "", Signal.AUTO_REPLY),
    "outlook-com-unavailable": ("bounce", "5.1.1", Signal.HARD),
    "outlook-dmarc": ("bounce", "5.7.515", Signal.POLICY),
    "policy-with-innocent-words": ("bounce", "5.7.0", Signal.POLICY),
    "postfix-delayed": ("delayed", "4.4.1", Signal.DELAYED),
    "postfix-expired": ("bounce", "4.4.1", Signal.SOFT),
    "postfix-host-not-found": ("bounce", "5.4.4", Signal.SOFT),
    "postfix-mailbox-full": ("bounce", "5.2.2", Signal.SOFT),
    "postfix-relay-denied": ("bounce", "5.7.1", Signal.POLICY),
    "postfix-relayed": ("delayed", "2.0.0", Signal.DELAYED),
    "postfix-too-large": ("bounce", "5.3.4", Signal.POLICY),
    "postfix-unknown-user": ("bounce", "5.1.1", Signal.HARD),
    "qmail-no-mailbox": ("bounce", "5.1.1", Signal.HARD),
    "qmail-quota": ("bounce", "5.2.2", Signal.SOFT),
    "sendmail-expanded": ("delayed", "2.2.0", Signal.DELAYED),
    "sendmail-spam": ("bounce", "5.7.1", Signal.POLICY),
    "sendmail-user-unknown": ("bounce", "5.1.1", Signal.HARD),
    "sendmail-warning": ("delayed", "4.2.0", Signal.DELAYED),
    "spam-filter-plain": ("bounce", "5.7.1", Signal.POLICY),
    "turkish-server-full": ("bounce", "5.2.2", Signal.SOFT),
    "turkish-server-unknown": ("bounce", "5.1.1", Signal.HARD),
    "two-recipients-one-failed": ("bounce", "5.1.1", Signal.HARD),
    "unspecific-status-specific-words": ("bounce", "5.1.6", Signal.HARD),
    "yahoo-disabled": ("bounce", "5.2.1", Signal.HARD),
    "yandex-no-such-user": ("bounce", "5.1.1", Signal.HARD),
    "yandex-spam": ("bounce", "5.7.1", Signal.POLICY),
    "zimbra-unknown": ("bounce", "5.1.1", Signal.HARD),
    "zoho-policy": ("bounce", "5.7.1", Signal.POLICY),
}
# What names none of our mails.
ABOUT_NOTHING = {"advert"}


def test_table_holds_every_mail_of_the_corpus() -> None:
    assert {path.stem for path in CORPUS.glob("*.eml")} == set(EXPECTED)


@pytest.mark.parametrize("name", EXPECTED)
def test_mail_is_read_and_judged(session: Session, name: str) -> None:
    message = make_sent(session)

    report = read_report(written(session, name, message))

    assert (report.kind.value, report.status, read_signal(report)) == EXPECTED[name]
    assert "@example.com" not in report.diagnostic


@pytest.mark.parametrize("name", sorted(set(EXPECTED) - ABOUT_NOTHING))
def test_mail_is_matched(session: Session, name: str) -> None:
    make_sent(session)
    message = make_sent(session)
    make_sent(session)

    report = read_report(written(session, name, message))
    match = find_match(session, report=report, bounce_pattern=PATTERN, keys=KEYS, now=NOW)

    assert match is not None
    assert match.message_id == message.id


@given(raw=st.binary(max_size=4_000))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    assert read_report(raw).kind in ReportKind


@given(
    name=st.sampled_from(sorted(EXPECTED)),
    cut=st.integers(0, 3_000),
    junk=st.binary(max_size=60),
)
def test_no_damaged_mail_breaks_the_reader(name: str, cut: int, junk: bytes) -> None:
    whole = (CORPUS / f"{name}.eml").read_bytes()

    report = read_report(whole[:cut] + junk + whole[cut + len(junk) :])

    assert read_signal(report) in Signal
    assert len(report.diagnostic) <= 500
