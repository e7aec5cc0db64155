"""The owner's own words as documents: each FAQ entry one, the facts of a kind and day of decision one. For collect.py.

A fact's line says all of it ("Opening hours, Saturday: 10:00–14:00"), so that it reads well as a quote; the title
says who said it and when. Nothing here is fetched or parsed: what the form took is what is read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from itertools import groupby
from uuid import UUID

from ingestion.extract.clean import clean, count_words
from ingestion.judge import Crawled
from ingestion.model import Block, BlockKind, ExtractedDocument, LedgerEntry, PageStatus
from ingestion.owner.queries import FaqRow, OwnedRow, list_faq, list_owned
from ingestion.ports import Transaction
from ingestion.queries import read_place
from ingestion.visit import KnownPage, hash_content

OWNER_URL = "owner:"
_GROUPS = {"notice": "hours", "hours": "hours", "special_hours": "hours", "holiday_rule": "hours", "price": "prices"}
_BULLETS = ("- ", "* ", "• ")

Take = Callable[[Crawled, int, int], Awaitable[None]]


async def read_owner(
    transaction: Transaction, business_id: UUID, source_id: UUID, known: dict[str, KnownPage], take: Take
) -> None:
    async with transaction() as conn:
        language = (await read_place(conn, business_id)).language
        faq = await list_faq(conn, business_id, source_id)
        owned = await list_owned(conn, business_id)
    documents = [*(_entry(row, language) for row in faq), *_facts(owned, language)]
    for number, (url, document) in enumerate(documents, 1):
        before, content_hash = known.get(url), hash_content(document)
        same = before is not None and before.content_hash == content_hash
        status = PageStatus.UNCHANGED if same else PageStatus.FETCHED
        entry = LedgerEntry(url, status, words=document.words, language=document.language)
        crawled = Crawled(entry, None if same else document, before, content_hash, "text/plain")
        await take(crawled, number, len(documents))


def _entry(row: FaqRow, language: str) -> tuple[str, ExtractedDocument]:
    question = _line(row.question)
    blocks = [Block(BlockKind.HEADING, question, level=1)]
    for text in (_line(line) for line in row.answer.splitlines()):
        bullet = next((mark for mark in _BULLETS if text.startswith(mark)), None)
        if bullet is not None:
            blocks.append(Block(BlockKind.LIST_ITEM, text.removeprefix(bullet)))
        elif text:
            blocks.append(Block(BlockKind.PARAGRAPH, text))
    return f"faq:{row.faq_id}", _document(question, blocks, language)


def _facts(rows: Sequence[OwnedRow], language: str) -> list[tuple[str, ExtractedDocument]]:
    """One day's decisions of a group together: a week's hours are one passage, and its title tells one date."""

    def place(row: OwnedRow) -> tuple[str, str]:
        return _GROUPS.get(row.kind, "contact"), row.decided_as

    made: list[tuple[str, ExtractedDocument]] = []
    for (group, decided_as), each in groupby(sorted(rows, key=place), place):
        blocks = [Block(BlockKind.LIST_ITEM, _line(row.shown)) for row in each]
        made.append((f"fact:{group}/{decided_as}", _document(decided_as, blocks, language)))
    return made


def _line(text: str) -> str:
    return clean(text)[0]


def _document(title: str, blocks: Sequence[Block], language: str) -> ExtractedDocument:
    words = sum(count_words(block.text) for block in blocks)
    return ExtractedDocument(title[:300], tuple(blocks), language=language, words=words)
