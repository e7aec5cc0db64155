"""What becomes of one answer, beside all others of the crawl: new, unchanged, a copy, gone, or no page at all.

Called by crawl.py for each answer, in the order of asking. Remembers the texts and lines of what was taken.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from uuid import UUID

from ingestion.likeness import Novelty, Print, is_copy, print_of, print_of_text
from ingestion.model import MARKS, ExtractedDocument, LedgerEntry, PageStatus, Reason
from ingestion.notfound import Missing
from ingestion.traps import Makings, twin
from ingestion.visit import Known, KnownPage, Visit, hash_content, hash_text, join_text

GONE = frozenset({Reason.NOT_FOUND, Reason.GONE})
ASKED_AGAIN = "what it said still answers until the next reading finds nothing there either"
_COPY = 0.9  # of the lines that are not on the start page
_COPY_BY_ITS_OWN_WORD = 0.7

Recall = Callable[[UUID], Awaitable[str]]  # the stored text of a version


@dataclass(frozen=True, slots=True)
class Crawled:
    """An entry of the ledger, with the text to store where there is new text, or the page that stands.

    `keep`: the page's last good text stays, although it was not read this time. `missed`: it answered that it
    is gone, for the first time.
    """

    entry: LedgerEntry
    document: ExtractedDocument | None = None
    known: KnownPage | None = None
    content_hash: bytes | None = None
    media_type: str = ""
    etag: str | None = None
    last_modified: str | None = None
    keep: bool = False
    missed: bool = False

    @property
    def taken(self) -> bool:
        return self.entry.status in (PageStatus.FETCHED, PageStatus.UNCHANGED)

    @property
    def links(self) -> tuple[str, ...]:
        if self.document is not None:
            return self.document.links
        return self.known.links if self.known is not None and (self.keep or self.taken) else ()


async def recall_nothing(_version_id: UUID) -> str:
    """For crawls without a store behind them."""
    return ""


class Judge:
    def __init__(self, makings: Makings, recall: Recall = recall_nothing):
        self.missing = Missing()
        self._makings = makings
        self._recall = recall
        self._novelty = Novelty()
        self._texts: dict[bytes, str] = {}  # text hash → the address that holds it
        self._prints: dict[str, Print | UUID] = {}  # of the pages taken; a version where only its id is at hand
        self._twins: dict[str, str] = {}  # twin key → the first page taken of it
        self._start: Print = frozenset()

    async def judge(
        self,
        entry: LedgerEntry,
        seen: Visit,
        known: KnownPage | None,
        *,
        owned: bool,
        canonical: str | None,
        start: bool,
    ) -> Crawled:
        crawled = await self._compare(entry, seen, known, owned=owned, canonical=canonical, start=start)
        copy = crawled.entry.reason in (Reason.DUPLICATE, Reason.SOFT_NOT_FOUND, Reason.EMPTY, *GONE)
        new = seen.document is not None and self._novelty.take(seen.document)
        self._makings.note(entry.url, copy=copy, new=new or seen.document is None)
        if crawled.taken:
            await self._remember(crawled, start=start)
        return crawled

    async def _compare(
        self,
        entry: LedgerEntry,
        seen: Visit,
        known: KnownPage | None,
        *,
        owned: bool,
        canonical: str | None,
        start: bool,
    ) -> Crawled:
        document = seen.document
        if known is not None and seen.status is PageStatus.UNCHANGED:
            entry = replace(
                entry, words=known.words, language=known.language, reason=known.cut, detail=known.cut_detail
            )
            return self._unless_copy(Crawled(entry, known=known), known.text_hash)
        if seen.reason in GONE or seen.reason is Reason.EMPTY:
            return _gone(entry, known)
        if seen.status is PageStatus.FAILED:
            return Crawled(entry, known=known, keep=known is not None)  # its links lead on
        if document is None or seen.status is not PageStatus.FETCHED:
            return Crawled(entry, known=known)
        if document.noindex and not owned:
            # On a host that is proved to be the owner's own, the owner has asked us to read it.
            return Crawled(replace(entry, status=PageStatus.SKIPPED, reason=Reason.NOINDEX), document, known)
        content_hash = hash_content(document)
        if known is not None and known.content_hash == content_hash and entry.reason in (None, known.cut, *MARKS):
            entry = replace(entry, status=PageStatus.UNCHANGED)
        crawled = Crawled(entry, document, known, content_hash, seen.media_type, seen.etag, seen.last_modified)
        text_hash = hash_text(join_text(document.blocks))
        if not start and text_hash not in self._texts:
            if self.missing.is_missing(document, seen.url):
                return _gone(replace(entry, status=PageStatus.SKIPPED, reason=Reason.SOFT_NOT_FOUND), known)
            first = await self._alike(document, entry.url, canonical)
            if first is not None:
                return _copy(crawled, f"nearly the same text as {first}")
        return self._unless_copy(crawled, text_hash)

    def know(self, known: Known, asked: Collection[str]) -> None:
        """Texts of pages that are not asked this time: what says the same is a copy of them."""
        for url, page in known.items():
            if url not in asked and not page.left:
                self._texts.setdefault(page.text_hash, url)

    def _unless_copy(self, crawled: Crawled, text_hash: bytes) -> Crawled:
        first = self._texts.setdefault(text_hash, crawled.entry.url)
        return crawled if first == crawled.entry.url else _copy(crawled, f"same text as {first}")

    async def _alike(self, document: ExtractedDocument, url: str, canonical: str | None) -> str | None:
        """The page of which this one is a copy but for a clock, a counter or an order of its lines."""
        own = print_of(document) - self._start
        if not own:
            return None
        by_name = self._twins.get(twin(url))
        for first, least in ((by_name, _COPY), (canonical, _COPY_BY_ITS_OWN_WORD)):
            if first is None or first == url or first not in self._prints:
                continue
            print_ = self._prints[first]
            if isinstance(print_, UUID):
                print_ = self._prints[first] = print_of_text(await self._recall(print_))
            if is_copy(own, print_ - self._start, least):
                return first
        return None

    async def _remember(self, crawled: Crawled, *, start: bool) -> None:
        url = crawled.entry.url
        self._twins.setdefault(twin(url), url)
        if crawled.document is not None:
            self._prints[url] = print_of(crawled.document)
        elif crawled.known is not None:
            self._prints[url] = crawled.known.version_id
        if start:
            found = self._prints[url]
            self._start = print_of_text(await self._recall(found)) if isinstance(found, UUID) else found
            self.missing.know_start(self._start, crawled.document.title if crawled.document else "")


def _gone(entry: LedgerEntry, known: KnownPage | None) -> Crawled:
    """Gone at the second reading in a row that says so; the first may be a slip of the site."""
    if known is None or known.missed or known.left:
        return Crawled(entry, known=known)
    return Crawled(replace(entry, detail=ASKED_AGAIN), known=known, keep=True, missed=True)


def _copy(crawled: Crawled, detail: str) -> Crawled:
    entry = replace(crawled.entry, status=PageStatus.SKIPPED, reason=Reason.DUPLICATE, detail=detail)
    return Crawled(entry, crawled.document, crawled.known)
