"""An outbox with one mailing to many people, for benchmarks of sending."""

from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from models import Alumnus, Invitation, Mailing, Message, Survey, SurveyVersion
from surveys.delivery.addressed import Addressed
from surveys.delivery.eligibility import read_standings
from surveys.delivery.house import read_house
from surveys.delivery.writing import Envelope
from surveys.extensions import db, toolbox
from surveys.jobs.preparing import Writer
from surveys.tokens import new_public_id

DEFINITION = {
    "code": "bench",
    "title": {"tr": "Mezun İzleme Anketi"},
    "purpose": {"tr": "Mezunlarımızın nerede olduğunu öğrenmek"},
    "sections": [{"title": {"tr": "Genel"}, "questions": [{"code": "nps", "type": "nps"}]}],
}
QUESTION = {
    "code": "nps",
    "text": {"tr": "Üniversitemizi tavsiye eder misiniz?"},
    "options": [{"value": str(n), "text": {"tr": str(n)}} for n in range(11)],
}
TEXT = {"tr": "Sayın {ad_soyad},\n\n{program} mezunu olarak görüşünüzü almak istiyoruz."}
GIVEN_NAMES = ("Ayşe", "Işıl", "İbrahim", "Çağla", "Ömer", "Şule", "Gül", "Mehmet", "Ünal")
FAMILY_NAMES = ("Yılmaz", "Çağlar", "Öztürk", "Şahin", "Demir", "Aydın", "Güneş")
BEFORE, NEVER = datetime(2020, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)


def running_survey() -> tuple[Survey, SurveyVersion]:
    """Return a survey that runs for ever and its version, for a session to take in."""
    survey = Survey(
        code="bench",
        definition=DEFINITION,
        opens_at=BEFORE,
        closes_at=NEVER,
        created_at=BEFORE,
        updated_at=BEFORE,
        launched_at=BEFORE,
    )
    version = SurveyVersion(
        survey=survey, number=1, definition=DEFINITION, notice_version="1", created_at=BEFORE
    )
    return survey, version


def environment(url: str, folder: Path, port: int) -> dict[str, str]:
    """Return the settings of a sender that hands its mails to a sink on `port`."""
    return {
        "DONUT_DATABASE_URL": url,
        "DONUT_SECRET_KEY": "only for this benchmark, on no server",
        "DONUT_BASE_URL": "http://127.0.0.1:8000",
        "DONUT_MAIL_SERVER": "127.0.0.1",
        "DONUT_MAIL_PORT": str(port),
        "DONUT_MAIL_CANARY": "0",
        "DONUT_STATE_FOLDER": str(folder),
        "DONUT_LOG_LEVEL": "ERROR",
    }


def fill(count: int) -> None:
    """Put a survey with one due mailing to `count` people into the database."""
    with Session(db.engine) as session:
        survey, version = running_survey()
        mailing = Mailing(
            survey=survey,
            position=1,
            kind="invitation",
            local_at="2020-01-01T00:00",
            timezone="Europe/Istanbul",
            due_at=BEFORE,
            late_after_s=2_000_000_000,
            subject={"tr": "{ad}, görüşünüz bizim için değerli"},
            text=TEXT,
            question=QUESTION,
            state="enqueued",
        )
        session.add_all([version, mailing])
        session.add_all(_message(number, mailing, version) for number in range(count))
        session.commit()


def queue_all_again() -> None:
    """Make every mail due as if it had never been sent, and let no dead rows of before count."""
    with db.engine.begin() as connection:
        connection.execute(
            text("UPDATE message SET state = 'queued', sent_at = NULL, claimed_by = NULL")
        )
        connection.execute(text("UPDATE invitation SET mail_state = 'none', mailed_at = NULL"))
    if db.engine.dialect.name == "postgresql":
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
    db.engine.dispose()


def compose_all() -> list[Envelope]:
    """Return the mails of everybody, as they would go."""
    box = toolbox()
    writer = Writer(house=read_house(box.settings), keys=box.keys)
    with Session(db.engine) as session:
        ids, now = session.scalars(select(Message.id)).all(), box.clock.now()
        standings = read_standings(session, message_ids=ids, keys=box.keys, now=now)
        people = [found for found in standings.values() if isinstance(found, Addressed)]
        for addressed in people:
            writer.learn(session, addressed)
    drafts = [writer.draft(addressed, now=now) for addressed in people]
    return [envelope for envelope in drafts if envelope]


def _message(number: int, mailing: Mailing, version: SurveyVersion) -> Message:
    alumnus = Alumnus(
        external_id=str(number),
        given_name=GIVEN_NAMES[number % len(GIVEN_NAMES)],
        family_name=FAMILY_NAMES[number % len(FAMILY_NAMES)],
        email=f"mezun{number}@example.com",
        programme="Bilgisayar Mühendisliği",
        registered_at=BEFORE,
        updated_at=BEFORE,
    )
    invitation = Invitation(
        survey=mailing.survey,
        survey_version=version,
        alumnus=alumnus,
        public_id=new_public_id(),
        created_at=BEFORE,
    )
    return Message(mailing=mailing, invitation=invitation, due_at=BEFORE, expires_at=NEVER)
