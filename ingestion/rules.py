"""The owner's own rules of what of a site is read: patterns over path and query, in and out.

A pattern is matched from the first sign of the path on, as in robots.txt: `/shop/` is everything below
that folder, `/shop` also /shopping, `*` stands for any run of signs, `$` for the end (`/*.pdf$`,
`/news/2019*`, `/a?b=1$`). Case counts. Without an include rule everything is in; an exclude rule always
wins. The start address is asked in any case, because its links lead to the rest. Pure; used by the
frontier, by collect.py and by the forms that take rules.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import quote, unquote_to_bytes, urlsplit

MAX_RULES = 100
MAX_LENGTH = 500
_BAD = re.compile(r"[\x00-\x20\x7f]")


@dataclass(frozen=True, slots=True)
class Pattern:
    text: str  # as the owner wrote it, for the ledger
    spelled: str  # percent-encoding made one

    @classmethod
    def of(cls, text: str) -> Pattern:
        return cls(text, one_encoding(text))

    def matches(self, target: str) -> bool:
        """`target`: path and query, percent-encoding made one. Part after part, so that no pattern takes long."""
        ends = self.spelled.endswith("$")
        first, *rest = (self.spelled[:-1] if ends else self.spelled).split("*")
        if not target.startswith(first):
            return False
        at = len(first)
        if not rest:
            return at == len(target) or not ends
        for part in rest[:-1]:
            found = target.find(part, at)
            if found < 0:
                return False
            at = found + len(part)
        if ends:
            return target.endswith(rest[-1]) and len(target) - len(rest[-1]) >= at
        return target.find(rest[-1], at) >= 0


@dataclass(frozen=True, slots=True)
class Rules:
    include: tuple[Pattern, ...] = ()
    exclude: tuple[Pattern, ...] = ()

    @classmethod
    def of(cls, include: Sequence[str], exclude: Sequence[str]) -> Rules:
        """From stored patterns, which `checked_pattern` has seen before."""
        return cls(tuple(map(Pattern.of, include)), tuple(map(Pattern.of, exclude)))

    def leaves_out(self, url: str) -> str | None:
        """The rule that keeps this address out, as told in the ledger; None for what may be read."""
        if not self.include and not self.exclude:
            return None
        target = one_encoding(target_of(url))
        for pattern in self.exclude:
            if pattern.matches(target):
                return pattern.text
        if self.include and not any(pattern.matches(target) for pattern in self.include):
            return f"only {', '.join(pattern.text for pattern in self.include[:3])}"
        return None


def checked_pattern(typed: str) -> str:
    """What is stored of a typed rule. Raises ValueError with the owner's sentence.

    A whole address counts with its path and query; what begins with neither `/` nor `*` is put below the root.
    """
    text = typed.strip()
    if re.match(r"https?://", text, re.I):
        try:
            text = target_of(text)
        except ValueError:
            raise ValueError(f"“{text[:60]}” is no address. Copy it from your browser, or write its path.") from None
    if not text or text in ("$", "/$$"):
        raise ValueError("A rule needs a path, such as /shop/ or /*.pdf$.")
    if len(text) > MAX_LENGTH:
        raise ValueError(f"A rule may have at most {MAX_LENGTH} characters.")
    if _BAD.search(text):
        raise ValueError(f"“{text[:60]}” is no rule: a path has no spaces. Write %20 for a space.")
    return text if text.startswith(("/", "*")) else f"/{text}"


def exact_pattern(url: str) -> str:
    """The rule for this one address and no other. A `*` in the address itself may match more: there is no escape."""
    return f"{target_of(url)}$"


def folder_of(start: str) -> str | None:
    """`/shop/` for a start address below a folder: what a form may offer as an include rule. None for the root."""
    path = urlsplit(start).path
    folder = path if path.endswith("/") else posixpath.dirname(path).rstrip("/") + "/"
    return folder if folder not in ("", "/") else None


def target_of(url: str) -> str:
    """Path and query, as rules and robots.txt see them."""
    parts = urlsplit(url)
    return (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def one_encoding(text: str) -> str:
    """Rules and addresses are compared with the same signs percent-encoded (RFC 9309, 2.2.2)."""
    return quote(unquote_to_bytes(text.encode("utf-8", errors="replace")), safe="/?&=*$:@!'()+,;~-._[]")
