"""A refusal by policy is one message's own, or everybody's."""

from surveys.jobs.suspicion import (
    DOMAINS_IN_A_ROW,
    FEW,
    REFUSALS_IN_A_ROW,
    Refusal,
    Suspicion,
    Verdict,
)


def refused(number: int) -> Refusal:
    return Refusal(number, f"faculty{number}.example.com")


def neighbour(number: int) -> Refusal:
    return Refusal(number, "example.com")


def test_first_refusal_is_tried_once_more() -> None:
    assert Suspicion().judge(refused(1), took_mail_before=False) is Verdict.TRY_LAST


def test_second_refusal_fails_when_others_are_taken() -> None:
    suspicion = Suspicion()
    suspicion.judge(refused(1), took_mail_before=False)
    suspicion.note_accepted()

    assert suspicion.judge(refused(1), took_mail_before=False) is Verdict.FAIL


def test_second_refusal_fails_when_the_server_took_mail_lately() -> None:
    suspicion = Suspicion()
    suspicion.judge(refused(1), took_mail_before=True)

    assert suspicion.judge(refused(1), took_mail_before=True) is Verdict.FAIL


def test_second_refusal_stops_all_when_nothing_was_ever_taken() -> None:
    suspicion = Suspicion()
    suspicion.judge(refused(1), took_mail_before=False)

    assert suspicion.judge(refused(1), took_mail_before=False) is Verdict.STOP_ALL


def test_second_round_stops_all_when_several_are_refused_and_nothing_else_is_taken() -> None:
    suspicion = Suspicion()
    for number in range(FEW):
        suspicion.judge(neighbour(number), took_mail_before=True)

    assert suspicion.judge(neighbour(0), took_mail_before=True) is Verdict.STOP_ALL


def test_refusals_of_several_domains_in_a_row_stop_all() -> None:
    suspicion = Suspicion()
    suspicion.note_accepted()

    verdicts = [
        suspicion.judge(refused(number), took_mail_before=True)
        for number in range(DOMAINS_IN_A_ROW)
    ]

    assert verdicts[-1] is Verdict.STOP_ALL
    assert set(verdicts[:-1]) == {Verdict.TRY_LAST}


def test_one_domain_that_dislikes_us_stops_nobody_until_there_are_very_many() -> None:
    suspicion = Suspicion()

    verdicts = [
        suspicion.judge(neighbour(number), took_mail_before=True)
        for number in range(REFUSALS_IN_A_ROW)
    ]

    assert verdicts[-1] is Verdict.STOP_ALL
    assert set(verdicts[:-1]) == {Verdict.TRY_LAST}


def test_an_accepted_mail_breaks_the_row() -> None:
    suspicion = Suspicion()
    for number in range(DOMAINS_IN_A_ROW - 1):
        suspicion.judge(refused(number), took_mail_before=True)
    suspicion.note_accepted()

    assert suspicion.judge(refused(99), took_mail_before=True) is Verdict.TRY_LAST


def test_many_refused_for_themselves_do_not_stop_the_rest() -> None:
    suspicion = Suspicion()
    for number in range(9):
        suspicion.judge(refused(number), took_mail_before=True)
        suspicion.note_accepted()

    verdicts = {suspicion.judge(refused(number), took_mail_before=True) for number in range(9)}

    assert verdicts == {Verdict.FAIL}
