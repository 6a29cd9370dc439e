"""An example of every page that staff can open, found in a seeded office.

An endpoint that is missing here fails the tests that walk all pages.
"""

from collections.abc import Mapping

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import (
    ApiKey,
    Mailing,
    MailReport,
    RosterImport,
    StaffLinkPurpose,
    WebhookDelivery,
    WebhookEndpoint,
)
from surveys.accounts.links import make_link
from tests.conftest import NOW
from tests.journeys.seeding import Office

# They answer with a file, or lead to another site.
NO_PAGES = {
    "download_rejects",
    "send_definition",
    # The mail itself, as it stands in the frame of its preview.
    "show_letter",
    "enter_by_oidc",
    "confirm_by_oidc",
    "connect_oidc",
    "return_from_oidc",
}


def list_endpoints(app: Flask) -> set[str]:
    """Return the names of all pages of staff, without their blueprint's."""
    names = {r.endpoint for r in app.url_map.iter_rules() if "GET" in (r.methods or ())}
    return {name.removeprefix("staff.") for name in names if name.startswith("staff.")} - NO_PAGES


def list_examples(session: Session, office: Office) -> Mapping[str, list[str]]:
    """Return paths by endpoint; several where a page looks different in other states."""
    running, draft, unfinished = (
        f"/surveys/{survey.code}" for survey in (office.running, office.draft, office.unfinished)
    )
    mailing = session.scalars(select(Mailing.id).order_by(Mailing.id)).first()
    colleague = office.admin.id + 1
    link = make_link(session, staff=office.admin, purpose=StaffLinkPurpose.SET_PASSWORD, now=NOW)
    imports = session.scalars(select(RosterImport.id).order_by(RosterImport.id)).all()
    returns = session.scalars(select(MailReport.id).order_by(MailReport.id)).all()
    session.commit()
    api_keys = session.scalars(select(ApiKey.public_id).order_by(ApiKey.id)).all()
    receivers = [
        f"whe_{public_id}"
        for public_id in session.scalars(
            select(WebhookEndpoint.public_id).order_by(WebhookEndpoint.id)
        )
    ]
    deliveries = [
        f"whd_{public_id}"
        for public_id in session.scalars(
            select(WebhookDelivery.public_id).order_by(WebhookDelivery.id)
        )
    ]
    return {
        "list_api_keys": ["/api-keys"],
        "show_api_key": [f"/api-keys/{public_id}" for public_id in api_keys],
        "show_new_api_key": ["/api-keys/new"],
        "show_webhooks": ["/webhooks"],
        "show_new_webhook": ["/webhooks/new"],
        "show_webhook": [f"/webhooks/{name}" for name in receivers],
        "show_webhook_form": [f"/webhooks/{receivers[0]}/edit"],
        "ask_about_webhook": [f"/webhooks/{receivers[0]}/delete"],
        "show_delivery": [f"/webhooks/{receivers[0]}/deliveries/{name}" for name in deliveries],
        "show_overview": ["/", "/?year=2025"],
        "login": ["/login"],
        "show_code": ["/login/code"],
        "show_confirm": ["/login/confirm?next=/staff/account"],
        "show_forgotten": ["/login/forgotten"],
        "show_link": [f"/login/link/{link}", "/login/link/unknown"],
        "show_outbox": ["/outbox", f"/outbox?survey={office.running.code}"],
        "show_messages": [
            f"/outbox/mailings/{mailing}/{group}" for group in ("unknown", "failed", "left-out")
        ],
        "show_returns": [f"/returns?view={view}" for view in ("open", "stopped", "replies", "all")],
        "show_return": [f"/returns/{number}" for number in returns],
        "show_roster_upload": ["/roster/import"],
        "list_roster_imports": ["/roster/imports"],
        "show_roster_import": [f"/roster/imports/{number}" for number in imports],
        "show_columns": [f"/roster/imports/{imports[0]}/columns"],
        "show_staff": ["/staff"],
        "show_person": [f"/staff/{colleague}"],
        "show_account": ["/staff/account"],
        "show_password": ["/staff/account/password"],
        "show_second_factor": ["/staff/account/second-factor"],
        "show_logins": ["/staff/logins"],
        "show_new_staff": ["/staff/new"],
        "show_surveys": ["/surveys"],
        "show_new": ["/surveys/new"],
        "show_survey": [running, "/surveys/kariyer-gunu-2026"],
        "show_results": [f"{running}/results"],
        "show_audit": ["/audit"],
        "list_roster": ["/roster", "/roster?search=Işıl"],
        "show_graduate": [f"/roster/{person}" for person in (1, 62, 101)],
        "list_suppressions": ["/roster/suppressions"],
        "show_audience": [f"{draft}/audience", f"{running}/audience"],
        "show_left_out": [f"{draft}/audience/left-out/missing"],
        "show_bank": [f"{draft}/bank"],
        "show_mails": [f"{draft}/mails", f"{running}/mails"],
        "show_launch": [f"{draft}/launch", f"{unfinished}/launch", f"{running}/launch"],
        "ask_whether_to_delete": [f"{draft}/delete"],
        "show_texts": [f"{running}/correct"],
        "show_mail_preview": [f"{draft}/mails/1/preview"],
        "show_indicator": ["/indicators/PG3.3.5"],
        "show_graduate_data": ["/roster/62/data"],
        "show_export": [f"{running}/export"],
        "show_history": [f"{draft}/history"],
        "show_revision": [f"{draft}/history/1"],
        "show_import": [f"{draft}/import"],
        "show_preview": [f"{draft}/preview", f"{unfinished}/preview"],
        "show_questions": [f"{draft}/questions", f"{unfinished}/questions", f"{running}/questions"],
    }
