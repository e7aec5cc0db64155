"""Bytes of an HTML page in, an `ExtractedDocument` out. Runs in the parsing child (read.py).

Lexbor reads first. Where it gives up, or finds suspiciously little of what the bytes seem to show,
beautifulsoup4 gives a second opinion and the richer reading is taken (docs/decisions/0006). What is
still suspicious afterwards is marked PARSE_INCOMPLETE, so that nothing is lost in silence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from html import unescape
from urllib.parse import urljoin, urlsplit

from ingestion.extract import lexbor
from ingestion.extract.article import mark_article
from ingestion.extract.blocks import read_blocks
from ingestion.extract.clean import clean, count_words
from ingestion.extract.decode import decode
from ingestion.extract.hidden import take_out_hidden
from ingestion.extract.shell import is_script_shell
from ingestion.extract.structured import read_structured
from ingestion.extract.tree import REFERENCES, Element, Page
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason, StructuredItem

MAX_BYTES = 5 * 1024 * 1024
_SUSPICIOUS_SHARE = 0.25  # of the letters that plain tag stripping finds
_LEAST_SHARE = 0.01
_WEIGHED_ELEMENTS = 60_000  # with more, nothing counts as standing beside: weighing costs as much again as reading
_SUSPICIOUS_LETTERS = 400
_TITLE_CHARACTERS = 300
_MAX_LINKS = 5_000
_HIDDEN_LETTERS = 400  # of which a page may be made visible by its script
_SILENT = (
    "script",
    "style",
    "template",
    "noscript",
    "svg",
    "head",
    "noframes",
    "iframe",
    "textarea",
    "select",
    "object",
    "video",
    "audio",
    "canvas",
    "datalist",
)
_ARTICLE_TYPE = re.compile(r'"@type"\s*:\s*\[?\s*"(?:News|Blog|Reportage|Opinion)?(?:Article|Posting)"')
_DECLARED_CHARACTERS = 100_000
_TAG_NAME = re.compile(r"[a-zA-Z][a-zA-Z0-9-]{0,40}")
_REFRESH = re.compile(r"^\s*\d+(?:\.\d+)?\s*[;,]\s*(?:url\s*=\s*)?[\"']?([^\"'>]+)", re.I)


def extract_html(body: bytes, url: str, charset: str | None) -> ExtractedDocument:
    """Never raises for bad pages; `reason` says what is missing."""
    if len(body) > MAX_BYTES:
        return ExtractedDocument(title="", blocks=(), reason=Reason.TOO_LARGE, detail="5 MB")
    text = decode(body, charset, is_html=True)
    reading, reason, detail = _read(text)
    page, blocks = reading.page, reading.blocks
    words = sum(count_words(block.text) for block in blocks)
    robots = _robots(page)
    if is_script_shell(page, blocks, words):
        reason, detail = Reason.SCRIPT_SHELL, None
    elif words == 0 and reason is None:
        reason, detail = Reason.EMPTY, "HTML"  # the sentence for the owner speaks of a page then, not of a scan
    return ExtractedDocument(
        title=_title(page, blocks),
        blocks=tuple(blocks),
        links=_links(page, url),
        language=_language(page),
        canonical=_canonical(page, url),
        noindex="noindex" in robots or "none" in robots,
        nofollow="nofollow" in robots or "none" in robots,
        words=words,
        removed=reading.removed,
        reason=reason,
        detail=detail,
        structured=reading.structured,
    )


@dataclass(frozen=True, slots=True)
class _Reading:
    page: Page
    blocks: list[Block]
    removed: int
    structured: tuple[StructuredItem, ...]

    @property
    def letters(self) -> int:
        return sum(sum(map(str.isalnum, block.text)) for block in self.blocks)


def _read(text: str) -> tuple[_Reading, Reason | None, str | None]:
    reading = _with(lexbor.parse, text)
    shown = _letters_shown(text)
    enough = shown < _SUSPICIOUS_LETTERS
    if reading is not None and (enough or reading.letters >= shown * _SUSPICIOUS_SHARE):
        return reading, None, None
    from ingestion.extract import soup  # 0.15 s of imports, for the one page in hundreds that needs a second look

    other = _with(soup.parse, text)
    if other is not None and (reading is None or other.letters > 2 * reading.letters):
        reading = other
    if reading is None:
        return _Reading(Page(body=Element("body", {})), [], 0, ()), Reason.BROKEN, None
    if not enough and reading.letters + reading.removed < shown * _LEAST_SHARE:
        return reading, Reason.PARSE_INCOMPLETE, f"{reading.letters} of about {shown} letters"
    return reading, None, None


def _with(parse: Callable[[str], Page], text: str) -> _Reading | None:
    """One engine's reading. An engine that gives up is reported by the other's reading or by BROKEN."""
    try:
        page = parse(text)
        structured = read_structured(page)
        hidden = take_out_hidden(page)
        marked = page.elements <= _WEIGHED_ELEMENTS and mark_article(page.body, declared=_is_declared_article(page))
        blocks, removed = read_blocks(page.body, is_article=marked)
        reading = _Reading(page, blocks, removed + hidden, structured)
        if hidden > _HIDDEN_LETTERS and reading.letters < _HIDDEN_LETTERS // 2:
            # A page that is hidden as a whole until its script has run: what is left when it is shown.
            bare = parse(text)
            marked = mark_article(bare.body, declared=_is_declared_article(bare))
            bare_blocks, bare_removed = read_blocks(bare.body, is_article=marked)
            shown = _Reading(bare, bare_blocks, bare_removed, structured)
            if shown.letters > 10 * max(reading.letters, 40):
                return shown
        return reading
    except (ValueError, RuntimeError, AssertionError, RecursionError):
        return None


def _is_declared_article(page: Page) -> bool:
    said = any(
        meta.get("property", "").lower() == "og:type" and meta.get("content", "").strip().lower() == "article"
        for meta in page.metas
    )
    return said or any(_ARTICLE_TYPE.search(script[:_DECLARED_CHARACTERS]) for script in page.declared[:20])


def _letters_shown(text: str) -> int:
    """What plain tag stripping finds: a rough measure that shares no code with either engine. Linear."""
    kept: list[str] = []
    lower = text.lower()
    if len(lower) != len(text):  # a few letters become two
        lower = re.sub("[A-Z]+", lambda match: match.group().lower(), text)
    unclosed: set[str] = set()
    at = 0
    while (tag := text.find("<", at)) >= 0:
        kept.append(text[at:tag])
        name = _TAG_NAME.match(lower, tag + 1)
        if lower.startswith("!--", tag + 1):
            at = _after(text, "-->", tag + 4, unclosed)
        elif name is not None and name.group() in _SILENT:
            at = _after(lower, f"</{name.group()}", name.end(), unclosed)
        elif name is None and text[tag + 1 : tag + 2] not in ("/", "!", "?"):
            at = tag + 1
            continue
        else:
            at = tag + 1
        closed = text.find(">", at, at + 2_000)
        at = closed + 1 if closed >= 0 else at
    kept.append(text[at:])
    return sum(map(str.isalnum, unescape(" ".join(kept))))


def _after(text: str, closing: str, start: int, unclosed: set[str]) -> int:
    """Where what is not shown ends; what is never closed is counted as shown, and looked for once."""
    end = -1 if closing in unclosed else text.find(closing, start)
    if end < 0:
        unclosed.add(closing)
        return start
    return end + len(closing) - (closing == "-->")


def _title(page: Page, blocks: list[Block]) -> str:
    candidates = [page.title]
    candidates += [meta.get("content", "") for meta in page.metas if meta.get("property", "").lower() == "og:title"]
    candidates += [block.text for block in blocks if block.kind is BlockKind.HEADING][:1]
    for candidate in candidates:
        title, _ = clean(candidate)
        if any(sign.isalnum() for sign in title):
            return title if len(title) <= _TITLE_CHARACTERS else title[:_TITLE_CHARACTERS].rstrip() + "…"
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
