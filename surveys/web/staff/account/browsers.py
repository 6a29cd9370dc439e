"""The family and system of a browser, by which its owner recognises a sign-in; no more is kept."""

from typing import Final

UNKNOWN: Final = ""
# The order matters: most browsers call themselves by several names, and the last here by all.
FAMILIES: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("YaBrowser", "Yandex"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)


def name_browser(user_agent: str) -> str:
    """Return such as `Firefox, Windows`, or an empty text for what is neither."""
    found = (_find(FAMILIES, user_agent), _find(SYSTEMS, user_agent))
    return ", ".join(filter(None, found))


def _find(names: tuple[tuple[str, str], ...], user_agent: str) -> str:
    return next((name for mark, name in names if mark in user_agent), UNKNOWN)
