"""Which files of a site or an owner are read: by ending and declared type at first, by their bytes in the end."""

from __future__ import annotations

import pytest

from app.errors import TooLarge, Unprocessable
from app.knowledge.files import TYPES, file_type
from ingestion.addresses import Scope, is_readable_ending
from ingestion.extract.kinds import CSV, DOCX, OFFICE_ENDINGS, UNREAD_ENDINGS, XLSX
from ingestion.extract.read import READABLE
from ingestion.frontier import Frontier
from ingestion.model import Reason
from ingestion.sentences import sentence_for
from ingestion.visit import media_type_of
from tests.unit.ingestion.office_files import docx, p
from tests.unit.ingestion.test_crawl import ok, run


@pytest.mark.parametrize("ending", OFFICE_ENDINGS)
def test_office_files_that_a_site_links_are_asked_for_and_read(ending: str):
    assert is_readable_ending(f"https://a.example/prices.{ending}")
    assert TYPES[ending] in READABLE


@pytest.mark.parametrize("ending", UNREAD_ENDINGS)
def test_kinds_that_are_not_read_are_named_to_their_owner(ending: str):
    assert not is_readable_ending(f"https://a.example/prices.{ending}")
    with pytest.raises(Unprocessable, match="Save it as PDF or DOCX") as refused:
        file_type(f"menu.{ending}", 10, b"")
    assert UNREAD_ENDINGS[ending] in refused.value.sentence and refused.value.code == "unsupported"
    sentence = sentence_for(Reason.UNSUPPORTED, f"https://a.example/x.{ending}", UNREAD_ENDINGS[ending])
    assert sentence.startswith(f"https://a.example/x.{ending} is of a kind that Milo does not read (a")


@pytest.mark.parametrize(
    ("declared", "address", "body", "media_type"),
    [
        (DOCX, "/a", b"PK\x03\x04", DOCX),
        ("application/octet-stream", "/a.docx", b"PK\x03\x04", DOCX),
        ("application/zip", "/a.xlsx", b"PK\x03\x04", XLSX),
        ("", "/a.xlsx?v=2", b"PK\x03\x04", XLSX),
        ("application/zip", "/a.zip", b"PK\x03\x04", "application/zip"),
        ("text/plain; charset=utf-8", "/a.csv", b"a;b", CSV),
        ("application/vnd.ms-excel", "/a.csv", b"a;b", CSV),
        ("application/vnd.ms-excel", "/a.xls", b"\xd0\xcf", "application/vnd.ms-excel"),
        ("text/plain", "/a.pdf", b"no PDF", "text/plain"),
        ("text/html", "/a.docx", b"<html>", "text/html"),
        ("application/octet-stream", "/a.docx", b"<html>", "text/html"),
    ],
)
def test_a_type_that_says_little_is_told_from_the_ending(declared: str, address: str, body: bytes, media_type: str):
    assert media_type_of(declared, f"https://a.example{address}", body)[0] == media_type


def test_a_file_over_the_limit_is_refused_by_its_limit():
    with pytest.raises(TooLarge, match="the limit is 20 MB"):
        file_type("a.docx", 21 * 2**20, b"PK\x03\x04")


def test_what_an_old_word_file_is_stands_in_the_ledger_without_a_request():
    entry = Frontier(Scope.of("https://a.example/"), max_depth=5).meet("https://a.example/menu.doc", 1)
    assert entry is not None
    assert (entry.reason, entry.detail) == (Reason.UNSUPPORTED, "a Word file of before 2007, .doc")


async def test_office_files_that_a_page_links_are_read_and_old_ones_told():
    told, fetcher, _ = await run(
        {
            "/": ok("Home", "/hours.docx", "/prices.csv", "/menu.doc", "/old.rtf"),
            "/hours.docx": (200, {"content-type": "application/octet-stream"}, docx(p("Open from nine to five."))),
            "/prices.csv": (200, {"content-type": "text/plain"}, b"ware;price\nbread;3,50\n"),
        }
    )
    assert told.story == [
        ("/", "fetched", None),
        ("/menu.doc", "skipped", "unsupported"),
        ("/old.rtf", "skipped", "unsupported"),
        ("/hours.docx", "fetched", None),
        ("/prices.csv", "fetched", None),
    ]
    texts = {block.text for each in told if each.document is not None for block in each.document.blocks}
    assert {"Open from nine to five.", "bread | 3,50"} <= texts
    assert not any("menu" in address for address in fetcher.asked)
