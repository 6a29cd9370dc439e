"""What is kept of a user agent: family and system."""

import pytest

from surveys.web.staff.account.browsers import name_browser

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64)"
WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "name"),
    [
        (f"{WINDOWS} {WEBKIT} Chrome/156.0.0.0 Safari/537.36", "Chrome, Windows"),
        (f"{WINDOWS} {WEBKIT} Chrome/156.0 Safari/537.36 Edg/156.0", "Edge, Windows"),
        (f"{WINDOWS} Gecko/20100101 Firefox/149.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 20_0 like Mac OS X) Version/20 Safari/605",
            "Safari, iOS",
        ),
        (f"Mozilla/5.0 (Linux; Android 16) {WEBKIT} Chrome/156.0 Safari/5", "Chrome, Android"),
        ("curl/8.0", ""),
        ("", ""),
    ],
)
def test_browser_is_named_by_family_and_system(user_agent: str, name: str) -> None:
    assert name_browser(user_agent) == name
