"""What a page of ours must not hold, whoever wrote what stands in it: elements, attributes and addresses.

HTML in, sentences on what is wrong with it out. Parsed, not searched: a tag as text is text.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from html.parser import HTMLParser
from urllib.parse import urlsplit

ACTING = frozenset(
    "iframe object embed base video audio source picture math noscript image use frame applet portal style"
    " milo-chat".split()
)
ADDRESSES = frozenset("href src action formaction poster data srcset xlink:href cite background hx-get hx-post".split())
UNSEEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f]")


def wrong_with(html: str, *, hosts: Collection[str] = (), own: Collection[str] = ()) -> list[str]:
    """`hosts`: that links may lead to, beside this site; `own`: what our own page has of `ACTING`."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    wrong = [f"element {tag}" for tag in reader.tags if tag in ACTING and tag not in own]
    for tag, name, value in reader.attributes:
        if name.startswith("on") or name == "style" or name == "srcdoc":
            wrong.append(f"attribute {name} of {tag}")
        if tag == "meta" and value.lower() in ("refresh", "set-cookie"):
            wrong.append("meta refresh")
        if name in ADDRESSES and tag != "meta":
            wrong += _wrong_address(tag, value, hosts)
        if tag in ("img", "script", "link") and name in ("src", "href") and not value.startswith("/"):
            wrong.append(f"{tag} from {value[:60]}")
    if found := UNSEEN.search(reader.text):
        wrong.append(f"U+{ord(found.group()):04X} in the text")
    return wrong


def _wrong_address(tag: str, value: str, hosts: Collection[str]) -> list[str]:
    plain = re.sub(r"[\x00-\x20]", "", value)
    parts = urlsplit(plain)
    if parts.scheme and parts.scheme.lower() not in ("http", "https", "mailto", "tel"):
        return [f"scheme {parts.scheme[:20]} of {tag}"]
    if "@" in parts.netloc:
        return [f"userinfo in {plain[:60]}"]
    if parts.netloc and parts.hostname not in hosts:
        return [f"{tag} leads to {parts.netloc[:60]}"]
    return []


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(tag, name.lower(), value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.text += data
