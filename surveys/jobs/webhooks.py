"""Passes over the events for other systems: say, number, bring, and drop what is old."""

from datetime import timedelta

from surveys.extensions import application, reader, toolbox, transaction
from surveys.jobs.courier import deliver_due
from surveys.reporting.announced import TARGET_MET, Terms
from surveys.reporting.survey_news import announce_survey, find_surveys_to_tell
from surveys.reporting.year_news import announce_year, find_years_to_tell
from surveys.webhooks.deliveries import drop_old_deliveries
from surveys.webhooks.endpoint_secrets import drop_old_secrets
from surveys.webhooks.feed import drop_old_events, has_unnumbered, number_events

Result = dict[str, int]


def tell_systems() -> Result:
    """Say what has changed, and give what was said its place in the feed."""
    return {"events": _announce(), "numbered": _number()}


def deliver_webhooks() -> Result:
    """Bring what is due to its receivers."""
    return deliver_due(application())


def drop_webhook_log() -> Result:
    """Drop deliveries, events and secrets whose time is over."""
    now = toolbox().clock.now()
    with transaction() as session:
        return {
            "deliveries": drop_old_deliveries(session, now=now),
            "events": drop_old_events(session, now=now),
            "secrets": drop_old_secrets(session, now=now),
        }


def _announce() -> int:
    """Say what has changed of the surveys and indicators, each thing in a commit of its own."""
    terms = _terms()
    session = reader()
    years = find_years_to_tell(session, terms=terms)
    survey_ids = find_surveys_to_tell(session, terms=terms)
    session.rollback()
    count, met = 0, set[int]()
    # Years first: reaching a target is told at once, with the rates of the surveys that count.
    for year in years:
        with transaction() as session:
            told = announce_year(session, year=year, terms=terms)
        count += told.count
        met.update(told.survey_ids)
    for survey_id in sorted({*survey_ids, *met}):
        at_once = TARGET_MET if survey_id in met else None
        with transaction() as session:
            count += announce_survey(session, survey_id=survey_id, terms=terms, at_once=at_once)
    return count


def _number() -> int:
    session = reader()
    is_needed = has_unnumbered(session)
    session.rollback()
    if not is_needed:
        return 0
    with transaction() as session:
        return number_events(session)


def _terms() -> Terms:
    box = toolbox()
    return Terms(
        now=box.clock.now(),
        zone=box.settings.zone,
        base_url=box.settings.base_url,
        coalesce=timedelta(seconds=box.settings.webhook_coalesce_s),
    )
