"""A silent server is asked ever less, at last by one connection alone, and given up in time."""

from datetime import timedelta
from threading import Event

from surveys.jobs.circuit import FAILURES_TO_OPEN, LONGEST_PAUSE_S, Circuit, scatter
from tests.conftest import SettableClock

DAY = timedelta(days=1)


def _failed(clock: SettableClock, times: int, *, patience_s: float | None = None) -> Circuit:
    circuit = Circuit(clock=clock, patience_s=patience_s)
    for _ in range(times):
        circuit.fail()
    return circuit


def test_first_try_is_free(clock: SettableClock) -> None:
    assert Circuit(clock=clock).pause_s() == 0


def test_pause_grows_up_to_its_limit(clock: SettableClock) -> None:
    pauses = [[_failed(clock, times).pause_s() for _ in range(50)] for times in (1, 4, 30)]

    assert 0 <= max(pauses[0]) <= 1
    assert 1 < max(pauses[1]) <= 8
    assert 8 < max(pauses[2]) <= LONGEST_PAUSE_S


def test_few_failures_let_every_connection_try_again(clock: SettableClock) -> None:
    circuit = _failed(clock, FAILURES_TO_OPEN - 1)
    clock.advance(DAY)

    assert [circuit.pause_s(), circuit.pause_s()] == [0, 0]


def test_many_failures_let_one_connection_probe(clock: SettableClock) -> None:
    circuit = _failed(clock, FAILURES_TO_OPEN)
    clock.advance(DAY)

    assert circuit.pause_s() == 0
    assert circuit.pause_s() > 0


def test_probe_that_succeeds_lets_all_go_on(clock: SettableClock) -> None:
    circuit = _failed(clock, FAILURES_TO_OPEN)
    clock.advance(DAY)
    circuit.pause_s()

    circuit.succeed()

    assert [circuit.pause_s(), circuit.pause_s()] == [0, 0]


def test_probe_that_is_not_made_leaves_its_place(clock: SettableClock) -> None:
    circuit = _failed(clock, FAILURES_TO_OPEN)
    clock.advance(DAY)
    circuit.pause_s()

    circuit.abstain()

    assert circuit.pause_s() == 0


def test_circuit_gives_up_when_patience_is_over(clock: SettableClock) -> None:
    circuit = _failed(clock, 1, patience_s=20)
    before = circuit.gave_up
    clock.advance(timedelta(seconds=20))

    assert (before, circuit.gave_up) == (False, True)
    assert not circuit.wait_turn(Event())


def test_circuit_never_gives_up_without_a_limit(clock: SettableClock) -> None:
    circuit = _failed(clock, 9)
    clock.advance(DAY)

    assert not circuit.gave_up
    assert circuit.wait_turn(Event())


def test_stop_ends_the_waiting(clock: SettableClock) -> None:
    stop = Event()
    stop.set()

    assert not _failed(clock, 9).wait_turn(stop)


def test_scatter_stays_between_its_ends() -> None:
    drawn = [scatter(0.5, 1.5) for _ in range(100)]

    assert 0.5 <= min(drawn) < max(drawn) <= 1.5
