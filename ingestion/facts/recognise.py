"""The versions of one source in, the facts they state out. Pure, linear in the text, bounded. Called by stage.py.

What the text says comes with its span there; what only machines are told (declared.py) has none. Precise rather than
complete: an hour that is not understood whole is no fact.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from ingestion.facts.addresses import read_addresses
from ingestion.facts.contacts import read_contacts
from ingestion.facts.declared import business_names, read_declared
from ingestion.facts.drafts import Draft
from ingestion.facts.hours import read_hours
from ingestion.facts.model import FactKind, FoundFact, Place, Recognised, subject_key_of, value_key_of
from ingestion.facts.notices import read_notices
from ingestion.facts.prices import read_prices
from ingestion.facts.scene import Page, Scene, set_scene
from ingestion.model import Version

FACTS_VERSION = "3"  # part of a generation's fingerprint: raise it when the same text would give other facts
OF_A_DOCUMENT, OF_A_GENERATION = 300, 5_000
_SHOWN_CHARACTERS = 500
# Where facts must be left out, these go first.
_OWN = frozenset({FactKind.ADDRESS, FactKind.PHONE, FactKind.EMAIL})
_LEAST = {FactKind.PRICE: 1}


def recognise(
    versions: Sequence[Version],
    place: Place,
    *,
    room: int = OF_A_GENERATION,
    tick: Callable[[], None] = lambda: None,
) -> Recognised:
    """`room`: how many facts the generation may still take. `tick` is called as each version is done."""
    scene = set_scene(versions, place)
    names = business_names(versions)
    found: list[FoundFact] = []
    left_out = 0
    of_pages: list[list[FoundFact]] = []
    for page in scene.pages:
        of_pages.append(_of_page(scene, page, names))
        tick()
    for facts in _settled(of_pages):
        kept = _within(facts, OF_A_DOCUMENT)
        left_out += len(facts) - len(kept)
        found += kept
    kept = _within(found, room)
    return Recognised(tuple(kept), left_out + len(found) - len(kept))


def _of_page(scene: Scene, page: Page, names: frozenset[str]) -> list[FoundFact]:
    """One of each statement; in the order of the text, what only machines are told first."""
    spoken_for = read_contacts(scene, page) + read_prices(scene, page)
    masks = sorted((draft.start, draft.end) for draft in spoken_for if draft.start is not None and draft.end)
    hours = read_hours(scene, page, masks)
    drafts = spoken_for + hours + read_notices(scene, page, masks, hours) + read_addresses(scene, page)
    drafts.sort(key=lambda draft: (draft.start or 0, draft.end or 0))
    unlike: dict[tuple[str, str, str], FoundFact] = {}
    for draft in read_declared(page.version, scene.place, names) + drafts:
        fact = _finished(page, draft)
        unlike.setdefault((fact.kind, fact.subject_key, fact.value_key), fact)
    return list(unlike.values())


def _finished(page: Page, draft: Draft) -> FoundFact:
    version = page.version
    shown = version.text[draft.start : draft.end] if draft.start is not None else draft.shown[:_SHOWN_CHARACTERS]
    return FoundFact(
        document_id=version.document_id,
        version_id=version.version_id,
        kind=draft.kind,
        origin=draft.origin,
        subject=draft.subject,
        subject_key=subject_key_of(draft.subject),
        value=draft.value,
        value_key=value_key_of(draft.value),
        shown=shown,
        start=draft.start,
        end=draft.end,
        page=draft.page,
        language=version.language or page.language,
        url=version.url,
    )


def _settled(of_pages: list[list[FoundFact]]) -> list[list[FoundFact]]:
    """The only address of a site is the business's, whatever stands above it; so with telephone and mail."""
    values: dict[FactKind, set[str]] = {}
    for fact in (fact for facts in of_pages for fact in facts):
        if fact.kind in _OWN and fact.subject_key != "fax":
            values.setdefault(fact.kind, set()).add(_place_of(fact))
    only = {kind for kind, found in values.items() if len(found) == 1}
    return [
        [
            replace(fact, subject="", subject_key="") if fact.kind in only and fact.subject_key != "fax" else fact
            for fact in facts
        ]
        for facts in of_pages
    ]


def _place_of(fact: FoundFact) -> str:
    """One address may be written in more than one way: Hauptstraße and Hauptstr."""
    if fact.kind is not FactKind.ADDRESS:
        return fact.value_key
    street = subject_key_of(str(fact.value.get("street", ""))).replace("straße", "str").replace("strasse", "str")
    return f"{fact.value.get('postcode', '')} {street}"


def _within(facts: list[FoundFact], bound: int) -> list[FoundFact]:
    """At most `bound`, in their order."""
    if len(facts) <= bound:
        return facts
    chosen = sorted(range(len(facts)), key=lambda at: (_LEAST.get(facts[at].kind, 0), at))[: max(0, bound)]
    return [facts[at] for at in sorted(chosen)]
