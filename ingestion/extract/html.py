"""Bytes of an HTML page in, an `ExtractedDocument` out. Runs in the parsing child (read.py).

Lexbor reads first. Where it gives up, or finds suspiciously little of what the bytes seem to show,
beautifulsoup4 gives a second opinion and the richer reading is taken (docs/decisions/0002). What is
still suspicious afterwards is marked PARSE_LIMIT, so that nothing is lost in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from urllib.parse import urljoin, urlsplit

from ingestion.extract import lexbor, soup
from ingestion.extract.article import mark_article
from ingestion.extract.blocks import read_blocks
from ingestion.extract.clean import clean, count_words
from ingestion.extract.decode import decode
from ingestion.extract.hidden import take_out_hidden
from ingestion.extract.tree import REFERENCES, Page
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason

MAX_BYTES = 5 * 1024 * 1024
_SUSPICIOUS_SHARE = 0.25  # of the letters that plain tag stripping finds
_SUSPICIOUS_LETTERS = 400
_MAX_LINKS = 5_000
_HIDDEN_LETTERS = 400  # of which a page may be made visible by its script
_NOT_SHOWN = re.compile(
    r"<(script|style|template|noscript|svg|head|noframes|iframe|textarea|select)\b.*?</\1\s*>|<!--.*?-->", re.I | re.S
)
_TAG = re.compile(r"<[^<>]{0,2000}>")
_SHELL_ROOT = re.compile(
    r"<(?:div|main|section)[^>]{0,200}\bid=[\"']?(?:root|app|__next|__nuxt|___gatsby|q-app|svelte|react-root|main-app)[\"']?"
    r"[^>]{0,200}>\s*(?:<!--[^>]*-->\s*)?</|<(?:app-root|my-app|ion-app)\b[^>]{0,200}>\s*(?:loading[.…]*)?\s*</",
    re.I,
)
_SHELL_WORDS = 40
_SHELL_FEW_WORDS = 12
_REFRESH = re.compile(r"^\s*\d+(?:\.\d+)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'>]+)", re.I)


def extract_html(body: bytes, url: str, charset: str | None) -> ExtractedDocument:
    """Never raises for bad pages; `reason` says what is missing."""
    if len(body) > MAX_BYTES:
        return ExtractedDocument(title="", blocks=(), reason=Reason.TOO_LARGE, detail="5 MB")
    text = decode(body, charset, is_html=True)
    page, blocks, removed, reason = _read(text)
    words = sum(count_words(block.text) for block in blocks)
    robots = _robots(page)
    if _is_script_shell(page, text, words):
        reason = Reason.SCRIPT_SHELL
    elif words == 0:
        reason = reason or Reason.EMPTY
    return ExtractedDocument(
        title=_title(page, blocks),
        blocks=tuple(blocks),
        links=_links(page, url),
        language=_language(page),
        canonical=_canonical(page, url),
        noindex="noindex" in robots or "none" in robots,
        nofollow="nofollow" in robots or "none" in robots,
        words=words,
        removed=removed,
        reason=reason,
    )


def _read(text: str) -> tuple[Page, list[Block], int, Reason | None]:
    page, blocks, removed = _with(lexbor.parse, text)
    shown = _letters_shown(text)
    if page is not None and (shown < _SUSPICIOUS_LETTERS or _letters(blocks) >= shown * _SUSPICIOUS_SHARE):
        return page, blocks, removed, None
    other, other_blocks, other_removed = _with(soup.parse, text)
    if other is not None and (page is None or _letters(other_blocks) > 2 * _letters(blocks)):
        page, blocks, removed = other, other_blocks, other_removed
    if page is None:
        return Page(body=_NOTHING.body), [], 0, Reason.BROKEN
    if _letters(blocks) < shown * 0.01:
        return page, blocks, removed, Reason.PARSE_LIMIT
    return page, blocks, removed, None


_NOTHING = lexbor.parse("")


def _with(parse: Callable[[str], Page], text: str) -> tuple[Page | None, list[Block], int]:
    """One engine's reading. An engine that gives up is reported by the other's reading or by BROKEN."""
    try:
        page = parse(text)
        hidden = take_out_hidden(page)
        mark_article(page.body)
        blocks, removed = read_blocks(page.body)
        if hidden > _HIDDEN_LETTERS and sum(len(block.text) for block in blocks) < 200:
            # A page that is hidden as a whole until its script has run: what is left when it is shown.
            bare = parse(text)
            mark_article(bare.body)
            bare_blocks, bare_removed = read_blocks(bare.body)
            if _letters(bare_blocks) > 10 * max(_letters(blocks), 40):
                return bare, bare_blocks, bare_removed
        return page, blocks, removed + hidden
    except (ValueError, RuntimeError, AssertionError, RecursionError):
        return None, [], 0


def _letters(blocks: list[Block]) -> int:
    return sum(sum(map(str.isalnum, block.text)) for block in blocks)


def _letters_shown(text: str) -> int:
    """What plain tag stripping finds: a rough measure that shares no code with either engine."""
    return sum(map(str.isalnum, unescape(_TAG.sub(" ", _NOT_SHOWN.sub(" ", text)))))


def _is_script_shell(page: Page, text: str, words: int) -> bool:
    """An empty mounting point, or hardly a word beside scripts: a browser would build the page."""
    if words < _SHELL_WORDS and _SHELL_ROOT.search(text):
        return True
    scripted = page.scripts >= 3 or page.script_bytes > 20_000 or "javascript" in page.noscript.lower()
    return words < _SHELL_FEW_WORDS and scripted


def _title(page: Page, blocks: list[Block]) -> str:
    candidates = [page.title]
    candidates += [meta.get("content", "") for meta in page.metas if meta.get("property", "").lower() == "og:title"]
    candidates += [block.text for block in blocks if block.kind is BlockKind.HEADING][:1]
    for candidate in candidates:
        title, _ = clean(candidate)
        if any(sign.isalnum() for sign in title):
            return title[:300]
    return ""


def _robots(page: Page) -> set[str]:
    said: set[str] = set()
    for meta in page.metas:
        if meta.get("name", "").lower() in ("robots", "milo"):
            said.update(part.strip().lower() for part in meta.get("content", "").split(","))
    return said


def _language(page: Page) -> str | None:
    candidates = [page.language]
    candidates += [m.get("content", "") for m in page.metas if m.get("http-equiv", "").lower() == "content-language"]
    candidates += [m.get("content", "") for m in page.metas if m.get("property", "").lower() == "og:locale"]
    for candidate in candidates:
        short = re.split(r"[-_,; ]", candidate.strip().lower())[0]
        if re.fullmatch(r"[a-z]{2}", short):
            return short
    return None


def _canonical(page: Page, url: str) -> str | None:
    for tag, attributes in page.references:
        if tag == "link" and "canonical" in attributes.get("rel", "").lower().split():
            return _absolute(attributes.get("href", ""), _base(page, url))
    return None


def _links(page: Page, url: str) -> tuple[str, ...]:
    base = _base(page, url)
    found: dict[str, None] = {}
    for tag, attributes in page.references:
        if tag == "link" and not {"alternate", "canonical", "next", "prev"} & set(
            attributes.get("rel", "").lower().split()
        ):
            continue
        if tag == "link" and ("xml" in attributes.get("type", "") or "json" in attributes.get("type", "")):
            continue
        link = _absolute(attributes.get(REFERENCES[tag], ""), base)
        if link is not None:
            found[link] = None
    for meta in page.metas:
        match = _REFRESH.match(meta.get("content", "")) if meta.get("http-equiv", "").lower() == "refresh" else None
        link = _absolute(match.group(1), base) if match else None
        if link is not None:
            found[link] = None
    return tuple(found)[:_MAX_LINKS]


def _base(page: Page, url: str) -> str:
    return _absolute(page.base, url) or url if page.base else url


def _absolute(reference: str, base: str) -> str | None:
    """None for what leads nowhere: other schemes, nonsense, addresses over 2,048 characters."""
    reference = re.sub(r"[\t\r\n]", "", reference).strip()
    if not reference or reference.startswith(("#", "mailto:", "tel:", "javascript:", "data:", "sms:", "whatsapp:")):
        return None
    try:
        link = urljoin(base, reference).split("#", 1)[0]
        parts = urlsplit(link)
    except ValueError:
        return None
    return link if parts.scheme in ("http", "https") and parts.netloc and len(link) <= 2048 else None
