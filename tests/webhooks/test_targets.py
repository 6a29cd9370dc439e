"""Which addresses somebody may type, and how a refusal helps."""

from ipaddress import ip_network

import pytest

from surveys.webhooks.addresses import EgressPolicy
from surveys.webhooks.targets import (
    AddressMalformed,
    BlockedTarget,
    HostRefused,
    NetworkRefused,
    NotEncrypted,
    PortRefused,
    Target,
    check_url,
    read_target,
)

OPEN = EgressPolicy()
LOOPBACK = [ip_network("127.0.0.0/8"), ip_network("::1")]
TRIAL = EgressPolicy(is_trial=True, allowed_nets=LOOPBACK)


def refusal(url: str, policy: EgressPolicy = OPEN) -> type[BlockedTarget] | None:
    try:
        check_url(url, policy)
    except BlockedTarget as refused:
        return type(refused)
    return None


def test_address_is_taken_apart_once() -> None:
    target = read_target("https://Mezun.Example.edu.tr/hooks/a%20b@c?x=1/2", OPEN)

    assert target == Target(
        host="mezun.example.edu.tr",
        port=443,
        path="/hooks/a%20b@c?x=1/2",
        is_encrypted=True,
        is_trial=False,
    )


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("https://example.com", "/"),
        ("https://example.com?x", "/?x"),
        ("https://example.com//evil.example/", "//evil.example/"),
        ("https://example.com/../x", "/../x"),
        ("https://example.com:443/", "/"),
        ("https://[2606:4700:4700::1111]/", "/"),
        ("https://8.8.8.8/", "/"),
        ("https://xn--niversite-q9a.example/", "/"),
    ],
)
def test_usual_address_is_accepted(url: str, path: str) -> None:
    assert read_target(url, OPEN).path == path


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/hook",
        "//example.com/hook",
        "ftp://example.com/",
        "HTTPS://example.com/",
        "https:///hook",
        "https://",
        "https://.../",
        "https://example..com/",
        "https://-example.com/",
        "https://example.com-/",
        f"https://{'a' * 64}.com/",
        f"https://{'a.' * 130}com/",
        "https://user@example.com/",
        "https://user:password@example.com/",
        "https://127.0.0.1\\@1.1.1.1/",
        "https://example.com\\.evil.example/",
        "https://example.com/#fragment",
        "https://example.com/ hook",
        " https://example.com/",
        "https://example.com/\r\nHost: evil",
        "https://example.com/\n",
        "https://exa\tmple.com/",
        "https://example.com/\0",
        "https://example.com:/",
        "https://example.com:0/",
        "https://example.com:65536/",
        "https://example.com:99999/",
        "https://example.com:44x/",
        "https://example.com:-1/",
        "https://example.com:٤٤٣/",
        "https://example.com:0443/",
        "https://[::1/",
        "https://::1/",
        "https://[example.com]/",
        "https://[1.2.3.4]/",
        "https://[fe80::1%25eth0]/",
        "https://[fe80::1%eth0]/",
        "https://[v1.fe80::1]/",
        "https://üniversite.example/",
        "https://example.com/ö",
        "https://example.com/" + "a" * 1981,
    ],
)
def test_address_outside_the_grammar_is_refused(url: str) -> None:
    assert refusal(url) is AddressMalformed


def test_longest_address_is_accepted() -> None:
    assert refusal("https://example.com/" + "a" * 1980) is None


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "2130706433",
        "0x7f000001",
        "0x7f.0x0.0x0.0x1",
        "017700000001",
        "0177.0.0.1",
        "0177.0000.0000.0001",
        "127.1",
        "127.0.1",
        "127.0.0.1.",
        "127.00.0.01",
        "0",
        "0x0",
        "256.256.256.256",
        "[::1]",
        "[0:0:0:0:0:0:0:1]",
        "[::ffff:127.0.0.1]",
        "[::FFFF:7F00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[2002:7f00:1::]",
        "localhost.",
        "１２７.０.０.１",
        "127。0。0。1",
        "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ",
        "127.0.0.1%00.example.com",
        "%31%32%37.0.0.1",
        "%6cocalhost",
    ],
)
def test_this_machine_is_refused_in_every_spelling(host: str) -> None:
    assert refusal(f"https://{host}/") in {AddressMalformed, NetworkRefused}
    assert refusal(f"http://{host}:8080/") is not None


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.com/", NotEncrypted),
        ("http://example.com:443/", NotEncrypted),
        ("https://example.com:8443/", PortRefused),
        ("https://example.com:22/", PortRefused),
    ],
)
def test_only_encrypted_and_listed_ports_are_accepted(
    url: str, expected: type[BlockedTarget]
) -> None:
    assert refusal(url) is expected


def test_operator_lists_further_ports() -> None:
    assert refusal("https://example.com:8443/", EgressPolicy(ports=[443, 8443])) is None


@pytest.mark.parametrize(
    ("host", "is_listed"),
    [
        ("mezun.example.edu.tr", True),
        ("MEZUN.example.edu.tr", True),
        ("a.b.example.edu.tr", True),
        ("obs.example.org", True),
        ("x.obs.example.org", False),
        ("evilexample.edu.tr", False),
        ("example.edu.tr", False),
        ("example.edu.tr.evil.com", False),
        ("mezun.example.edu.tr.evil.com", False),
    ],
)
def test_operator_lists_hosts_by_name_or_by_what_they_end_in(host: str, is_listed: bool) -> None:  # noqa: FBT001 - what is expected
    policy = EgressPolicy(allowed_hosts=[".example.edu.tr", "obs.example.org"])

    assert refusal(f"https://{host}/", policy) is (None if is_listed else HostRefused)


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/hook",
        "http://127.0.0.1/",
        "http://[::1]:9000/",
        "http://localhost:9000/",
        "https://localhost:9443/",
    ],
)
def test_trial_may_use_plain_http_on_its_own_machine(url: str) -> None:
    assert refusal(url, TRIAL) is None
    assert refusal(url, EgressPolicy(allowed_nets=LOOPBACK)) in {NotEncrypted, PortRefused}
    assert refusal(url.replace("localhost", "127.0.0.1"), EgressPolicy(is_trial=True)) is not None


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1:9000/",
        "http://example.com:9000/",
        "http://localhost.example.com:9000/",
        "http://8.8.8.8/",
        "https://example.com:9443/",
        "http://0.0.0.0:9000/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:70000/",
    ],
)
def test_trial_opens_nothing_beyond_its_own_machine(url: str) -> None:
    assert refusal(url, TRIAL) is not None


def test_refusal_says_what_to_do() -> None:
    with pytest.raises(BlockedTarget) as refused:
        check_url("https://example.com:22/", EgressPolicy(ports=[8443, 443]))

    assert (refused.value.code, refused.value.status) == ("blocked_target", 422)
    assert "port 443, 8443 only" in str(refused.value)
    assert "DONUT_WEBHOOK_PORTS" in str(refused.value)
