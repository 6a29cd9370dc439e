"""An e-mail cell → the normalised address, or why there is none and what was probably meant.

Checks the writing only: nothing is looked up. Refuses what would need SMTPUTF8, which few mail
servers offer.
"""

import re
from functools import lru_cache

import idna
from email_validator import EmailNotValidError, validate_email

from surveys.errors import N_
from surveys.roster.cells import BadCell, read_text

MISSING = "email_missing"
TYPED_WRONG = {
    "gmial.com": "gmail.com",
    "gmai.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gamil.com": "gmail.com",
    "gnail.com": "gmail.com",
    "gmaill.com": "gmail.com",
    "gmail.cm": "gmail.com",
    "gmail.com.tr": "gmail.com",
    "hotmial.com": "hotmail.com",
    "hotmai.com": "hotmail.com",
    "hotmal.com": "hotmail.com",
    "hotmil.com": "hotmail.com",
    "hotmaill.com": "hotmail.com",
    "outlok.com": "outlook.com",
    "outloook.com": "outlook.com",
    "yaho.com": "yahoo.com",
    "yahooo.com": "yahoo.com",
}
WRONG_ENDINGS = {
    ".con": ".com",
    ".cmo": ".com",
    ".ocm": ".com",
    ".comm": ".com",
    ".con.tr": ".com.tr",
}
_PLAIN = str.maketrans("çÇğĞıİöÖşŞüÜâÂîÎûÛ", "cCgGiIoOsSuUaAiIuU")
LONGEST_ADDRESS = 254
_USUAL_LOCAL = re.compile(r"(?=.{1,64}$)[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*")
_SEVERAL = re.compile(r"@.*[;,\s/].*@")
_WRAPPED = re.compile(r"(?:.*<|mailto:)?\s*([^<>\s]+@[^<>\s]+?)>?[.,;]?", re.IGNORECASE)


def read_address(cell: str) -> str:
    """Return the address in lower case, its domain in ASCII (IDNA).

    Raises BadCell with codes `email_…` (`email_missing` for an empty cell), or what `read_text`
    refuses.
    """
    text = read_text(cell)
    if not text:
        raise BadCell(
            MISSING,
            N_("The e-mail address is missing. Until there is one, this person gets no mail."),
        )
    local, at, domain = text.rpartition("@")
    if not at or not local or not domain or " " in text or text.count("@") > 1:
        raise _malformed(text)
    host = _ascii_domain(domain, text)
    _refuse_typing_error(local, host)
    if not local.isascii():
        raise BadCell(
            "email_letters",
            N_(
                "Before the @ stand letters that mail servers don't take, such as ı or ş. Did you"
                " mean %(suggestion)s?"
            ),
            suggestion=_readable(f"{local.translate(_PLAIN).lower()}@{host}"),
        )
    return _validated(f"{local}@{host}", text)


def _ascii_domain(domain: str, text: str) -> str:
    """Return the domain as the DNS writes it. İ is mapped first: IDNA would make it i + U+0307."""
    if domain.isascii():
        return domain.lower()
    if "I" in domain:
        raise BadCell(
            "email_domain_case",
            N_("The capital I of the domain can mean i or ı. Write the domain in small letters."),
        )
    try:
        return idna.encode(domain.replace("İ", "i"), uts46=True).decode("ascii")
    except idna.IDNAError:
        raise _malformed(text) from None


def _refuse_typing_error(local: str, host: str) -> None:
    meant = TYPED_WRONG.get(host)
    for wrong, right in WRONG_ENDINGS.items():
        if host.endswith(wrong):
            ended = host.removesuffix(wrong) + right
            meant = TYPED_WRONG.get(ended, ended)
    if meant:
        raise BadCell(
            "email_typo",
            N_("The domain seems to be mistyped. Did you mean %(suggestion)s?"),
            suggestion=f"{local.translate(_PLAIN).lower()}@{meant}",
        )


def _validated(address: str, text: str) -> str:
    local, _, host = address.rpartition("@")
    if len(address) <= LONGEST_ADDRESS and _USUAL_LOCAL.fullmatch(local):
        # The library takes its time over each address, and a roster has few domains.
        found = address.lower() if _is_domain(host) else None
    else:
        found = _check(address)
    if found is None:
        raise _malformed(text)
    return found


@lru_cache(maxsize=4096)
def _is_domain(host: str) -> bool:
    return _check(f"a@{host}") is not None


def _check(address: str) -> str | None:
    """Return the address in lower case if it is well written."""
    try:
        # `test_environment` admits .test, where rehearsals live; nothing is ever delivered there.
        found = validate_email(
            address,
            check_deliverability=False,
            allow_smtputf8=False,
            test_environment=True,
            strict=True,
        )
    except EmailNotValidError:
        return None
    return f"{found.local_part}@{found.ascii_domain}".lower()


def _malformed(text: str) -> BadCell:
    if _SEVERAL.search(text):
        return BadCell("email_several", N_("More than one address stands here. Keep one."))
    suggestion = _suggest(text)
    if suggestion is None:
        return BadCell(
            "email_malformed",
            N_(
                "This is no e-mail address. Write it as ayse@example.com. A good address from an"
                " earlier list stays."
            ),
        )
    return BadCell(
        "email_malformed",
        N_("This is no e-mail address. Did you mean %(suggestion)s?"),
        suggestion=suggestion,
    )


def _suggest(text: str) -> str | None:
    """Return the address inside a wrapping or without its blanks and doubled dots, if it is one."""
    found = _WRAPPED.fullmatch(text)
    squeezed = found[1] if found else re.sub(r"\s+", "", text)
    local, _, domain = re.sub(r"\.{2,}", ".", squeezed).replace(".@", "@").rpartition("@")
    if not domain.isascii() and "I" in domain:
        return None
    address = _check(f"{local.translate(_PLAIN)}@{domain.replace('İ', 'i')}")
    return address and _readable(address)


def _readable(address: str) -> str:
    """Return the address with its domain as people write it: xn--niversite-p9a → üniversite."""
    local, _, host = address.rpartition("@")
    try:
        return f"{local}@{idna.decode(host)}"
    except idna.IDNAError:
        return address
