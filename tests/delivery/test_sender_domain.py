"""Whether the domain of our sender is vouched for, as name servers say."""

import dns.exception
import dns.resolver
import pytest
from sqlalchemy.orm import Session

from models import Beat
from surveys.delivery.sender_domain import (
    JOB,
    Record,
    find_seen,
    look_up_names,
    look_up_records,
    to_result,
)
from surveys.delivery.signing import Signer
from tests.conftest import NOW

SENDER = "Mezunlar Ofisi <mezun@example.edu.tr>"
BOUNCES = "b+*@bounce.example.edu.tr"


class Row:
    """One record, a TXT in pieces as DNS has it."""

    def __init__(self, *strings: bytes) -> None:
        self.strings = strings

    def to_text(self) -> str:
        return self.strings[0].decode()


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Row] | Exception]:
    """What name servers answer by name; a name that is missing here does not exist."""
    answers: dict[str, list[Row] | Exception] = {}

    def resolve(name: str, kind: str, *, lifetime: float) -> list[Row]:
        assert lifetime > 0
        if kind == "AAAA":
            return []
        answer = answers.get(name, dns.resolver.NXDOMAIN())  # type: ignore[no-untyped-call] # the library has no types here
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(dns.resolver, "resolve", resolve)
    return answers


def test_record_is_found_among_others(zone: dict[str, list[Row] | Exception]) -> None:
    zone["example.edu.tr"] = [Row(b"other"), Row(b"v=spf1 ", b"mx -all")]
    zone["_dmarc.example.edu.tr"] = [Row(b"v=DMARC1; p=none")]

    assert [record.is_there for record in look_up_records(SENDER)] == [True, True]


def test_record_that_is_missing_is_told_from_one_that_nobody_knows(
    zone: dict[str, list[Row] | Exception],
) -> None:
    zone["example.edu.tr"] = dns.exception.Timeout()  # type: ignore[no-untyped-call] # nor here

    spf, dmarc = look_up_records(SENDER)

    assert (spf.is_there, dmarc.is_there) == (None, False)
    assert to_result([spf, dmarc]) == {"DMARC": 0}


def test_dkim_record_must_hold_the_key_that_signs(
    zone: dict[str, list[Row] | Exception],
) -> None:
    signer = Signer("example.edu.tr", "donut", b"", "MIIB/abc")
    record = "donut._domainkey.example.edu.tr"

    for text, is_there in [
        (b"v=DKIM1; k=rsa; p=MIIB /abc", True),
        (b"v=DKIM1; k=rsa; p=another", False),
        (b"v=DKIM1; p=", False),
    ]:
        zone[record] = [Row(text[:10], text[10:])]
        found = look_up_records(SENDER, signer=signer)
        assert found[-1] == Record("DKIM", record, is_there=is_there)


def test_domain_of_returned_mails_must_take_mail_and_vouch_for_our_server(
    zone: dict[str, list[Row] | Exception],
) -> None:
    zone["example.edu.tr"] = [Row(b"v=spf1 -all")]

    found = {one.label: one for one in look_up_records(SENDER, bounces_to=BOUNCES)}
    assert found["MX"] == Record("MX", "bounce.example.edu.tr", is_there=False)
    assert found["SPF"] == Record("SPF", "bounce.example.edu.tr", is_there=False)

    zone["bounce.example.edu.tr"] = [Row(b"v=spf1 mx -all")]
    found = {one.label: one for one in look_up_records(SENDER, bounces_to=BOUNCES)}
    assert (found["MX"].is_there, found["SPF"].is_there) == (True, True)

    zone["bounce.example.edu.tr"] = [Row(b"0 .")]
    found = {one.label: one for one in look_up_records(SENDER, bounces_to=BOUNCES)}
    assert found["MX"].is_there is False


@pytest.mark.parametrize(
    ("bounces_to", "policy", "is_aligned"),
    [
        (BOUNCES, b"v=DMARC1; p=none", True),
        (BOUNCES, b"v=DMARC1; p=none; aspf=s", False),
        ("b+*@bounce.example.com", b"v=DMARC1; p=none", False),
        ("b+*@baska.edu.tr", b"v=DMARC1; p=none", False),
    ],
)
def test_domain_of_returned_mails_must_belong_to_the_sender_s(
    zone: dict[str, list[Row] | Exception], *, bounces_to: str, policy: bytes, is_aligned: bool
) -> None:
    zone["_dmarc.example.edu.tr"] = [Row(policy)]

    found = {one.label: one for one in look_up_records(SENDER, bounces_to=bounces_to)}

    assert found["Alignment"].is_there is is_aligned


def test_address_of_the_sender_s_own_domain_is_aligned_without_a_word(
    zone: dict[str, list[Row] | Exception],
) -> None:
    zone["_dmarc.example.edu.tr"] = [Row(b"v=DMARC1; aspf=s")]

    found = look_up_records(SENDER, bounces_to="b+*@example.edu.tr")

    assert [one.label for one in found] == ["SPF", "DMARC"]


def test_policy_of_the_organisation_counts_where_a_domain_has_none(
    zone: dict[str, list[Row] | Exception],
) -> None:
    zone["_dmarc.example.edu.tr"] = [Row(b"v=DMARC1; p=none")]

    _, dmarc = look_up_records("mezun@anket.example.edu.tr")

    assert dmarc == Record("DMARC", "_dmarc.example.edu.tr", is_there=True)


def test_name_of_a_mail_server_must_lead_back_to_its_address(
    zone: dict[str, list[Row] | Exception],
) -> None:
    zone["posta.example.edu.tr"] = [Row(b"193.140.1.2")]
    zone["2.1.140.193.in-addr.arpa."] = [Row(b"posta.example.edu.tr.")]

    [unconfirmed] = look_up_names("posta.example.edu.tr")[:1]
    zone["posta.example.edu.tr."] = [Row(b"193.140.1.2")]
    [confirmed] = look_up_names("posta.example.edu.tr")[:1]

    assert (unconfirmed.is_there, confirmed.is_there) == (False, True)


def test_name_of_a_private_mail_server_is_nobody_s_business(
    zone: dict[str, list[Row] | Exception],
) -> None:
    zone["posta.yerel"] = [Row(b"10.0.0.5")]

    assert look_up_names("posta.yerel") == []
    assert look_up_names("127.0.0.1") == []


def test_machine_of_its_own_has_no_records() -> None:
    assert look_up_records("donut@localhost") == []


def test_last_look_is_kept(session: Session) -> None:
    seen = to_result([Record("SPF", "example.edu.tr", is_there=True)])
    session.add(Beat(name=JOB, at=NOW, by="test", result=seen))

    assert find_seen(session) == {"SPF": True}
