"""Whether the domain of our sender is vouched for, as name servers say."""

import dns.exception
import dns.resolver
import pytest
from sqlalchemy.orm import Session

from models import Beat
from surveys.delivery.sender_domain import JOB, Record, find_seen, look_up_records, to_result
from tests.conftest import NOW

SENDER = "Mezunlar Ofisi <mezun@example.edu.tr>"


class Row:
    """One TXT record, in pieces as DNS has it."""

    def __init__(self, *strings: bytes) -> None:
        self.strings = strings


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Row] | Exception]:
    """What name servers answer by name; a name that is missing here does not exist."""
    answers: dict[str, list[Row] | Exception] = {}

    def resolve(name: str, _kind: str, *, lifetime: float) -> list[Row]:
        assert lifetime > 0
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


def test_machine_of_its_own_has_no_records() -> None:
    assert look_up_records("donut@localhost") == []


def test_last_look_is_kept(session: Session) -> None:
    seen = to_result([Record("SPF", "example.edu.tr", is_there=True)])
    session.add(Beat(name=JOB, at=NOW, by="test", result=seen))

    assert find_seen(session) == {"SPF": True}
