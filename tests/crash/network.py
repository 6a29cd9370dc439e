"""Hosts of their own on one machine: network namespaces on a bridge, with names of their own.

Needs root and iproute2. The database and the mail server stand on the bridge under two addresses,
so that a host can lose one and keep the other.
"""

import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import IO

BRIDGE = "donut-br"
DATABASE, MAIL = "10.77.0.1", "10.77.0.2"


@dataclass(frozen=True)
class Host:
    """One host; `number` makes its name and address."""

    number: int

    @property
    def name(self) -> str:
        """Its host name, and that of its namespace."""
        return f"donut-h{self.number}"

    def start(
        self, command: Sequence[str], environment: Mapping[str, str], *, log: IO[bytes]
    ) -> subprocess.Popen[bytes]:
        """Start a process on this host, in a group of its own; `log` takes what it says."""
        inside = ["unshare", "--uts", "sh", "-c", f'hostname {self.name} && exec "$@"', "sh"]
        return subprocess.Popen(
            ["ip", "netns", "exec", self.name, *inside, *command],
            env=dict(environment),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )

    def kill(self) -> None:
        """End all that runs on it at once, as a power cut does."""
        found = subprocess.run(
            ["ip", "netns", "pids", self.name], capture_output=True, text=True, check=False
        )
        for process in found.stdout.split():
            with suppress(ProcessLookupError):
                os.kill(int(process), signal.SIGKILL)

    def cut_off(self, address: str) -> None:
        """Let nothing of this host reach `address` any more."""
        _run("ip", "netns", "exec", self.name, "ip", "route", "add", "blackhole", address)

    def reconnect(self, address: str) -> None:
        """Let it reach `address` again."""
        _run("ip", "netns", "exec", self.name, "ip", "route", "del", "blackhole", address)


@contextmanager
def running_hosts(count: int) -> Iterator[list[Host]]:
    """Yield so many hosts on one network; they and the network are gone afterwards."""
    hosts = [Host(number) for number in range(1, count + 1)]
    _tidy(hosts)
    try:
        _run("ip", "link", "add", BRIDGE, "type", "bridge")
        for address in (DATABASE, MAIL):
            _run("ip", "address", "add", f"{address}/24", "dev", BRIDGE)
        _run("ip", "link", "set", BRIDGE, "up")
        for host in hosts:
            _add(host)
        yield hosts
    finally:
        _tidy(hosts)


def _add(host: Host) -> None:
    outer, inner = f"donut-o{host.number}", f"donut-i{host.number}"
    _run("ip", "netns", "add", host.name)
    _run("ip", "link", "add", outer, "type", "veth", "peer", "name", inner, "netns", host.name)
    _run("ip", "link", "set", outer, "master", BRIDGE, "up")
    inside = ("ip", "netns", "exec", host.name)
    _run(*inside, "ip", "address", "add", f"10.77.0.{10 + host.number}/24", "dev", inner)
    _run(*inside, "ip", "link", "set", inner, "up")
    _run(*inside, "ip", "link", "set", "lo", "up")


def _tidy(hosts: Sequence[Host]) -> None:
    """Take away what is there, also what a run that was broken off has left."""
    for host in hosts:
        host.kill()
        for what in (("netns", "delete", host.name), ("link", "delete", f"donut-o{host.number}")):
            with suppress(subprocess.CalledProcessError):
                _run("ip", *what)
    with suppress(subprocess.CalledProcessError):
        _run("ip", "link", "delete", BRIDGE)


def _run(*command: str) -> None:
    subprocess.run(command, check=True, capture_output=True)
