"""The nouns of ingestion: what travels between crawl, extract, chunk, embed and publish.

All frozen; nothing here does work. `Reason` is the vocabulary of the ledger: every address that was
not taken carries one, and `sentences.py` holds the owner's sentence for each.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID


class PageStatus(StrEnum):
    FETCHED = "fetched"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


class Reason(StrEnum):
    """Why an address or file was not (or not wholly) taken. Values stand in the ledger."""

    ROBOTS_DISALLOWED = "robots_disallowed"
    ROBOTS_UNREACHABLE = "robots_unreachable"
    OUT_OF_SCOPE = "out_of_scope"
    PAGE_LIMIT = "page_limit"
    DEPTH_LIMIT = "depth_limit"
    DUPLICATE = "duplicate"
    NOT_TEXT = "not_text"
    NOINDEX = "noindex"
    EMPTY = "empty"
    SCRIPT_SHELL = "script_shell"
    TOO_LARGE = "too_large"
    ENCRYPTED = "encrypted"
    BROKEN = "broken"
    PARSE_TIMEOUT = "parse_timeout"
    PARSE_LIMIT = "parse_limit"
    NO_SUCH_HOST = "no_such_host"
    REFUSED_ADDRESS = "refused_address"
    CONNECT_FAILED = "connect_failed"
    TLS_FAILED = "tls_failed"
    TIMEOUT = "timeout"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    BAD_RESPONSE = "bad_response"
    BAD_ADDRESS = "bad_address"
    FORBIDDEN = "forbidden"
    CHALLENGE = "challenge"
    NOT_FOUND = "not_found"
    GONE = "gone"
    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    HTTP_ERROR = "http_error"
    EXCLUDED = "excluded"  # by the owner's own rules
    WOULD_BE_READ = "would_be_read"  # in a preview: met, allowed, not asked
    ROBOTS_OVERRIDDEN = "robots_overridden"  # a mark: read although robots.txt forbids it to others, for the owner
    RENDERED = "rendered"  # a mark: read with a browser, because it is empty without JavaScript
    SOFT_NOT_FOUND = "soft_not_found"
    SITEMAP_CUT = "sitemap_cut"  # not all of a sitemap could be used
    TRAP = "trap"  # one of very many addresses of the same making
    PARSE_INCOMPLETE = "parse_incomplete"  # clearly more stood there than could be read
    UNSUPPORTED = "unsupported"  # a kind of file that nothing here reads, such as .doc
    SCANNED = "scanned"  # pictures of text
    OWN_SERVICE = "own_service"  # an address of this very installation


MARKS = frozenset({Reason.ROBOTS_OVERRIDDEN, Reason.RENDERED})  # said of pages that were wholly taken


class BlockKind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    LIST_ITEM = "list_item"
    TABLE_ROW = "table_row"  # cells joined by " | "; `header` holds the column names' row, if any


@dataclass(frozen=True, slots=True)
class Block:
    """One readable line or paragraph. `text` has no newline; `level` 1-6 for headings, else 0."""

    kind: BlockKind
    text: str
    level: int = 0
    page: int | None = None  # 1-based, for documents that have pages
    header: str | None = None
    aside: bool = False  # beside a web page's main text: menu, footer, teasers


@dataclass(frozen=True, slots=True)
class ExtractedDocument:
    """What one page or file says. `reason` is set when nothing, or not all, could be read."""

    title: str
    blocks: tuple[Block, ...]
    links: tuple[str, ...] = ()  # absolute http(s), fragment removed, in order of appearance
    language: str | None = None  # two letters, as declared by the document
    canonical: str | None = None
    noindex: bool = False
    nofollow: bool = False
    words: int = 0
    pages: int | None = None
    removed: int = 0  # hidden or unprintable characters taken out
    reason: Reason | None = None
    detail: str | None = None  # a figure for the sentence: a limit, a page count
    structured: tuple[StructuredItem, ...] = ()  # what the page declares for machines
    scans: tuple[int, ...] = ()  # pages that are pictures of text, and were not read


@dataclass(frozen=True, slots=True)
class StructuredItem:
    """One schema.org item, from JSON-LD or microdata: types and properties, nested items as StructuredItem fields.

    `properties`: name → list of strings or of nested objects of the same shape ({"types": […], "properties": {…}}),
    JSON all through. Pruned to a bounded size by the extractor.
    """

    origin: str  # json_ld | microdata
    types: tuple[str, ...]  # without the schema.org prefix: "Restaurant", "OpeningHoursSpecification"
    properties: dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class LedgerEntry:
    """What became of one address. `reason` is None only for pages wholly taken."""

    url: str
    status: PageStatus
    reason: Reason | None = None
    http: int | None = None
    bytes: int = 0
    words: int = 0
    depth: int = 0
    detail: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A stored document version, as the chunker reads it. `text` joins the blocks with newlines."""

    document_id: UUID
    version_id: UUID
    url: str
    title: str
    language: str | None
    text: str
    blocks: tuple[StoredBlock, ...]
    structured: tuple[StructuredItem, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """A block as a span of its version's text."""

    kind: BlockKind
    start: int
    end: int
    level: int = 0
    page: int | None = None
    header: str | None = None
    aside: bool = False


class ChunkKind(StrEnum):
    PAGE = "page"
    RECURRING = "recurring"  # what stands on most pages, kept once


@dataclass(frozen=True, slots=True)
class Chunk:
    """A passage of at most 400 tokens.

    `text == "\\n".join(version.text[s:e] for s, e in spans)` always holds. `windows` are the texts
    that are embedded: first the whole passage, then small windows of it, each with the title and
    heading path in front.
    """

    document_id: UUID
    version_id: UUID
    kind: ChunkKind
    title: str
    heading_path: tuple[str, ...]
    text: str
    spans: tuple[tuple[int, int], ...]
    tokens: int
    windows: tuple[str, ...]
    page: int | None = None
    language: str | None = None


class IngestStatus(StrEnum):
    PUBLISHED = "published"
    HELD = "held"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class PageCounts:
    fetched: int = 0
    unchanged: int = 0
    skipped: int = 0
    failed: int = 0


@dataclass(frozen=True, slots=True)
class ChunkCounts:
    total: int = 0
    new: int = 0
    reused: int = 0


@dataclass(frozen=True, slots=True)
class IngestReport:
    """The outcome of one run over one source; its JSON is `milo ingest --json`."""

    generation: int | None
    status: IngestStatus
    seconds: float
    pages: PageCounts
    chunks: ChunkCounts
    ledger: tuple[LedgerEntry, ...] = field(default=())
    reason: str | None = None  # one sentence for the owner, when held or failed
