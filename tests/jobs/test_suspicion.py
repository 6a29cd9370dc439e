"""A refusal by policy is one message's own, or all its mailing's."""

from surveys.jobs.suspicion import (
    DOMAINS_IN_A_ROW,
    FEW,
    REFUSALS_IN_A_ROW,
    Refusal,
    Suspicion,
    Verdict,
)


def refused(number: int) -> Refusal:
    return Refusal(1, number, f"faculty{number}.example.com")


def neighbour(number: int) -> Refusal:
    return Refusal(1, number, "example.com")


def test_first_refusal_is_tried_once_more() -> None:
    assert Suspicion().judge(refused(1), took_mail_before=False) is Verdict.TRY_LAST


def test_second_refusal_fails_when_others_are_taken() -> None:
    suspicion = Suspicion()
    suspicion.judge(refused(1), took_mail_before=False)
    suspicion.note_accepted(1)

    assert suspicion.judge(refused(1), took_mail_before=False) is Verdict.FAIL


def test_second_refusal_fails_when_the_server_took_mail_lately() -> None:
    suspicion = Suspicion()
    suspicion.judge(refused(1), took_mail_before=True)

    assert suspicion.judge(refused(1), took_mail_before=True) is Verdict.FAIL


def test_second_refusal_pauses_when_nothing_was_ever_taken() -> None:
    suspicion = Suspicion()
    suspicion.judge(refused(1), took_mail_before=False)

    assert suspicion.judge(refused(1), took_mail_before=False) is Verdict.PAUSE


def test_second_round_pauses_when_several_are_refused_and_nothing_else_is_taken() -> None:
    suspicion = Suspicion()
    for number in range(FEW):
        suspicion.judge(neighbour(number), took_mail_before=True)

    assert suspicion.judge(neighbour(0), took_mail_before=True) is Verdict.PAUSE


def test_refusals_of_several_domains_in_a_row_pause() -> None:
    suspicion = Suspicion()
    suspicion.note_accepted(1)

    verdicts = [
        suspicion.judge(refused(number), took_mail_before=True)
        for number in range(DOMAINS_IN_A_ROW)
    ]

    assert verdicts[-1] is Verdict.PAUSE
    assert set(verdicts[:-1]) == {Verdict.TRY_LAST}


def test_one_domain_that_dislikes_us_stops_nobody_until_there_are_very_many() -> None:
    suspicion = Suspicion()

    verdicts = [
        suspicion.judge(neighbour(number), took_mail_before=True)
        for number in range(REFUSALS_IN_A_ROW)
    ]

    assert verdicts[-1] is Verdict.PAUSE
    assert set(verdicts[:-1]) == {Verdict.TRY_LAST}


def test_an_accepted_mail_breaks_the_row() -> None:
    suspicion = Suspicion()
    for number in range(DOMAINS_IN_A_ROW - 1):
        suspicion.judge(refused(number), took_mail_before=True)
    suspicion.note_accepted(1)

    assert suspicion.judge(refused(99), took_mail_before=True) is Verdict.TRY_LAST


def test_many_refused_for_themselves_do_not_stop_the_rest() -> None:
    suspicion = Suspicion()
    for number in range(9):
        suspicion.judge(refused(number), took_mail_before=True)
        suspicion.note_accepted(1)

    verdicts = {suspicion.judge(refused(number), took_mail_before=True) for number in range(9)}

    assert verdicts == {Verdict.FAIL}


def test_mails_of_another_mailing_that_are_taken_say_nothing_for_this_one() -> None:
    suspicion = Suspicion()
    verdicts = []
    for number in range(DOMAINS_IN_A_ROW):
        verdicts.append(suspicion.judge(refused(number), took_mail_before=False))
        suspicion.note_accepted(2)

    assert verdicts[-1] is Verdict.PAUSE
    assert suspicion.judge(refused(0), took_mail_before=False) is Verdict.PAUSE
