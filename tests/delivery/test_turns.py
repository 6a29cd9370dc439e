"""Each group of receivers at its own pace, and none holds up another."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import DomainPace, Mailing, Message
from surveys.delivery.breakers import FAILURES_TO_CLOSE, FIRST_REST, note_accepted, note_refusal
from surveys.delivery.canary import CANARY_FAILED, WATCHED
from surveys.delivery.claiming import Batch, claim_batch, release_claims
from surveys.delivery.outcomes import TemporarilyRefused
from surveys.delivery.pace import Pace
from surveys.delivery.settling import mark_sending
from surveys.delivery.window import Window
from surveys.tokens import Keys
from tests.conftest import NOW
from tests.factories import make_mailing, make_messages, make_survey

KEYS = Keys(link=[bytes(32)], hash=[bytes(32)])
THROTTLED = TemporarilyRefused(421, "4.7.28 unusual rate of mail")


def claim(
    session: Session, pace: Pace, *, limit: int = 50, after: float = 0, by: str = "a"
) -> Batch:
    now = NOW + timedelta(seconds=after)
    return claim_batch(session, claimed_by=by, limit=limit, keys=KEYS, now=now, pace=pace)


def groups_of(batch: Batch) -> set[str]:
    return {claim.domain_group for claim in batch.claims}


def queue(session: Session, count: int, group: str, **over: Any) -> list[Message]:
    return make_messages(session, count, domain_group=group, **over)


def pace_of(session: Session, group: str) -> DomainPace:
    session.expire_all()
    return session.get_one(DomainPace, group)


def test_claim_is_for_the_group_that_has_waited_longest(session: Session) -> None:
    queue(session, 2, "gmail")
    queue(session, 2, "rest", due_at=NOW - timedelta(minutes=1))

    assert groups_of(claim(session, Pace())) == {"rest"}
    assert groups_of(claim(session, Pace(), by="b")) == {"gmail"}


def test_group_without_a_slot_holds_up_no_other(session: Session) -> None:
    queue(session, 9, "gmail", due_at=NOW - timedelta(minutes=1))
    queue(session, 2, "rest")
    pace = Pace(domain_rates={"gmail": 12})

    first, second = claim(session, pace), claim(session, pace, by="b")

    assert (groups_of(first), len(first.claims)) == ({"gmail"}, 2)
    assert groups_of(second) == {"rest"}


def test_rate_of_a_group_is_kept_whoever_claims(session: Session) -> None:
    queue(session, 60, "gmail")
    pace = Pace(domain_rates={"gmail": 30})

    claimed = [
        len(claim(session, pace, after=second, by=f"c{second}").claims) for second in range(61)
    ]

    # 30 a minute, and the first few seconds' worth at once.
    assert 30 <= sum(claimed) <= 36


def test_batch_says_when_a_group_may_go_again(session: Session) -> None:
    queue(session, 9, "gmail")
    pace = Pace(domain_rates={"gmail": 6})
    while not (batch := claim(session, pace)).is_empty:
        assert len(batch.claims) == 1

    assert batch.wait_until is not None
    assert NOW < batch.wait_until <= NOW + timedelta(seconds=20)


def test_clock_that_was_set_back_holds_no_group_up(session: Session) -> None:
    queue(session, 9, "gmail")
    pace_of(session, "gmail").next_slot_at = NOW + timedelta(days=1)
    session.flush()

    assert claim(session, Pace(domain_rates={"gmail": 6})).claims


def test_new_sender_begins_with_few_mails_a_day(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued", late_after_s=10**7)
    queue(session, 30, "gmail", survey=survey, mailing=mailing)
    pace = Pace(ramp_up=(5, 10))
    day = timedelta(days=1).total_seconds()

    counts = [0, 0, 0]
    for number in range(27):
        batch = claim(session, pace, limit=4, after=number // 9 * day, by=str(number))
        counts[number // 9] += len(batch.claims)

    assert counts == [5, 10, 15]


def test_claims_that_were_given_back_do_not_count_for_the_day(session: Session) -> None:
    queue(session, 9, "gmail")
    pace = Pace(ramp_up=(5,))
    claim(session, pace)
    release_claims(session, claimed_by="a")

    assert len(claim(session, pace, by="b").claims) == 5


def test_receivers_that_throttle_us_rest_and_others_go_on(session: Session) -> None:
    queue(session, 9, "gmail", due_at=NOW - timedelta(minutes=1))
    queue(session, 2, "rest")
    batch = claim(session, Pace(), limit=2)
    for _ in range(FAILURES_TO_CLOSE):
        note_refusal(session, group="gmail", reply=THROTTLED, now=NOW)

    assert groups_of(claim(session, Pace(), by="b")) == {"rest"}
    assert claim(session, Pace(), by="c").is_empty
    assert not mark_sending(session, claims=batch.claims[:1], now=NOW)
    assert pace_of(session, "gmail").closed_until == NOW + FIRST_REST
    assert pace_of(session, "gmail").closed_reason == "421 4.7.28 unusual rate of mail"


def test_one_mail_shows_whether_receivers_take_ours_again(session: Session) -> None:
    queue(session, 9, "gmail")
    for _ in range(FAILURES_TO_CLOSE):
        note_refusal(session, group="gmail", reply=THROTTLED, now=NOW)
    later = FIRST_REST.total_seconds()

    probe = claim(session, Pace(), after=later)
    note_accepted(session, group="gmail")

    assert len(probe.claims) == 1
    assert probe.claims[0].is_group_failing
    assert len(claim(session, Pace(), after=later, by="b").claims) == 8


def test_refusals_under_way_when_a_group_closes_make_its_rest_no_longer(session: Session) -> None:
    for _ in range(FAILURES_TO_CLOSE + 3):
        note_refusal(session, group="gmail", reply=THROTTLED, now=NOW)

    assert pace_of(session, "gmail").closed_until == NOW + FIRST_REST


def test_refusal_of_one_mailbox_closes_no_group(session: Session) -> None:
    for _ in range(20):
        reply = TemporarilyRefused(450, "4.2.1 mailbox busy")
        note_refusal(session, group="gmail", reply=reply, now=NOW)

    assert pace_of(session, "gmail").failure_count == 0


def test_nothing_is_claimed_outside_the_window(session: Session) -> None:
    queue(session, 2, "rest")
    weekday = NOW.isoweekday()

    assert claim(session, Pace(window=Window(weekdays={weekday % 7 + 1}))).is_empty
    assert claim(session, Pace(window=Window(weekdays={weekday}))).claims


def _begun(session: Session, count: int) -> Mailing:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    make_messages(session, count, survey=survey, mailing=mailing)
    return mailing


def _settle_claimed(session: Session, *, bad: int = 0) -> None:
    claimed = session.query(Message).filter_by(state="claimed").all()
    for number, message in enumerate(claimed):
        message.state, message.sent_at = "sent", NOW
        message.bounced_at = NOW if number < bad else None
    session.flush()


CANARY = Pace(canary=20)


def test_first_mails_go_alone_and_the_others_after_a_while(session: Session) -> None:
    _begun(session, 60)
    first = claim(session, CANARY)
    _settle_claimed(session)
    at_once = claim(session, CANARY)
    watched = claim(session, CANARY, after=WATCHED.total_seconds() - 1)
    then = claim(session, CANARY, after=WATCHED.total_seconds())

    assert [len(batch.claims) for batch in (first, at_once, watched, then)] == [20, 0, 0, 40]


def test_mailing_whose_first_mails_come_back_waits_for_staff(session: Session) -> None:
    mailing = _begun(session, 60)
    claim(session, CANARY)
    _settle_claimed(session, bad=3)
    claim(session, CANARY)

    assert claim(session, CANARY, after=WATCHED.total_seconds()).is_empty
    session.expire_all()
    assert (mailing.paused_reason, mailing.paused_at) == (CANARY_FAILED, NOW + WATCHED)


def test_first_mails_keep_the_pace_of_their_receivers(session: Session) -> None:
    """Claimed all the same, they would be given back and claimed again without end."""
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    make_messages(session, 50, survey=survey, mailing=mailing, domain_group="gmail")
    make_messages(session, 8, survey=survey, mailing=mailing, domain_group="own")
    for _ in range(FAILURES_TO_CLOSE):
        note_refusal(session, group="gmail", reply=THROTTLED, now=NOW)

    pace = Pace(canary=20, domain_rates={"own": 60})
    first, at_once = claim(session, pace, limit=5), claim(session, pace, limit=5, by="b")
    later = claim(session, pace, limit=5, after=10, by="c")

    assert [groups_of(batch) for batch in (first, at_once, later)] == [{"own"}, set(), {"own"}]
    assert [len(batch.claims) for batch in (first, later)] == [5, 3]
    assert at_once.wait_until is not None
    assert claim(session, CANARY, by="d").is_empty


def test_rest_set_by_a_clock_that_ran_ahead_holds_up_nobody(session: Session) -> None:
    queue(session, 2, "gmail")
    for _ in range(FAILURES_TO_CLOSE):
        note_refusal(session, group="gmail", reply=THROTTLED, now=NOW + timedelta(days=30))

    assert groups_of(claim(session, Pace())) == {"gmail"}
    assert pace_of(session, "gmail").closed_until is None


def test_watch_begun_by_a_clock_that_ran_ahead_begins_anew(session: Session) -> None:
    mailing = _begun(session, 60)
    claim(session, CANARY)
    _settle_claimed(session)
    mailing.canary_until = NOW + timedelta(days=30)
    session.flush()

    assert claim(session, CANARY).is_empty
    session.expire_all()
    assert mailing.canary_until == NOW + WATCHED


def test_first_mails_count_for_the_day(session: Session) -> None:
    _begun(session, 60)

    claim(session, Pace(canary=20, ramp_up=(500,)))

    assert pace_of(session, "rest").sent_count == 20


def test_first_mails_still_in_hands_are_waited_for(session: Session) -> None:
    _begun(session, 60)
    claim(session, CANARY)

    assert claim(session, CANARY, after=WATCHED.total_seconds() * 2, by="b").is_empty


def test_other_mailings_go_on_while_one_is_watched(session: Session) -> None:
    _begun(session, 60)
    claim(session, CANARY)
    _settle_claimed(session)
    other = _begun(session, 50)
    other.is_canary_passed = True
    session.flush()

    batch = claim(session, CANARY)

    assert {one.mailing_id for one in batch.claims} == {other.id}


def test_paused_mailing_is_neither_claimed_nor_sent(session: Session) -> None:
    mailing = _begun(session, 5)
    batch = claim(session, Pace(), limit=2)
    mailing.paused_at, mailing.paused_reason = NOW, CANARY_FAILED
    session.flush()

    assert claim(session, Pace(), by="b").is_empty
    assert not mark_sending(session, claims=batch.claims[:1], now=NOW)


def test_mailing_that_ran_out_of_first_mails_holds_up_no_other(session: Session) -> None:
    spent = _begun(session, 60)
    for number, message in enumerate(session.query(Message).filter_by(mailing_id=spent.id)):
        message.state, message.sent_at = ("sent", NOW) if number < 15 else ("suppressed", None)
    other = _begun(session, 60)

    batch = claim(session, CANARY)

    assert {one.mailing_id for one in batch.claims} == {other.id}
    assert len(batch.claims) == 20


def test_first_mails_to_receivers_that_rest_hold_up_no_other_mailing(session: Session) -> None:
    survey = make_survey(session)
    resting = make_mailing(session, survey=survey, state="enqueued")
    queue(session, 60, "gmail", survey=survey, mailing=resting)
    pace_of(session, "gmail").closed_until = NOW + FIRST_REST
    session.commit()
    other = _begun(session, 60)

    assert {one.mailing_id for one in claim(session, CANARY).claims} == {other.id}
