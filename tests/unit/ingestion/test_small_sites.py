"""Whatever a small business's page is made of, what it says survives reading and cutting; what it hides does not."""

from __future__ import annotations

import re
from uuid import uuid4

import pytest

from ingestion.chunk import chunk_source
from ingestion.extract.html import extract_html
from ingestion.model import ExtractedDocument, StoredBlock, Version
from tests.unit.ingestion.doubles import WordTokenizer
from tests.unit.ingestion.small_sites import BLOCKS_AND_FOOTER, PAGES, SmallPage


def read(page: SmallPage) -> ExtractedDocument:
    return extract_html(page.html.encode(), "http://a.example/", "utf-8")


def stored(document: ExtractedDocument) -> Version:
    blocks, at = list[StoredBlock](), 0
    for block in document.blocks:
        end = at + len(block.text)
        blocks.append(StoredBlock(block.kind, at, end, block.level, block.page, block.header, block.aside))
        at = end + 1
    text = "\n".join(block.text for block in document.blocks)
    return Version(uuid4(), uuid4(), "http://a.example/", document.title, "en", text, tuple(blocks))


def letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_fact_of_a_page_stands_in_one_line_and_in_one_passage(page: SmallPage):
    document = read(page)
    lines = [block.text for block in document.blocks]
    for fact in page.facts:
        assert any(fact in line for line in lines), f"{fact!r} is not in {lines}"
    passages = [chunk.text for chunk in chunk_source([stored(document)], WordTokenizer())]
    for fact in page.facts:
        assert any(fact in passage for passage in passages), fact
    told = letters(" ".join(lines))
    assert not [hidden for hidden in page.never if letters(hidden) in told]


def test_an_article_is_told_from_its_menu_and_footer_and_both_are_kept():
    document = read(BLOCKS_AND_FOOTER)
    main = " ".join(block.text for block in document.blocks if not block.aside)
    beside = " ".join(block.text for block in document.blocks if block.aside)
    assert "8" not in main.replace("8 €", "") or "The oven, the 7th" in main
    assert "The oven, the 0th" in main and "49 €" in main
    assert "Menu entry number 3" in beside and "Tue-Fri | 7-18" in beside and "Why we use rye" in beside
    assert "Menu entry" not in main and "Mill Lane" not in main
    first = chunk_source([stored(document)], WordTokenizer())[0]
    assert first.text.startswith("Our new oven\nThe oven, the 0th"), "six kB of menu do not stand before the text"


def test_hidden_text_is_counted():
    page = "<p>Open daily.</p><p style='display:none'>secret words</p><p style='font-size:0'>more</p>"
    assert extract_html(page.encode(), "http://a.example/", None).removed == len("secretwordsmore")
