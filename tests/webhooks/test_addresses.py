"""Which addresses a connection may be made to."""

from ipaddress import ip_network

import pytest

from surveys.webhooks.addresses import EgressPolicy, is_allowed, read_policy
from tests.conftest import make_settings

OPEN = EgressPolicy()
CAMPUS = EgressPolicy(allowed_nets=[ip_network("10.20.0.0/16"), ip_network("fd00:20::/32")])


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",  # noqa: S104 - refused, not listened on
        "10.0.0.1",
        "100.64.0.1",
        "100.100.100.200",
        "127.0.0.1",
        "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.8",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "203.0.113.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::1",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fe80::1",
        "fe80::1%eth0",
        "fec0::1",
        "ff02::1",
    ],
)
def test_address_that_is_not_public_is_refused(address: str) -> None:
    assert not is_allowed(address, OPEN)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8"])
def test_public_address_is_accepted(address: str) -> None:
    assert is_allowed(address, OPEN)


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("10.20.0.7", True),
        ("::ffff:10.20.0.7", True),
        ("fd00:20::7", True),
        ("fd00:20::7%eth0", False),
        ("10.21.0.7", False),
        ("169.254.169.254", False),
        ("8.8.8.8", True),
    ],
)
def test_operator_opens_one_private_network_and_no_other(address: str, expected: bool) -> None:  # noqa: FBT001 - what is expected
    assert is_allowed(address, CAMPUS) is expected


@pytest.mark.parametrize("text", ["", "localhost", "2130706433", "0x7f000001", "127.1", "8.8.8.8 "])
def test_text_that_is_no_literal_address_is_refused(text: str) -> None:
    assert not is_allowed(text, OPEN)


def test_trial_allows_loopback_inside_the_opened_networks_alone() -> None:
    policy = EgressPolicy(allowed_nets=[ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8")])

    found = [
        text
        for text in ("127.0.0.1", "127.0.0.2", "10.0.0.1", "8.8.8.8")
        if is_allowed(text, policy, only_loopback=True)
    ]

    assert found == ["127.0.0.1"]


@pytest.mark.parametrize(
    ("base_url", "expected"),
    [
        ("http://127.0.0.1:8000", True),
        ("http://localhost:8000", True),
        ("http://[::1]:8000", True),
        ("https://anket.example.edu.tr", False),
        ("https://127.0.0.1.example.edu.tr", False),
    ],
)
def test_trial_is_a_service_that_serves_its_own_machine(base_url: str, expected: bool) -> None:  # noqa: FBT001 - what is expected
    settings = make_settings("sqlite:////tmp/never.db", BASE_URL=base_url)

    assert read_policy(settings).is_trial is expected


def test_policy_is_what_the_operator_set() -> None:
    policy = read_policy(
        make_settings(
            "sqlite:////tmp/never.db",
            WEBHOOK_ALLOWED_HOSTS=".example.edu.tr",
            WEBHOOK_ALLOWED_NETS="10.20.0.0/16, fd00::/8",
            WEBHOOK_PORTS="443,8443",
        )
    )

    assert policy == EgressPolicy(
        allowed_hosts=(".example.edu.tr",),
        allowed_nets=(ip_network("10.20.0.0/16"), ip_network("fd00::/8")),
        ports=(443, 8443),
    )
    assert (policy.connect_s, policy.deadline_s, policy.read_limit) == (5, 15, 16_384)
