"""Small pages, read as the product reads them, and their facts in a form that is short to compare."""

from __future__ import annotations

from uuid import uuid4

from ingestion.extract.html import extract_html
from ingestion.facts.model import FactKind, FoundFact, Place
from ingestion.facts.recognise import recognise
from ingestion.model import StoredBlock, StructuredItem, Version

HOME = "https://shop.example/"
COUNTRIES = {"de": "DE", "da": "DK", "fr": "FR", "es": "ES", "it": "IT", "nl": "NL", "sv": "SE", "no": "NO", "pt": "PT",
             "pl": "PL", "en": "GB"}  # fmt: skip


def page(
    body: str, language: str = "de", url: str = HOME, title: str = "", structured: tuple[StructuredItem, ...] = ()
) -> Version:
    read = extract_html(f"<html lang={language}><title>{title}</title><body>{body}</body></html>".encode(), url, None)
    blocks: list[StoredBlock] = []
    texts: list[str] = []
    at = 0
    for block in read.blocks:
        blocks.append(StoredBlock(block.kind, at, at + len(block.text), block.level, block.page, block.header))
        texts.append(block.text)
        at += len(block.text) + 1
    return Version(uuid4(), uuid4(), url, title, language, "\n".join(texts), tuple(blocks), structured)


def facts_of(*pages: Version, language: str = "de", country: str | None = None) -> tuple[FoundFact, ...]:
    """Every fact's span is checked on the way."""
    found = recognise(pages, Place(language, country or COUNTRIES[language])).facts
    texts = {each.version_id: each.text for each in pages}
    for fact in found:
        if fact.origin == "text":
            assert fact.start is not None and fact.end is not None
            assert texts[fact.version_id][fact.start : fact.end] == fact.shown
        else:
            assert (fact.start, fact.end) == (None, None) and fact.shown
    return found


def of_kind(facts: tuple[FoundFact, ...], kind: FactKind, subject: str | None = None) -> list[FoundFact]:
    return [fact for fact in facts if fact.kind is kind and (subject is None or fact.subject == subject)]


def week(facts: tuple[FoundFact, ...], subject: str = "", season: str | None = None) -> dict[int, str]:
    """Day → "08:00-12:00 14:00-18:00" or "closed", of the subject in the season that begins so."""
    told: dict[int, str] = {}
    for fact in of_kind(facts, FactKind.HOURS, subject):
        if fact.value.get("from") != season:
            continue
        for day in fact.value["days"]:
            assert day not in told, f"day {day} is stated twice"
            told[day] = " ".join("-".join(span) for span in fact.value["spans"]) or "closed"
    return told


def days(text: str) -> dict[int, str]:
    """ "1-5 09:00-17:00; 6 closed" as `week` gives it."""
    told: dict[int, str] = {}
    for part in filter(None, (each.strip() for each in text.split(";"))):
        names, spans = part.split(" ", 1)
        for name in names.split(","):
            first, _, last = name.partition("-")
            told |= dict.fromkeys(range(int(first), int(last or first) + 1), spans)
    return told
