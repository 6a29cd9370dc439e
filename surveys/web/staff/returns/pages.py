"""`/returns`: the returned mails, and one of them with all that it says."""

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from models import Role
from surveys.bounces.deciding import Decision
from surveys.bounces.listing import Shown, View, get_report, list_reports
from surveys.bounces.parts import header, parse
from surveys.extensions import reader, toolbox
from surveys.inviting.notes import KIND_WORDS as MAILING_WORDS
from surveys.web.access import staff_only
from surveys.web.staff.returns.words import (
    DECISION_WORDS,
    KIND_WORDS,
    VERDICT_WORDS,
    VIEW_WORDS,
)

PAGE = "/returns"
LONGEST_SHOWN = 20_000


def attach(blueprint: Blueprint) -> None:
    """Register the pages."""
    blueprint.add_url_rule(PAGE, view_func=show_returns, methods=["GET"])
    blueprint.add_url_rule(f"{PAGE}/<int:report_id>", view_func=show_return, methods=["GET"])


@staff_only(Role.VIEWER)
def show_returns() -> ResponseReturnValue:
    """Show one page of returned mails."""
    wanted = request.args.get("view", View.OPEN)
    if wanted not in set(View):
        abort(404)
    view = View(wanted)
    before = request.args.get("before", type=int)
    shown = list_reports(reader(), view=view, before=before)
    return render_template(
        "staff/returns/list.html",
        shown=shown,
        is_read=toolbox().settings.reads_returned_mails,
        view=view,
        view_words=VIEW_WORDS,
        kind_words=KIND_WORDS,
        verdict_words=VERDICT_WORDS,
        decision_words=DECISION_WORDS,
        mailing_words=MAILING_WORDS,
    )


@staff_only(Role.VIEWER)
def show_return(report_id: int) -> ResponseReturnValue:
    """Show one returned mail."""
    shown = get_report(reader(), report_id=report_id)
    raw = shown.report.raw
    mail = parse(raw) if raw is not None else None
    return render_template(
        "staff/returns/one.html",
        shown=shown,
        decisions=_list_decisions(shown),
        subject=header(mail, "Subject") if mail is not None else "",
        sender=header(mail, "From") if mail is not None else "",
        written=raw.decode("utf-8", "replace")[:LONGEST_SHOWN] if raw is not None else "",
        kind_words=KIND_WORDS,
        verdict_words=VERDICT_WORDS,
        decision_words=DECISION_WORDS,
        mailing_words=MAILING_WORDS,
    )


def _list_decisions(shown: Shown) -> list[Decision]:
    """Return what can still be decided, the likeliest first."""
    if shown.report.settled_at is not None:
        return []
    message = shown.message
    if message is None:
        return [Decision.SEEN]
    may_go = message.bounced_at is not None and message.expires_at > toolbox().clock.now()
    again = [Decision.RESENT] if may_go else []
    return [Decision.SEEN, *again, Decision.AWAY, Decision.MOVED]
