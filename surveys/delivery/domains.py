"""Which group of receivers an address belongs to: big providers count a sender's mails together."""

from collections.abc import Mapping

from sqlalchemy import ColumnElement, String, case, literal, or_, select, update
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from models import Alumnus, DomainGroup, Invitation, Message, MessageState

PROVIDERS: Mapping[DomainGroup, tuple[str, ...]] = {
    DomainGroup.GMAIL: ("gmail.com", "googlemail.com"),
    DomainGroup.MICROSOFT: (
        "hotmail.com",
        "hotmail.com.tr",
        "outlook.com",
        "outlook.com.tr",
        "live.com",
        "msn.com",
        "windowslive.com",
        "hotmail.de",
        "outlook.de",
        "hotmail.co.uk",
        "hotmail.fr",
    ),
    DomainGroup.YAHOO: (
        "yahoo.com",
        "yahoo.com.tr",
        "ymail.com",
        "rocketmail.com",
        "yahoo.de",
        "yahoo.co.uk",
        "aol.com",
    ),
    DomainGroup.YANDEX: ("yandex.com", "yandex.com.tr", "yandex.ru", "ya.ru"),
    DomainGroup.ICLOUD: ("icloud.com", "me.com", "mac.com"),
}
SHORT_LABEL = 3
COUNTRY_LETTERS = 2


def registrable(domain: str) -> str:
    """Return what an organisation registered: `example.edu.tr` of `anket.example.edu.tr`.

    By the shape alone: below a country's `edu`, `com`, `ac` and their like three labels count.
    """
    labels = domain.lower().strip(".").split(".")
    is_below_country = (
        len(labels) > COUNTRY_LETTERS
        and len(labels[-1]) == COUNTRY_LETTERS
        and len(labels[-2]) <= SHORT_LABEL
    )
    return ".".join(labels[-3 if is_below_country else -2 :])


def group_of(
    email: SQLCoreOperations[str] | SQLCoreOperations[str | None], *, sender_domain: str
) -> ColumnElement[str]:
    """Return the SQL expression of an address' group; `sender_domain` is ours, "" for none."""
    groups = [
        (or_(*(email.endswith(f"@{domain}", autoescape=True) for domain in domains)), group.value)
        for group, domains in PROVIDERS.items()
    ]
    own = registrable(sender_domain)
    if own:
        is_own = or_(
            email.endswith(f"@{own}", autoescape=True), email.endswith(f".{own}", autoescape=True)
        )
        groups.insert(0, (is_own, DomainGroup.OWN.value))
    return case(*groups, else_=literal(DomainGroup.REST.value, String()))


def regroup_queued(session: Session, *, alumnus_id: int, sender_domain: str) -> None:
    """Let the mails that wait for a person go with the group of the address they have now."""
    address = select(Alumnus.email).where(Alumnus.id == alumnus_id).scalar_subquery()
    of_person = select(Invitation.id).where(Invitation.alumnus_id == alumnus_id)
    session.execute(
        update(Message)
        .where(Message.state == MessageState.QUEUED, Message.invitation_id.in_(of_person))
        .values(domain_group=group_of(address, sender_domain=sender_domain))
        .execution_options(synchronize_session=False)
    )
