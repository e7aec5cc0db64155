"""PDF, Markdown and plain text: paragraphs, headings, page numbers; typed reasons for what cannot be read."""

from __future__ import annotations

import pytest

from ingestion.extract.read import read_document
from ingestion.model import Block, BlockKind, ExtractedDocument, Reason
from tests.unit.ingestion import documents


def read(body: bytes, media_type: str, name: str = "file:price-list.pdf") -> ExtractedDocument:
    return read_document(body, name, media_type, None)


def read_pdf(body: bytes) -> ExtractedDocument:
    return read(body, "application/pdf")


def test_pdf_lines_become_paragraphs_with_their_page():
    found = read_pdf(
        documents.pdf(
            [
                "The boat leaves at nine in the morning and comes back in the",
                "evening, every day of the sum-",
                "mer.",
                "",
            ],
            ["Prices", "Adults pay 12 EUR."],
            title="Boat trips 2030",
        )
    )
    assert found.title == "Boat trips 2030"
    assert found.pages == 2
    assert [(block.text, block.page) for block in found.blocks] == [
        ("The boat leaves at nine in the morning and comes back in the evening, every day of the summer.", 1),
        ("Prices", 2),
        ("Adults pay 12 EUR.", 2),
    ]


def test_running_headers_of_a_pdf_are_kept_once():
    found = read_pdf(
        documents.pdf(*[["Harbour Society", f"Text number {n} stands here.", f"Page {n}"] for n in range(5)])
    )
    texts = [block.text for block in found.blocks]
    assert texts.count("Harbour Society") == 1
    assert sum("stands here" in text for text in texts) == 5


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", Reason.EMPTY),
        (b"%PDF-1.7\nnothing else", Reason.BROKEN),
        (b"<html><p>not a PDF at all", Reason.BROKEN),
        (b"\x89PNG\r\n\x1a\n" + b"x" * 200, Reason.BROKEN),
        (documents.pdf(["text"])[:400], Reason.BROKEN),
        (documents.pdf([], image_only=True), Reason.EMPTY),
        (documents.encrypted(documents.pdf(["secret"]), "open sesame"), Reason.ENCRYPTED),
        (documents.looping_pdf(), Reason.BROKEN),
    ],
    ids=["empty", "magic-only", "html", "png", "cut", "scan", "encrypted", "looping"],
)
def test_a_pdf_that_cannot_be_read_says_why(body: bytes, reason: Reason):
    found = read_pdf(body)
    assert found.blocks == ()
    assert found.reason is reason


def test_a_pdf_that_only_forbids_printing_is_read():
    assert read_pdf(documents.encrypted(documents.pdf(["Open to all."]), "")).blocks[0].text == "Open to all."


def test_a_long_pdf_is_read_up_to_the_limit_and_says_so():
    found = read_pdf(documents.pdf(*[[f"Line {n}."] for n in range(503)]))
    assert found.reason is Reason.PARSE_LIMIT
    assert found.detail == "500 of 503 pages"
    assert found.blocks


def test_markdown_is_read_as_it_is_shown():
    source = (
        "---\ntitle: Our rules\n---\n# Rules\n\nBe *kind* and **quiet**,\nsee [the board](https://a.example/b).\n\n"
        "- one\n- two\n  more\n\nHours\n-----\n\n| Day | Open |\n|---|---|\n| Mon | `10-12` |\n\n"
        "```\ncode line\n```\n> quoted\n\n<!-- hidden --> <script>bad()</script>\nsnake_case stays"
    )
    found = read(source.encode(), "text/markdown", "file:rules.md")
    assert found.title == "Our rules"
    assert found.links == ("https://a.example/b",)
    assert found.blocks == (
        Block(BlockKind.HEADING, "Rules", level=1),
        Block(BlockKind.PARAGRAPH, "Be kind and quiet, see the board."),
        Block(BlockKind.LIST_ITEM, "one"),
        Block(BlockKind.LIST_ITEM, "two more"),
        Block(BlockKind.HEADING, "Hours", level=2),
        Block(BlockKind.TABLE_ROW, "Day | Open"),
        Block(BlockKind.TABLE_ROW, "Mon | 10-12", header="Day | Open"),
        Block(BlockKind.PARAGRAPH, "code line"),
        Block(BlockKind.PARAGRAPH, "quoted"),
        Block(BlockKind.PARAGRAPH, "snake_case stays"),
    )


def test_plain_text_joins_wrapped_lines():
    found = read(
        b"HOUSE RULES\n\nDogs are welcome in the garden but not in the rooms of the\nhouse itself.\n\n"
        b"- no smoking\n- no noise",
        "text/plain",
        "file:house_rules.txt",
    )
    assert found.title == "HOUSE RULES"
    assert [block.text for block in found.blocks] == [
        "HOUSE RULES",
        "Dogs are welcome in the garden but not in the rooms of the house itself.",
        "no smoking",
        "no noise",
    ]


def test_a_binary_file_called_text_is_not_read():
    assert read(b"MZ\x00\x01\x02" * 100, "text/plain").reason is Reason.NOT_TEXT


def test_a_file_without_a_title_is_called_by_its_name():
    assert read(b"just one long sentence that ends with a stop.", "text/plain", "file:a/house_rules.txt").title == (
        "house rules"
    )
