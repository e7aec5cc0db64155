"""A mail address as an account knows it: one spelling for one mailbox.

Comes in: what a person typed. Goes out: lower case, Unicode folded, the domain in its ASCII form, so
that a look-alike domain is another address and a capital is not. A +tag stays (it is the person's own
mailbox rule, not ours) but does not buy a second allowance: see `allowance_pattern`.
"""

from __future__ import annotations

import re
import unicodedata

from app.errors import BadInput

LOCAL = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*")


def normalised(typed: str) -> str:
    """Raises BadInput with one sentence for anything that is no mail address."""
    text = unicodedata.normalize("NFKC", typed).strip().lower()
    local, at, domain = text.rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii").lower()
    except UnicodeError:
        ascii_domain = ""
    whole = f"{local}@{ascii_domain}"
    if (
        not at
        or len(whole) > 254
        or len(local) > 64
        or not LOCAL.fullmatch(local)
        or not DOMAIN.fullmatch(ascii_domain)
    ):
        raise BadInput("That is not a mail address. It should look like name@example.com.", code="bad_email")
    return whole


def domain_of(email: str) -> str:
    return email.rpartition("@")[2]


def allowance_pattern(email: str) -> str:
    """A POSIX expression that matches this address under every +tag."""
    local, _, domain = email.rpartition("@")
    plain = local.partition("+")[0] or local
    return rf"^{_quoted(plain)}(\+[^@]*)?@{_quoted(domain)}$"


def _quoted(text: str) -> str:
    return re.sub(r"([^a-z0-9])", r"\\\1", text)
