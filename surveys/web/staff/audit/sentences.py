"""What each action of the audit trail says in words; a test finds one that has none."""

from collections.abc import Mapping
from typing import Final

from surveys.errors import N_

ACCOUNTS: Final = {
    "staff.add": N_("Account added"),
    "staff.set_details": N_("Account changed"),
    "staff.link": N_("One-time link made"),
    "staff.disable": N_("Account disabled"),
    "staff.enable": N_("Account enabled"),
    "staff.reset_second_factor": N_("Second step reset"),
    "staff.forget_identity": N_("Single sign-on disconnected"),
    "staff.end_logins": N_("All sign-ins ended"),
    "staff.sign_in": N_("Signed in"),
    "staff.sign_out": N_("Signed out"),
    "staff.confirm": N_("Proved again who they are"),
    "staff.set_password_by_link": N_("Password set with a link"),
    "staff.sign_in_by_link": N_("One-time link used"),
    "staff.change_password": N_("Password changed"),
    "staff.forgotten": N_("Link asked for because of a forgotten password"),
    "staff.forgotten_unknown": N_("Link asked for by an address without an account"),
    "staff.begin_second_factor": N_("Set-up of the second step begun"),
    "staff.set_second_factor": N_("Second step switched on"),
    "staff.remove_second_factor": N_("Second step switched off"),
    "staff.connect_identity": N_("Single sign-on connected"),
    "staff.set_account": N_("Own details changed"),
    "staff.set_language": N_("Language changed"),
    "staff.end_login": N_("One sign-in ended"),
    "staff.end_other_logins": N_("Other sign-ins ended"),
}
ROSTER: Final = {
    "roster.upload": N_("List of graduates uploaded"),
    "roster.upload_refused": N_("Uploaded list refused"),
    "roster.import_queued": N_("Import of a list begun"),
    "roster.import_refused": N_("Import of a list refused"),
    "roster.import": N_("List of graduates imported"),
    "roster.import_cancelled": N_("Import of a list cancelled"),
    "roster.export_person": N_("A person's data handed out"),
    "roster.erase": N_("A person's data erased"),
}
SURVEYS: Final = {
    "survey.start": N_("Survey begun"),
    "survey.load": N_("Survey read from a file"),
    "survey.copy": N_("Survey copied"),
    "survey.launch": N_("Survey launched"),
    "survey.pause": N_("Survey paused"),
    "survey.resume": N_("Survey resumed"),
    "survey.close": N_("Survey closed"),
    "survey.correct": N_("Texts of a live survey corrected"),
    "survey.send_held": N_("Held mailing sent after all"),
    "survey.export": N_("Answers exported"),
    "survey.calls": N_("List of people to call downloaded"),
    "indicator.load": N_("Indicators read from a file"),
    "outbox.pause": N_("All sending paused"),
    "outbox.resume": N_("All sending resumed"),
    "outbox.retry": N_("Failed e-mails queued again"),
    "outbox.resolve": N_("Uncertain e-mails decided"),
}
DRAFTS: Final = {
    "draft.question.add": N_("Question added"),
    "draft.question.set": N_("Question changed"),
    "draft.question.move": N_("Question moved"),
    "draft.question.duplicate": N_("Question duplicated"),
    "draft.question.delete": N_("Question deleted"),
    "draft.section.add": N_("Section added"),
    "draft.section.set": N_("Section changed"),
    "draft.section.move": N_("Section moved"),
    "draft.section.delete": N_("Section deleted"),
    "draft.survey.set": N_("Survey's details changed"),
    "draft.audience.set": N_("Audience changed"),
    "draft.mailing.add": N_("Mailing added"),
    "draft.mailing.set": N_("Mailing changed"),
    "draft.mailing.delete": N_("Mailing deleted"),
    "draft.undo": N_("Change undone"),
    "draft.redo": N_("Change done again"),
    "draft.restore": N_("Earlier state of a draft brought back"),
}
SENTENCES: Final[Mapping[str, str]] = {**ACCOUNTS, **ROSTER, **SURVEYS, **DRAFTS}
