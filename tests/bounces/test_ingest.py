"""What a returned mail changes: the message, the case, the address, all sending; and only once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import create_engine, func, select
from sqlalchemy.orm import Session

from models import (
    AuditEntry,
    Invitation,
    MailReport,
    Message,
    ReportKind,
    ReportVerdict,
    Suppression,
)
from surveys.bounces import history
from surveys.bounces.deciding import Decision, settle_return
from surveys.bounces.listing import get_report
from surveys.delivery.brakes import find_brake, resume_sending
from surveys.delivery.reasons import BOUNCED_BY_POLICY, BOUNCED_IN_A_BURST
from surveys.delivery.resolving import PROVED
from surveys.delivery.suppressed import find_suppressed
from surveys.rates.dispositions import count_dispositions
from surveys.roster.erasing import erase_person
from surveys.roster.suppression import NoteMissing, Word, allow_again
from tests.bounces.sending import (
    KEYS,
    make_sent,
    person_of,
    report_of,
    take,
    verp,
    written,
)
from tests.conftest import NOW
from tests.factories import make_alumnus, make_mailing, make_survey


def is_stopped(session: Session, message: Message) -> bool:
    person = person_of(session, message)
    people = [(person.id, person.email)]
    return bool(find_suppressed(session, people=people, keys=KEYS))


def mail_state(session: Session, message: Message) -> str:
    return session.get_one(Invitation, message.invitation_id).mail_state


def test_hard_bounce_stops_the_address_and_moves_the_disposition(session: Session) -> None:
    message = make_sent(session)
    survey_id = session.get_one(Invitation, message.invitation_id).survey_id

    done = take(session, written(session, "postfix-unknown-user", message))

    session.expire_all()
    assert done.verdict is ReportVerdict.SUPPRESSED
    assert is_stopped(session, message)
    assert message.bounced_at == NOW
    assert count_dispositions(session, survey_id=survey_id)["3.30"] == 1
    assert session.scalar(select(AuditEntry.action)) == "bounce.suppress"


def test_stop_of_an_address_does_not_follow_the_person_to_another(session: Session) -> None:
    message = make_sent(session)
    take(session, written(session, "postfix-unknown-user", message))

    person_of(session, message).email = "yeni@example.com"
    session.flush()

    assert not is_stopped(session, message)


def test_same_mail_again_changes_nothing(session: Session) -> None:
    message = make_sent(session)
    raw = written(session, "postfix-unknown-user", message)

    first, second = take(session, raw), take(session, raw, now=NOW + timedelta(hours=1))

    session.expire_all()
    assert (first.is_new, second.is_new) == (True, False)
    assert session.scalar(select(func.count()).select_from(MailReport)) == 1
    assert session.scalar(select(func.count()).select_from(Suppression)) == 1
    assert message.bounced_at == NOW


def test_same_name_in_its_mailbox_is_taken_in_once(session: Session) -> None:
    message = make_sent(session)
    take(session, written(session, "advert", message), key="imap:a/1/7")

    again = take(session, written(session, "human-reply", message), key="imap:a/1/7")

    assert not again.is_new


def test_bounce_with_an_older_hash_key_is_matched(session: Session) -> None:
    message = make_sent(session)
    raw = written(session, "postfix-unknown-user", message, VERP=verp(message, KEYS.hash[1]))

    take(session, raw)

    assert report_of(session).matched_by == "verp"


@pytest.mark.parametrize("forged", ["b+aaaaaaabaaaaaaaa@bounce.example.edu.tr", "b+@x.example"])
def test_forged_address_matches_nothing(session: Session, forged: str) -> None:
    message = make_sent(session)
    raw = written(
        session,
        "postfix-unknown-user",
        message,
        VERP=forged,
        MESSAGE_ID=f"<m.{message.id}.aaaaaaaa@example.edu.tr>",
        RECIPIENT="fremd@example.net",
    )

    done = take(session, raw)

    assert done.verdict is ReportVerdict.KEPT
    assert not is_stopped(session, message)
    assert report_of(session).raw == raw


def test_row_that_got_the_number_of_a_forgotten_mail_is_not_blamed_for_it(
    session: Session,
) -> None:
    """A backup was put back: the mails that went since had numbers that are given out again."""
    message = make_sent(session)
    message.invitation.public_id = "f" * 16
    raw = written(session, "postfix-unknown-user", message, RECIPIENT="somebody@example.org")
    message.invitation.public_id = "e" * 16
    session.flush()

    taken = take(session, raw)

    assert taken.verdict is ReportVerdict.KEPT
    assert report_of(session).message_id is None


def test_message_id_and_then_the_recipient_match_where_the_address_does_not(
    session: Session,
) -> None:
    message = make_sent(session)
    take(session, written(session, "postfix-unknown-user", message, VERP="geri@example.edu.tr"))
    by_id = report_of(session).matched_by
    take(session, written(session, "exchange-old-uppercase", message, VERP="geri@example.edu.tr"))
    by_recipient = report_of(session).matched_by

    assert (by_id, by_recipient) == ("message_id", "recipient")


def test_refusal_by_policy_never_punishes_the_person(session: Session) -> None:
    message = make_sent(session)

    done = take(session, written(session, "gmail-unauthenticated", message))

    session.expire_all()
    assert done.verdict is ReportVerdict.ALERTED
    assert not is_stopped(session, message)
    assert mail_state(session, message) == "sent"
    assert find_brake(session) is None


def test_refusals_in_a_row_pause_all_sending(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    for _ in range(history.POLICY_IN_A_ROW):
        message = make_sent(session, survey=survey, mailing=mailing)
        take(session, written(session, "gmail-unauthenticated", message))

    brake = find_brake(session)
    assert brake is not None
    assert brake.reason == BOUNCED_BY_POLICY
    assert "5.7.26" in brake.reply


def test_burst_of_hard_bounces_is_our_fault_and_marks_nobody(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    sent = [make_sent(session, survey=survey, mailing=mailing) for _ in range(30)]

    for message in sent[: history.BURST_LEAST]:
        take(session, written(session, "postfix-unknown-user", message))

    session.expire_all()
    brake = find_brake(session)
    assert brake is not None
    assert brake.reason == BOUNCED_IN_A_BURST
    assert not any(is_stopped(session, message) for message in sent)
    assert {mail_state(session, message) for message in sent} == {"sent"}


def test_few_hard_bounces_of_many_mails_are_no_burst(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    sent = [make_sent(session, survey=survey, mailing=mailing) for _ in range(40)]

    for message in sent[:12]:
        take(session, written(session, "postfix-unknown-user", message))

    assert find_brake(session) is None
    assert sum(is_stopped(session, message) for message in sent) == 12


def test_full_mailbox_is_stopped_after_three_weeks_of_mails(session: Session) -> None:
    survey, person = make_survey(session), make_alumnus(session)
    first = make_sent(session, survey=survey, alumnus=person)
    invitation = session.get_one(Invitation, first.invitation_id)
    verdicts = []
    for week in range(3):
        message = first if week == 0 else make_sent(session, survey=survey, invitation=invitation)
        raw = written(session, "postfix-mailbox-full", message)
        verdicts.append(take(session, raw, now=NOW + timedelta(days=8 * week)).verdict)

    assert verdicts == [ReportVerdict.COUNTED, ReportVerdict.COUNTED, ReportVerdict.SUPPRESSED]
    assert is_stopped(session, first)


def test_complaint_stops_the_person_for_good(session: Session) -> None:
    message = make_sent(session)
    survey_id = session.get_one(Invitation, message.invitation_id).survey_id

    take(session, written(session, "arf-yahoo", message))

    session.expire_all()
    person = person_of(session, message)
    assert count_dispositions(session, survey_id=survey_id)["2.111"] == 1
    person.email = "yeni@example.com"
    session.flush()
    assert is_stopped(session, message)
    with pytest.raises(NoteMissing):
        allow_again(session, alumnus=person, keys=KEYS, now=NOW, word=Word(by="ayse"))


def test_automatic_reply_is_noted_and_stops_nobody(session: Session) -> None:
    message = make_sent(session)

    done = take(session, written(session, "ooo-outlook", message))

    assert (done.kind, done.verdict) == (ReportKind.AUTO_REPLY, ReportVerdict.NOTED)
    assert not is_stopped(session, message)
    assert report_of(session).message_id == message.id


def test_delay_is_ignored(session: Session) -> None:
    message = make_sent(session)

    done = take(session, written(session, "postfix-delayed", message))

    session.expire_all()
    assert done.verdict is ReportVerdict.IGNORED
    assert message.bounced_at is None


@pytest.mark.parametrize("name", ["postfix-unknown-user", "ooo-outlook"])
def test_whatever_comes_back_proves_that_a_doubtful_mail_went(session: Session, name: str) -> None:
    message = make_sent(session, state="unknown", sent_at=None, reason="crashed")

    take(session, written(session, name, message))

    session.expire_all()
    assert (message.state, message.reason) == ("sent", PROVED)
    assert message.sent_at == message.sending_at


def test_late_bounce_of_an_older_mail_does_not_mark_the_case(session: Session) -> None:
    survey = make_survey(session)
    first = make_sent(session, survey=survey)
    invitation = session.get_one(Invitation, first.invitation_id)
    make_sent(session, survey=survey, invitation=invitation)

    take(session, written(session, "postfix-unknown-user", first))

    assert mail_state(session, first) == "sent"


def test_bounce_that_is_faster_than_the_servers_answer_is_kept(session: Session) -> None:
    message = make_sent(
        session, state="sending", claimed_by="a", lease_until=NOW + timedelta(minutes=15),
        sending_at=NOW - timedelta(seconds=1), sent_at=None,
    )  # fmt: skip

    take(session, written(session, "postfix-unknown-user", message))

    session.expire_all()
    assert (message.state, message.bounced_at, message.lease_until) == ("sent", NOW, None)
    assert is_stopped(session, message)


def test_queued_mail_can_not_have_come_back(session: Session) -> None:
    message = make_sent(session, state="queued", sending_at=None, sent_at=None)

    take(session, written(session, "postfix-unknown-user", message, RECIPIENT="x@example.net"))

    assert report_of(session).message_id is None


def test_mail_that_was_understood_is_not_kept_itself(session: Session) -> None:
    message = make_sent(session)

    take(session, written(session, "postfix-unknown-user", message))

    assert report_of(session).raw is None
    assert "@" not in (report_of(session).diagnostic or "").replace("…@…", "")


def test_erasure_takes_what_came_back_about_a_person(session: Session) -> None:
    message = make_sent(session)
    take(session, written(session, "human-reply", message))
    assert report_of(session).raw is not None

    erase_person(session, person=person_of(session, message), keys=KEYS, now=NOW)

    session.expire_all()
    assert (report_of(session).raw, report_of(session).diagnostic) == (None, None)


def test_bounce_of_a_former_address_stops_not_the_present_one(session: Session) -> None:
    message = make_sent(session)
    raw = written(session, "made-by-postfix-unknown-user", message)
    person_of(session, message).email = "dogru@example.com"
    session.flush()

    done = take(session, raw)

    session.expire_all()
    assert done.verdict is ReportVerdict.COUNTED
    assert not is_stopped(session, message)
    assert message.bounced_at == NOW


@pytest.mark.parametrize("has_changed", [False, True])
def test_report_without_the_mail_stops_the_address_only_if_it_was_the_same_then(
    session: Session, *, has_changed: bool
) -> None:
    message = make_sent(session)
    raw = written(session, "exim-unknown", message, RECIPIENT="elsewhere@example.net")
    assert message.sending_at is not None
    hour = timedelta(hours=1 if has_changed else -1)
    person_of(session, message).updated_at = message.sending_at + hour
    session.flush()

    take(session, raw)

    assert is_stopped(session, message) is not has_changed


@pytest.mark.parametrize("state", ["away", "moved"])
def test_dead_mailbox_does_not_undo_what_staff_know_of_the_person(
    session: Session, state: str
) -> None:
    message = make_sent(session)
    message.invitation.mail_state = state
    session.flush()

    take(session, written(session, "postfix-unknown-user", message))

    session.expire_all()
    assert message.invitation.mail_state == state


def test_mail_that_was_forwarded_and_failed_stops_the_address_that_we_know(
    session: Session,
) -> None:
    message = make_sent(session)
    raw = written(session, "made-by-postfix-unknown-user", message)
    known = person_of(session, message).email or ""
    forwarded = f"rfc822; {known}".encode(), b"rfc822; elsewhere@example.net"

    take(session, raw.replace(*forwarded).replace(f"rfc822;{known}".encode(), forwarded[1]))

    assert is_stopped(session, message)


@pytest.mark.parametrize("name", ["ooo-outlook", "gmail-unauthenticated", "human-reply"])
def test_mail_that_a_person_must_read_is_kept_whole(session: Session, name: str) -> None:
    message = make_sent(session)
    raw = written(session, name, message)

    take(session, raw)

    assert report_of(session).raw == raw


def test_burst_in_the_middle_of_a_long_mailing_shows_at_once(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    sent = [
        make_sent(
            session,
            survey=survey,
            mailing=mailing,
            sending_at=NOW + number * timedelta(seconds=1),
            sent_at=NOW + number * timedelta(seconds=1),
        )
        for number in range(150)
    ]

    for message in sent[100:116]:
        take(session, written(session, "postfix-unknown-user", message))

    session.expire_all()
    brake = find_brake(session)
    assert brake is not None
    assert brake.reason == BOUNCED_IN_A_BURST
    assert not any(is_stopped(session, message) for message in sent)


def test_burst_that_staff_looked_into_stops_sending_no_more(session: Session) -> None:
    survey = make_survey(session)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    sent = [make_sent(session, survey=survey, mailing=mailing) for _ in range(30)]
    for message in sent[: history.BURST_LEAST]:
        take(session, written(session, "postfix-unknown-user", message))
    for report in session.scalars(select(MailReport)):
        report.settled_at, report.settled_by, report.settled_as = NOW, "ayse", "seen"
    resume_sending(session)

    done = take(session, written(session, "postfix-unknown-user", sent[-1]))

    assert done.verdict is ReportVerdict.SUPPRESSED
    assert find_brake(session) is None


def test_burst_of_a_demo_stops_no_real_mail(session: Session) -> None:
    survey = make_survey(session, is_demo=True)
    mailing = make_mailing(session, survey=survey, state="enqueued")
    sent = [make_sent(session, survey=survey, mailing=mailing) for _ in range(30)]

    for message in sent[: history.BURST_LEAST]:
        take(session, written(session, "postfix-unknown-user", message))

    assert find_brake(session) is None
    assert not any(is_stopped(session, message) for message in sent)


def test_address_that_staff_allowed_again_begins_anew(session: Session) -> None:
    survey, person = make_survey(session), make_alumnus(session)
    first = make_sent(session, survey=survey, alumnus=person)
    invitation = session.get_one(Invitation, first.invitation_id)
    for week in range(3):
        message = first if week == 0 else make_sent(session, survey=survey, invitation=invitation)
        take(
            session,
            written(session, "postfix-mailbox-full", message),
            now=NOW + timedelta(days=8 * week),
        )
    later = NOW + timedelta(days=24)
    allow_again(session, alumnus=person, keys=KEYS, now=later, word=Word(by="ayse"))
    message = make_sent(session, survey=survey, invitation=invitation)

    done = take(
        session, written(session, "postfix-mailbox-full", message), now=later + timedelta(days=1)
    )

    assert done.verdict is ReportVerdict.COUNTED
    assert not is_stopped(session, message)


def test_known_mail_tells_what_was_made_of_it(session: Session) -> None:
    message = make_sent(session)
    raw = written(session, "human-reply", message)
    take(session, raw)

    again = take(session, raw)

    assert (again.is_new, again.verdict, again.is_understood) == (False, ReportVerdict.KEPT, False)


def test_complaint_finds_our_mail_by_the_sender_that_it_names(session: Session) -> None:
    message = make_sent(session)
    raw = written(
        session,
        "arf-yahoo",
        message,
        MESSAGE_ID="<redacted@example.net>",
        VERP="abuse@example.edu.tr",
        RECIPIENT="redacted@example.net",
    )
    named = f"Original-Mail-From: <{verp(message)}>\nFeedback-Type:".encode()

    take(session, raw.replace(b"Feedback-Type:", named))

    assert report_of(session).matched_by == "verp"
    assert is_stopped(session, message)


def test_bounce_that_names_another_address_makes_somebody_who_moved(session: Session) -> None:
    message = make_sent(session)
    take(session, written(session, "unspecific-status-specific-words", message))
    session.expire_all()
    assert mail_state(session, message) == "returned"
    shown = get_report(session, report_id=report_of(session).id)

    settle_return(session, shown=shown, decision=Decision.MOVED, actor="ayse", now=NOW)

    session.expire_all()
    assert mail_state(session, message) == "moved"


@pytest.mark.postgresql
def test_two_that_take_the_same_mail_in_at_once_take_it_in_once(
    session: Session, database_url: str
) -> None:
    message = make_sent(session)
    session.commit()
    raw = written(session, "postfix-unknown-user", message)
    engine, both = create_engine(database_url), Barrier(2)

    def run() -> bool:
        with Session(engine) as own:
            both.wait()
            is_new = take(own, raw).is_new
            own.commit()
            return is_new

    with ThreadPoolExecutor(2) as pool:
        news = [future.result() for future in [pool.submit(run) for _ in range(2)]]
    engine.dispose()

    assert sorted(news) == [False, True]
    assert session.scalar(select(func.count()).select_from(Suppression)) == 1


def test_report_that_only_names_a_recipient_stops_nobody_by_itself(session: Session) -> None:
    """Anybody may write such a mail to the mailbox for returned ones."""
    message = make_sent(session, state="unknown", sent_at=None, reason="crashed")
    foreign = {"VERP": "geri@example.edu.tr", "MESSAGE_ID": "<a@example.net>"}

    bounce = take(session, written(session, "postfix-unknown-user", message, **foreign))
    complaint = take(session, written(session, "arf-yahoo", message, **foreign))

    session.expire_all()
    assert (bounce.verdict, complaint.verdict) == (ReportVerdict.COUNTED, ReportVerdict.KEPT)
    assert report_of(session).matched_by == "recipient"
    assert not is_stopped(session, message)
    assert (message.state, message.bounced_at) == ("unknown", None)


def test_bounce_decides_what_a_restore_left_in_doubt(session: Session) -> None:
    message = make_sent(session, state="unknown", reason="restored", sending_at=None, sent_at=None)

    done = take(session, written(session, "postfix-unknown-user", message))
    session.flush()
    session.expire_all()

    assert done.verdict == "suppressed"
    assert (message.state, message.reason, message.sent_at) == ("sent", PROVED, NOW)


def test_one_mail_that_is_reported_five_times_pauses_nothing(session: Session) -> None:
    message = make_sent(session)

    for number in range(5):
        take(session, written(session, "postfix-relay-denied", message) + f"\n{number}".encode())

    assert find_brake(session) is None


def test_domain_that_only_guesses_call_unknown_is_not_gone(session: Session) -> None:
    message = make_sent(session)
    nameless = {"VERP": "b@bounce.example.edu.tr", "MESSAGE_ID": "<x@y>"}
    guess = written(session, "bad-domain-5.1.2", message, **nameless)
    take(session, guess, now=NOW - timedelta(days=2))

    done = take(session, written(session, "bad-domain-5.1.2", message))

    assert done.verdict == "counted"


def test_mail_without_a_name_that_came_before_is_known_by_its_content(session: Session) -> None:
    first, second = make_sent(session), make_sent(session)
    take(session, written(session, "postfix-relay-denied", first))
    take(session, written(session, "postfix-unknown-user", second))

    again = take(session, written(session, "postfix-unknown-user", second))

    assert (again.verdict, again.is_new) == ("suppressed", False)
