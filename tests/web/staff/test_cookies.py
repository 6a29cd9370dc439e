"""Which answers renew the cookie of a sign-in."""

import pytest

from tests.web.staff.conftest import Browser


@pytest.mark.parametrize(
    ("path", "is_renewed"),
    [
        ("/", True),
        ("/static/x/base.css", False),
        ("/s/unknown", False),
        ("/healthz", False),
        ("/nowhere", False),
    ],
)
def test_pages_of_staff_alone_renew_the_cookie(
    signed_in: Browser, path: str, *, is_renewed: bool
) -> None:
    assert ("Set-Cookie" in signed_in.get(path).headers) is is_renewed
