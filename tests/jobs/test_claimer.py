"""Who claims under which name, and who of them is surely dead."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

from surveys.jobs.claimer import live_claimer, this_claimer


def _ended_process() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_names_differ_by_drain_and_connection() -> None:
    one, two = this_claimer(), this_claimer()

    names = {claimer.connection(number) for claimer in (one, two) for number in (0, 1)}

    assert len(names) == 4


def test_running_drain_of_this_process_is_alive() -> None:
    with live_claimer() as running:
        is_dead = this_claimer().knows_dead(running.connection(0))

    assert not is_dead


def test_ended_drain_of_this_process_is_dead() -> None:
    with live_claimer() as ended:
        pass

    assert this_claimer().knows_dead(ended.connection(0))


def test_process_that_ended_is_dead() -> None:
    own = this_claimer()
    ended = replace(own, process_id=_ended_process(), start="1")

    assert own.knows_dead(ended.connection(0))


def test_corpse_that_nobody_has_buried_is_dead() -> None:
    own = this_claimer()
    process = subprocess.Popen([sys.executable, "-c", ""])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    name = replace(own, process_id=process.pid, start="1").connection(0)

    is_dead = own.knows_dead(name)
    process.wait()

    assert is_dead


def test_other_process_that_runs_is_alive() -> None:
    own = this_claimer()
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    with process:
        start = _start_of(process.pid)
        is_dead = own.knows_dead(replace(own, process_id=process.pid, start=start).connection(0))
        process.communicate()

    assert not is_dead


def test_later_process_with_the_same_number_is_another_one() -> None:
    own = this_claimer()
    earlier = replace(own, process_id=os.getppid(), start="1")

    assert own.knows_dead(earlier.connection(0))


def test_process_of_another_host_may_be_alive() -> None:
    own = this_claimer()
    elsewhere = replace(own, host="elsewhere", process_id=_ended_process())

    assert not own.knows_dead(elsewhere.connection(0))


def test_name_that_is_none_of_ours_may_be_alive() -> None:
    own = this_claimer()

    assert not own.knows_dead("")
    assert not own.knows_dead(f"{own.host}:x")


def _start_of(process_id: int) -> str:
    return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[19]
