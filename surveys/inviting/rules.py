"""The settings' rules of sending, as the outbox takes them."""

from dataclasses import replace

from surveys.building.public_holidays import is_public_holiday
from surveys.delivery.pace import Pace
from surveys.delivery.window import Window
from surveys.settings import Settings


def read_pace(settings: Settings) -> Pace:
    """Return by what rules mails go out."""
    start, end = settings.mail_window
    zone = settings.zone
    window = Window(start=start, end=end, weekdays=settings.mail_weekdays, zone=zone)
    return Pace(
        window=replace(window, is_holiday=is_public_holiday) if settings.mail_holidays else window,
        domain_rates=settings.mail_domain_rates,
        ramp_up=settings.mail_ramp_up,
        canary=settings.mail_canary,
        zone=zone,
    )
