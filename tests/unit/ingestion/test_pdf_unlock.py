"""A PDF under a password, opened in the child: with the right one, with a wrong one, and where none is needed."""

from __future__ import annotations

import pytest

from ingestion.extract.child import ChildExtractor
from ingestion.extract.pdf import extract_pdf
from tests.unit.ingestion import documents

OPEN = documents.pdf(["The summer price is 12 EUR."])


@pytest.mark.parametrize(
    ("body", "password", "state"),
    [
        (documents.encrypted(OPEN, "open sesame"), "open sesame", "opened"),
        (documents.encrypted(OPEN, "open sesame"), " open sesame\n", "opened"),
        (documents.encrypted(OPEN, "pässwörd"), "pässwörd", "opened"),
        (documents.encrypted(OPEN, "open sesame"), "Open Sesame", "wrong"),
        (documents.encrypted(OPEN, "open sesame"), "", "wrong"),
        (documents.encrypted(OPEN, ""), "anything", "open"),
        (OPEN, "anything", "open"),
        (b"%PDF-1.7 and nothing more", "anything", "broken"),
    ],
    ids=["right", "with spaces", "umlauts", "wrong", "none", "for owners only", "no password", "broken"],
)
async def test_a_password_opens_its_file_and_no_other(body: bytes, password: str, state: str) -> None:
    async with ChildExtractor() as extractor:
        found, opened = await extractor.unlock(body, password)
    assert found == state
    assert bool(opened) == (state == "opened")
    if opened:
        assert [block.text for block in extract_pdf(opened, "x").blocks] == ["The summer price is 12 EUR."]
