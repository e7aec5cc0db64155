"""One address asked and read: what became of it, and what it says. Called by crawl.py for each address."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from email.message import Message
from uuid import UUID

from ingestion.addresses import ending
from ingestion.extract.child import DOCUMENT_LIMIT
from ingestion.extract.kinds import CSV, OFFICE_ENDINGS, TSV
from ingestion.extract.read import EXTRACTOR_VERSION, HTML_TYPES, READABLE
from ingestion.model import Block, ExtractedDocument, PageStatus, Reason
from ingestion.ports import Extractor, Fetcher, FetchFailed, FetchResult, Renderer

_BY_ENDING = OFFICE_ENDINGS | {
    "pdf": "application/pdf",
    "md": "text/markdown",
    "markdown": "text/markdown",
    "txt": "text/plain",
}
_MEANINGLESS = frozenset(
    """
    application/octet-stream binary/octet-stream application/force-download application/download
    application/x-download application/zip application/x-zip-compressed
    """.split()
)
_TEXT_ENDINGS = ("text/markdown", CSV, TSV)
_EXCEL_CSV = ("application/vnd.ms-excel", CSV)
_CHALLENGE_HEADERS = {"cf-mitigated": "challenge", "x-amzn-waf-action": ""}
_CHALLENGE_BODY = re.compile(
    rb"/cdn-cgi/challenge-platform/|cf-chl-|cf_chl_opt|_Incapsula_Resource|captcha-delivery\.com|sucuri_cloudproxy_js"
    rb"|ddos-guard|aws-waf-token|awswaf|px-captcha|<title>\s*(?:Just a moment|Attention Required|One moment, please)",
    re.I,
)
_CHALLENGE_ONLY = re.compile(
    rb"_cf_chl_opt|<title>\s*(?:Just a moment|Attention Required)[^<]{0,40}(?:Cloudflare|\.\.\.)", re.I
)
_PICTURES = (b"\x89PNG\r\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"RIFF", b"\0\0\1\0", b"OggS", b"\x1aE\xdf\xa3")
_CHALLENGE_LENGTH = 60_000


@dataclass(frozen=True, slots=True)
class KnownPage:
    """What is stored of an address. `text_hash` of its text alone; conditions empty: ask for it in full."""

    document_id: UUID
    version_id: UUID
    content_hash: bytes
    text_hash: bytes
    links: tuple[str, ...]
    words: int
    etag: str | None
    last_modified: str | None
    language: str | None = None
    missed: int = 0  # readings in a row that found it gone
    current: bool = True  # read by this very extractor
    cut: Reason | None = None  # why only a part of it is stored
    cut_detail: str | None = None
    left: bool = False  # not live any more: what is stored of it must not come back without being read again


@dataclass(frozen=True, slots=True)
class Visit:
    """The answer of one address, before the crawl has compared it with the others."""

    url: str  # the address answered at last, redirects followed
    status: PageStatus
    reason: Reason | None = None
    http: int | None = None
    bytes: int = 0
    detail: str | None = None
    media_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    document: ExtractedDocument | None = None
    redirected: bool = False


async def visit(
    url: str, known: KnownPage | None, fetcher: Fetcher, extractor: Extractor, renderer: Renderer | None = None
) -> Visit:
    """Never raises for what a server or a document does."""
    etag, last_modified = (known.etag, known.last_modified) if known else (None, None)
    try:
        result = await fetcher.fetch(url, max_bytes=DOCUMENT_LIMIT, etag=etag, last_modified=last_modified)
    except FetchFailed as error:
        return Visit(error.url or url, PageStatus.FAILED, error.reason, error.http, detail=error.detail)
    redirected = bool(result.redirects)
    if result.status == 304 and known is not None:
        # The stored links lead on, so that a page that did not change does not hide those behind it.
        return Visit(result.url, PageStatus.UNCHANGED, http=304, redirected=redirected)
    refusal = _refusal(result)
    if refusal is not None:
        detail = str(result.status) if refusal in (Reason.HTTP_ERROR, Reason.SERVER_ERROR) else None
        return Visit(
            result.url, PageStatus.FAILED, refusal, result.status, len(result.body), detail, redirected=redirected
        )
    media_type, charset = media_type_of(result.headers.get("content-type", ""), result.url, result.body)
    if media_type not in READABLE:
        return Visit(
            result.url, PageStatus.SKIPPED, Reason.NOT_TEXT, result.status, len(result.body), media_type[:80],
            redirected=redirected,
        )  # fmt: skip
    document = await extractor.extract(result.body, url=result.url, media_type=media_type, charset=charset)
    rendered = None
    if document.reason is Reason.SCRIPT_SHELL and renderer is not None:
        rendered = await _render(result.url, extractor, renderer)
        document = rendered or document
    return Visit(
        url=result.url,
        status=status_of(document, media_type),
        reason=document.reason if rendered is None else document.reason or Reason.RENDERED,
        http=result.status,
        bytes=len(result.body),
        detail=document.detail,
        media_type=media_type,
        # The bare shell stays the same while what its scripts show changes: it is never asked for conditionally.
        etag=result.headers.get("etag") if rendered is None else None,
        last_modified=result.headers.get("last-modified") if rendered is None else None,
        document=document,
        redirected=redirected,
    )


async def _render(url: str, extractor: Extractor, renderer: Renderer) -> ExtractedDocument | None:
    """What a browser shows of it; None where that gives no text either, so that the shell is what is told."""
    try:
        result = await renderer.render(url)
    except FetchFailed:
        return None
    document = await extractor.extract(result.body, url=result.url, media_type="text/html", charset="utf-8")
    return document if document.blocks and document.reason is not Reason.SCRIPT_SHELL else None


def status_of(document: ExtractedDocument, media_type: str) -> PageStatus:
    """A document that was read in part counts as fetched; its reason still stands in the ledger."""
    if document.reason is Reason.SCRIPT_SHELL:
        return PageStatus.FAILED
    if document.blocks:
        return PageStatus.FETCHED
    empty_page = document.reason is Reason.EMPTY and media_type in HTML_TYPES
    return PageStatus.SKIPPED if empty_page or document.reason is Reason.NOT_TEXT else PageStatus.FAILED


def join_text(blocks: tuple[Block, ...]) -> str:
    """The stored text of a version: its blocks, one a line."""
    return "\n".join(block.text for block in blocks)


def hash_content(document: ExtractedDocument) -> bytes:
    """Equal for equal title, text and structured items, read by the same extractor."""
    declared = json.dumps([asdict(item) for item in document.structured], sort_keys=True)
    text = join_text(document.blocks)
    return hashlib.sha256(f"{EXTRACTOR_VERSION}\x1f{document.title}\x1f{text}\x1f{declared}".encode()).digest()


def hash_text(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()


def media_type_of(content_type: str, url: str, body: bytes) -> tuple[str, str | None]:
    """Type and charset as declared; a missing or meaningless type is told from the ending and the bytes."""
    message = Message()
    message["content-type"] = content_type
    media_type = message.get_content_type() if "/" in content_type else ""
    declared = message.get_param("charset")
    charset = declared if isinstance(declared, str) else None
    by_ending = _BY_ENDING.get(ending(url))
    if media_type in HTML_TYPES and body.startswith(_PICTURES):
        return "application/octet-stream", None  # a picture that is called a page would be read as its bytes
    if not media_type or media_type in _MEANINGLESS:
        start = body[:1024].lstrip().lower()
        if body.startswith(b"%PDF-"):
            return "application/pdf", None
        if start.startswith((b"<!doctype html", b"<html")) or b"<html" in start or b"<body" in start:
            return "text/html", charset
        return by_ending or media_type or ("application/octet-stream" if b"\0" in start else "text/plain"), charset
    # Servers that do not know an ending call it plain text, and a table by the program that opens it.
    if (media_type == "text/plain" and by_ending in _TEXT_ENDINGS) or (media_type, by_ending) == _EXCEL_CSV:
        return by_ending or media_type, charset
    return media_type, charset


def _refusal(result: FetchResult) -> Reason | None:
    status = result.status
    if _is_challenge(result):
        return Reason.CHALLENGE
    if status == 200 or status == 203:
        return None
    known = {404: Reason.NOT_FOUND, 410: Reason.GONE, 429: Reason.RATE_LIMITED}
    if status in known:
        return known[status]
    if status in (401, 402, 403, 407, 451):
        return Reason.FORBIDDEN
    return Reason.SERVER_ERROR if status >= 500 else Reason.HTTP_ERROR


def _is_challenge(result: FetchResult) -> bool:
    """A page that wants to see a browser or a person, whatever status it comes with."""
    for name, value in _CHALLENGE_HEADERS.items():
        if name in result.headers and value in result.headers[name].lower():
            return True
    if len(result.body) > _CHALLENGE_LENGTH:
        return False
    # Pages that passed carry such scripts too: with status 200 only the challenge's own variable counts.
    pattern = _CHALLENGE_ONLY if result.status < 400 and result.status != 202 else _CHALLENGE_BODY
    return bool(pattern.search(result.body))


Known = Mapping[str, KnownPage]
