"""What parts of a page say that are no text: pictures, choices of a form, links that only dial or write.

Called by blocks.py for single elements; each gives the text a visitor would take from it, or "".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import unquote

from ingestion.extract.clean import clean
from ingestion.extract.tree import Element

_FILE_NAME = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|bmp|avif)\b|^(?:img|dsc|image|photo|bild|foto|screenshot|logo|icon)[-_ ]?\d*$", re.I
)
_ALT_CHARACTERS = 500  # a longer one describes no picture
_OPTIONS_SHOWN = 60
_NO_CHOICE = re.compile(
    r"^[-–—.…\s]*(?:please (?:select|choose).*|(?:bitte )?(?:aus)?wählen.*|select.*|choose.*)?$", re.I
)
_PRICE = re.compile(r"[^\d]{0,6}\d[\d\s.,'’]{0,12}[^\d]{0,8}")
_DIALLED = re.compile(r"[\d+().\s/-]{5,40}")


def picture_text(image: Element) -> str:
    """An alternative text that says something; "" for file names and decoration."""
    if image.get("role") in ("presentation", "none") or image.get("aria-hidden") == "true":
        return ""
    if image.get("width") in ("0", "1") or image.get("height") in ("0", "1"):
        return ""
    alt = image.get("alt")
    if len(alt) > _ALT_CHARACTERS:
        return ""
    text, _ = clean(alt)
    says = len(text) >= 3 and any(sign.isalpha() for sign in text) and not _FILE_NAME.search(text)
    return text if says else ""


def options_text(select: Element) -> str:
    """The choices, those of a group behind its name."""
    groups: dict[str, list[str]] = {}
    for number, (group, option) in enumerate(_options(select, "")):
        if number == _OPTIONS_SHOWN:
            groups.setdefault(group, []).append("…")
            break
        text, _ = clean(option.get("label") or "".join(texts(option)))
        if text and not _NO_CHOICE.match(text):
            groups.setdefault(group, []).append(text)
    parts = [f"{name}: {', '.join(names)}" if name else ", ".join(names) for name, names in groups.items()]
    return "; ".join(parts)


def _options(element: Element, group: str) -> Iterator[tuple[str, Element]]:
    for child in element.children:
        if isinstance(child, str):
            continue
        if child.tag == "option":
            yield group, child
        elif child.tag == "optgroup":
            yield from _options(child, clean(child.get("label"))[0])
        elif child.tag not in ("optgroup", "select"):
            yield from _options(child, group)


def field_text(field: Element) -> str:
    """What stands in a form's field before anybody fills it in, where it tells something."""
    kind = field.get("type").lower()
    if kind in ("submit", "button", "reset"):
        return clean(field.get("value")[:200])[0]
    if kind in ("hidden", "password", "checkbox", "radio", "image", "file"):
        return ""
    if "readonly" in field.attributes or "disabled" in field.attributes:
        return clean(field.get("value")[:200])[0]
    hint, _ = clean(field.get("placeholder")[:200])
    return hint if any(sign.isdigit() for sign in hint) or len(hint.split()) >= 4 else ""


def link_target(link: Element, shown: str) -> str:
    """The number or address behind "Call us" or an icon, where the link does not show it."""
    reference = link.get("href").strip()[:200]
    scheme, _, rest = reference.partition(":")
    value = unquote(rest.partition("?")[0]).strip("/ ")
    if scheme.lower() == "tel" and _DIALLED.fullmatch(value) and not any(sign.isdigit() for sign in shown):
        return clean(value)[0]
    if scheme.lower() == "mailto" and "@" in value and "@" not in shown and "(at)" not in shown.lower():
        return clean(value)[0]
    return ""


def protected_mail(element: Element) -> str:
    """Cloudflare's e-mail protection: a script of the page shows the address to every visitor."""
    code = element.get("data-cfemail")[:400]
    try:
        raw = bytes.fromhex(code)
    except ValueError:
        return ""
    text = bytes(byte ^ raw[0] for byte in raw[1:]).decode("utf-8", errors="replace") if raw else ""
    return clean(text)[0] if "@" in text else ""


def is_struck_price(element: Element) -> bool:
    """A price that no longer holds: struck out, beside the one that does."""
    return bool(_PRICE.fullmatch(" ".join("".join(texts(element)).split())[:60]))


def texts(element: Element) -> list[str]:
    """All strings below, in order."""
    found: list[str] = []
    stack: list[Element | str] = list(reversed(element.children))
    while stack:
        node = stack.pop()
        if isinstance(node, str):
            found.append(node)
        else:
            stack.extend(reversed(node.children))
    return found
