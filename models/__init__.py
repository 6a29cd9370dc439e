"""All tables of Dönüt; importing this package makes the metadata complete."""

from models.alumnus import Alumnus, EmailFault, Suppression, SuppressionReason
from models.base import Base, Document, UTCDateTime
from models.indicator import Denominator, Indicator, IndicatorTarget
from models.invitation import Invitation, MailState, ManualCode
from models.mailing import (
    Beat,
    Mailing,
    MailingKind,
    MailingState,
    Message,
    MessageState,
    SenderState,
)
from models.manual_disposition import ManualDisposition, ManualKind
from models.response import Draft, Response
from models.roster_import import ImportState, RosterImport
from models.staff import (
    AuditEntry,
    LoginMethod,
    Role,
    Staff,
    StaffLink,
    StaffLinkPurpose,
    StaffLogin,
    StaffMail,
    StaffMailKind,
    StaffMailState,
)
from models.survey import Survey, SurveyRevision, SurveyState, SurveyVersion

__all__ = [
    "Alumnus",
    "AuditEntry",
    "Base",
    "Beat",
    "Denominator",
    "Document",
    "Draft",
    "EmailFault",
    "ImportState",
    "Indicator",
    "IndicatorTarget",
    "Invitation",
    "LoginMethod",
    "MailState",
    "Mailing",
    "MailingKind",
    "MailingState",
    "ManualCode",
    "ManualDisposition",
    "ManualKind",
    "Message",
    "MessageState",
    "Response",
    "Role",
    "RosterImport",
    "SenderState",
    "Staff",
    "StaffLink",
    "StaffLinkPurpose",
    "StaffLogin",
    "StaffMail",
    "StaffMailKind",
    "StaffMailState",
    "Suppression",
    "SuppressionReason",
    "Survey",
    "SurveyRevision",
    "SurveyState",
    "SurveyVersion",
    "UTCDateTime",
]
