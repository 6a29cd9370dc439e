"""All tables of Dönüt; importing this package makes the metadata complete."""

from models.alumnus import Alumnus, EmailFault, Suppression, SuppressionReason
from models.base import Base, Document, UTCDateTime
from models.indicator import Denominator, Indicator, IndicatorTarget
from models.invitation import Invitation, MailState
from models.mailing import (
    Beat,
    Mailing,
    MailingKind,
    MailingState,
    Message,
    MessageState,
    SenderState,
)
from models.response import Draft, Response
from models.staff import AuditEntry, Role, Staff, StaffLink, StaffLinkPurpose, StaffLogin
from models.survey import Survey, SurveyState, SurveyVersion

__all__ = [
    "Alumnus",
    "AuditEntry",
    "Base",
    "Beat",
    "Denominator",
    "Document",
    "Draft",
    "EmailFault",
    "Indicator",
    "IndicatorTarget",
    "Invitation",
    "MailState",
    "Mailing",
    "MailingKind",
    "MailingState",
    "Message",
    "MessageState",
    "Response",
    "Role",
    "SenderState",
    "Staff",
    "StaffLink",
    "StaffLinkPurpose",
    "StaffLogin",
    "Suppression",
    "SuppressionReason",
    "Survey",
    "SurveyState",
    "SurveyVersion",
    "UTCDateTime",
]
