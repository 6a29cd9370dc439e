"""All tables of Dönüt; importing this package makes the metadata complete."""

from models.alumnus import Alumnus, EmailFault, Suppression, SuppressionReason
from models.api_key import ApiKey, ApiKeyKind, IdempotentRequest
from models.base import Base, Document, UTCDateTime
from models.indicator import Denominator, Indicator, IndicatorTarget
from models.invitation import Invitation, MailState, ManualCode
from models.mail_report import MailReport, ReportKind, ReportSource, ReportVerdict
from models.mailing import (
    Beat,
    DomainGroup,
    DomainPace,
    Mailing,
    MailingKind,
    MailingState,
    Message,
    MessageState,
    SenderState,
)
from models.manual_disposition import ManualDisposition, ManualKind
from models.response import Draft, Response
from models.revision import Revision
from models.roster_import import (
    ImportSource,
    ImportState,
    RosterImport,
    RosterImportPart,
    RosterImportRow,
)
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
from models.survey import Course, Survey, SurveyRevision, SurveyState, SurveyVersion
from models.webhook import (
    Announcement,
    DeliveryState,
    EndpointStatus,
    PayloadKind,
    WebhookAttempt,
    WebhookDelivery,
    WebhookEndpoint,
    WebhookEvent,
)

__all__ = [
    "Alumnus",
    "Announcement",
    "ApiKey",
    "ApiKeyKind",
    "AuditEntry",
    "Base",
    "Beat",
    "Course",
    "DeliveryState",
    "Denominator",
    "Document",
    "DomainGroup",
    "DomainPace",
    "Draft",
    "EmailFault",
    "EndpointStatus",
    "IdempotentRequest",
    "ImportSource",
    "ImportState",
    "Indicator",
    "IndicatorTarget",
    "Invitation",
    "LoginMethod",
    "MailReport",
    "MailState",
    "Mailing",
    "MailingKind",
    "MailingState",
    "ManualCode",
    "ManualDisposition",
    "ManualKind",
    "Message",
    "MessageState",
    "PayloadKind",
    "ReportKind",
    "ReportSource",
    "ReportVerdict",
    "Response",
    "Revision",
    "Role",
    "RosterImport",
    "RosterImportPart",
    "RosterImportRow",
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
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
    "WebhookEvent",
]
